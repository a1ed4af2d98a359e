"""Truncation: values of z far from 0 are drawn again, nearer; no guide is asked."""

import numpy as np
from scipy.stats import norm

from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.method import Method, Result


class Truncation(Method):
    """Draws those values of the noise again that lie beyond a bound, from the prior within it.

    Args:
        model, guide: see `Method`.
        bound: psi; of a uniform prior below 1.

    Source: Brock, Donahue and Simonyan 2018, "Large Scale GAN Training", section 3.1.
    """

    needs_ratio = False

    def __init__(self, model, guide, bound: float = 0.7):
        super().__init__(model, guide)
        if bound <= 0:
            raise UsageError(f"a bound of {bound:g}: it must be above 0")
        self.bound = bound

    def refined(self, z, budget, seed, on_record) -> Result:
        """See `Method`."""
        shares = np.random.default_rng(seed).uniform(-1, 1, z.shape)
        if self.model.z_prior == "uniform":
            fresh = self.bound * shares
        else:
            fresh = norm.ppf((1 + shares * (2 * norm.cdf(self.bound) - 1)) / 2)
        far = np.abs(z) > self.bound
        far[:, : self.model.one_hot + self.model.codes] = False
        moved = np.where(far, fresh, z).astype(np.float32)
        return Result(moved, np.arange(len(z)), 1, {"redrawn": float(far.mean())}, source=z)
