"""Gradient ascent in z: the z iterator with plain steps."""

import tensorflow as tf

from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.mover import Mover


class Gradient(Mover):
    """z <- z + rate * gradient, thrown back at the ends of a uniform prior.

    Args:
        model, guide: see `Method`.
        rate: per unit of the gradient; 0.01 suits a log ratio.
        stop: whether a sample stays where its value is that of the median real image.

    Source: `z_iterator` of the original, whose steps are RMSProp's.
    """

    needs_ratio = False

    def __init__(self, model, guide, rate: float = 0.01, stop: bool = False):
        super().__init__(model, guide, rate)
        if stop and guide.level is None:
            raise UsageError("the guide has no level to stop at: give it real images")
        self.stop = stop

    def step(self, state, key):
        """See `Mover`."""
        (z,) = state
        values, gradient = self.gradient(z)
        moves = values < self.guide.level if self.stop else tf.ones_like(values, bool)
        there = self.space.reflect(z + self.rate * gradient)
        return (tf.where(moves[:, None], there, z),), values, moves
