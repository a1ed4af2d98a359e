"""Optimal transport in z by the critic, which is taken for a potential, not for a ratio."""

import numpy as np
import tensorflow as tf

from wgan_tf.refine.methods.mover import Mover

_PAIRS, _TIMES, _STREAM = 100, 10, 85


class Transport(Mover):
    """Makes |z - start| - value / K small, where K is how steep values are by z.

    K is the largest slope between 100 pairs of samples, the mean of ten such; these 2,000
    evaluations are counted apart, as fitting.

    Args:
        model, guide: see `Method`.
        rate: of plain steps.

    Source: Tanaka 2019, "Discriminator Optimal Transport", algorithm 2 and section 4.2 (they clip
    a uniform prior where we reflect).
    """

    needs_ratio = False

    def __init__(self, model, guide, rate: float = 0.05):
        super().__init__(model, guide, rate)
        self.steepness = self._steepness()

    def settings(self) -> dict:
        """See `Mover`."""
        return {"rate": self.rate, "steepness": self.steepness}

    def begin(self, z, key):
        """z, and where it began."""
        return z, z

    def step(self, state, key):
        """See `Mover`."""
        z, start = state
        values, gradient = self.gradient(z)
        # Without a length there is no direction back.
        away = tf.math.divide_no_nan(z - start, tf.norm(z - start, axis=1, keepdims=True))
        there = self.space.reflect(z - self.rate * (away - gradient / self.steepness))
        return (there, start), values, tf.ones_like(values, bool)

    def _steepness(self) -> float:
        z = np.asarray(self.model.sample_z(2 * _PAIRS * _TIMES, _STREAM))
        # Samples move within their class.
        first, second = np.split(z, 2)
        z = np.concatenate([first, self.model.within_prior(second, first)])
        values = self.values(z)
        z, values = z.reshape(2, _TIMES, _PAIRS, -1), values.reshape(2, _TIMES, _PAIRS)
        slopes = np.abs(values[0] - values[1]) / np.linalg.norm(z[0] - z[1], axis=-1)
        return float(max(slopes.max(1).mean(), 1e-6))
