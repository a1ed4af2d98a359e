"""Where latents may be: reflection at the ends of a uniform prior, or a normal variable behind it.

z is [one-hot class or category][codes][noise]; see `refine.latents`.
"""

import numpy as np
import tensorflow as tf

from wgan_tf.refine.latents import ends_of

_EDGE = 1e-6


class Space:
    """The latents of a model.

    Args:
        model: see `Method`.
    """

    def __init__(self, model):
        self.free = np.ones(model.z_dim, np.float32)
        self.free[: model.one_hot] = 0
        self.bounded = np.isfinite(ends_of(model)) & (self.free > 0)
        self.dimensions = int(self.free.sum())

    def reflect(self, z: tf.Tensor) -> tf.Tensor:
        """Values beyond the ends of a uniform prior, thrown back from there.

        A move that is as likely as its reverse stays so when it is thrown back: the uniform law is
        kept, where clipping would pile samples up at the ends.
        """
        return tf.where(self.bounded, 1 - tf.abs((z + 1) % 4 - 2), z)

    def to_normal(self, z: tf.Tensor) -> tf.Tensor:
        """The variable u with a standard normal prior of which latents are a function."""
        inside = tf.clip_by_value(z, -1 + _EDGE, 1 - _EDGE)
        return tf.where(self.bounded, tf.math.ndtri((inside + 1) / 2), z)

    def from_normal(self, u: tf.Tensor) -> tf.Tensor:
        """The inverse of `to_normal`: 2 Phi(u) - 1 where the prior is uniform."""
        return tf.where(self.bounded, tf.math.erf(u / np.float32(np.sqrt(2))), u)
