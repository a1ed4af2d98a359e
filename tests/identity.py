"""A model whose images are its latents, and guides of known arithmetic."""

import numpy as np
import tensorflow as tf

from wgan_tf.models.generative import GenerativeModel


class Generator:
    """Images (n, 1, 1, z_dim): latents times a factor."""

    layers = ()

    def __init__(self, z_dim, factor):
        self.output_shape, self.factor = (None, 1, 1, z_dim), factor

    def __call__(self, z, training=False):
        return tf.reshape(self.factor * z, (-1, *self.output_shape[1:]))


class Identity:
    """What methods and ratios need of a model; its latents are drawn as a real one's."""

    def __init__(self, z_prior="normal", z_dim=2, one_hot=0, codes=0, factor=1.0):
        self.z_prior, self.z_dim, self.one_hot, self.codes = z_prior, z_dim, one_hot, codes
        self.generator = Generator(z_dim, factor)

    sample_z = GenerativeModel.sample_z
    within_prior = GenerativeModel.within_prior
    condition = GenerativeModel.condition

    def _draw_z(self, count, key):
        z = GenerativeModel._draw_z(self, count, key)
        if not self.codes:
            return z
        # As InfoGAN's, whatever law the noise has.
        ends = self.one_hot, self.one_hot + self.codes
        codes = tf.random.stateless_uniform((count, self.codes), key, -1.0, 1.0)
        return tf.concat([z[:, : ends[0]], codes, z[:, ends[1] :]], 1)


class Linear:
    """A guide: slopes times values, and a constant. It counts the images that it is asked about.

    Under a normal prior the log ratio a z - |a|^2 / 2 leads to a normal law around a.
    """

    def __init__(self, slopes, constant=0.0, level=0.0):
        self.slopes, self.constant, self.level = np.float32(slopes), constant, level
        self.asked = tf.Variable(0, dtype=tf.int32)

    @classmethod
    def towards(cls, mean):
        return cls(mean, -np.square(mean).sum() / 2)

    def __call__(self, images):
        self.asked.assign_add(tf.shape(images)[0])
        return tf.reduce_sum(images[:, 0, 0] * self.slopes, 1) + self.constant


def starts(model, count=8, seed=0):
    return model.sample_z(count, seed).numpy()
