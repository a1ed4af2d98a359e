"""Looks into a discriminator and into z: computations and sheets, callable with arrays."""
