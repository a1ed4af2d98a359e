"""Through which people come in: the command line, and the library of `import wgan_tf`."""
