"""Dense networks for points in a plane, which are images of one pixel with two channels."""

import dataclasses

import keras
from keras import layers as kl

from wgan_tf.networks.seeds import seed_of


@dataclasses.dataclass(frozen=True)
class Points:
    """What determines both networks: dense layers with ReLU.

    Args:
        size, channels: of the images, for points in a plane 1 and 2.
        z_dim: length of the latent z.
        generator_widths, critic_widths: of the layers before the last, 128 and 256 three times in
            the source.
        seed: of all initial weights.

    Source: `gan_toy.py` of Gulrajani et al. 2017, "Improved Training of Wasserstein GANs".
    """

    size: int
    channels: int
    z_dim: int
    generator_widths: tuple[int, ...]
    critic_widths: tuple[int, ...]
    seed: int = 0

    def build_generator(self) -> keras.Model:
        """z (batch, z_dim) to images (batch, size, size, channels), unbounded."""
        z = keras.Input((self.z_dim,), name="z")
        x = z
        for index, width in enumerate(self.generator_widths):
            x = self._dense(x, width, f"generator_{index}")
            x = kl.ReLU(name=f"relu_{index}")(x)
        x = self._dense(x, self.size**2 * self.channels, "to_image")
        shape = (self.size, self.size, self.channels)
        images = kl.Reshape(shape, dtype="float32", name="images")(x)
        return keras.Model(z, images, name="generator")

    def build_critic(self) -> keras.Model:
        """Images to scores (batch,), unbounded, high for real; `features` is the last layer before
        the score.
        """
        images = keras.Input((self.size, self.size, self.channels), name="images")
        x = kl.Flatten(name="flat")(images)
        last = len(self.critic_widths) - 1
        for index, width in enumerate(self.critic_widths):
            x = self._dense(x, width, f"critic_{index}")
            x = kl.ReLU(name="features" if index == last else f"relu_{index}")(x)
        x = self._dense(x, 1, "to_score")
        return keras.Model(images, kl.Reshape((), dtype="float32", name="score")(x), name="critic")

    def _dense(self, x, width: int, name: str):
        start, reach = seed_of(self.seed, name), x.shape[-1] ** -0.5
        # Without biases all kinks of the network would begin in one point of the plane.
        return kl.Dense(
            width,
            kernel_initializer=keras.initializers.HeNormal(start),
            bias_initializer=keras.initializers.RandomUniform(-reach, reach, start),
            name=name,
        )(x)
