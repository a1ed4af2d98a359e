"""The 3x3 networks with layer norm of a 2018 homework: one width throughout, two heads.

Layers are numbered from 1 as there, so that "layer 4" is the fourth convolution's output.
"""

import dataclasses

import keras
from keras import layers as kl

from wgan_tf.networks.batch_norm import FusedBatchNormalization
from wgan_tf.networks.layer_norm import FlatLayerNormalization
from wgan_tf.networks.seeds import seed_of

# Strides of the discriminator's convolutions.
STRIDES = (1, 2, 1, 2, 1, 1, 1, 2)
POOL = 4
# The generator's layers after the first: transposed, 4x4 and stride 2 (True), or 3x3 (False).
UPSAMPLING = (True, False, False, False, True, False, True)


@dataclasses.dataclass(frozen=True)
class Homework:
    """What determines the networks.

    Args:
        size: height and width of the images, divisible by 8.
        channels: 1 or 3.
        z_dim: length of the latent z.
        generator_widths, critic_widths: one number each, the channels of every layer (196 there).
        classes: outputs of the second head; 0: no such head.
        seed: seed of all initial weights.

    Source: `generator.py` and `discriminator.py` of IE534/CS598 HW6 (2018).
    """

    size: int
    channels: int
    z_dim: int = 100
    generator_widths: tuple[int, ...] = (196,)
    critic_widths: tuple[int, ...] = (196,)
    classes: int = 0
    seed: int = 0

    def build_generator(self) -> keras.Model:
        """z (batch, z_dim) to images (batch, size, size, channels) in [-1, 1]."""
        width = self.generator_widths[0]
        z = keras.Input((self.z_dim,), name="z")
        x = kl.Reshape((1, 1, self.z_dim), name="point")(z)
        x = kl.Conv2DTranspose(width, self.size // 8, name="transposed_1", **self._he("g1"))(x)
        x = self._normed(x, 1)
        for number, upsampling in enumerate(UPSAMPLING, 2):
            start = self._he(f"g{number}")
            if upsampling:
                layer = kl.Conv2DTranspose(
                    width, 4, 2, padding="same", name=f"transposed_{number}", **start
                )
            else:
                layer = kl.Conv2D(width, 3, padding="same", name=f"convolution_{number}", **start)
            x = self._normed(layer(x), number)
        x = kl.Conv2D(
            self.channels, 3, padding="same", name="to_image",
            kernel_initializer=keras.initializers.GlorotUniform(seed_of(self.seed, "g_image")),
        )(x)
        images = kl.Activation("tanh", dtype="float32", name="images")(x)
        return keras.Model(z, images, name="generator")

    def build_critic(self) -> keras.Model:
        """Images to scores (batch,), high for real, and, with classes, logits (batch, classes)."""
        images, features = self._body()
        score = self._head(1, "score_1")(features)
        outputs = [kl.Reshape((), dtype="float32", name="score")(score)]
        if self.classes:
            outputs.append(self._head(self.classes, "logits")(features))
        return keras.Model(images, outputs if self.classes else outputs[0], name="critic")

    def build_classifier(self) -> keras.Model:
        """Images to features (batch, width) and logits (batch, classes): no score head."""
        images, features = self._body()
        return keras.Model(
            images, [features, self._head(self.classes, "logits")(features)], name="classifier"
        )

    def _body(self):
        images = keras.Input((self.size, self.size, self.channels), name="images")
        x = images
        for number, stride in enumerate(STRIDES, 1):
            x = kl.Conv2D(
                self.critic_widths[0], 3, stride, padding="same", name=f"convolution_{number}",
                **self._he(f"d{number}"),
            )(x)
            # As there over whole maps, with a scale and a shift for every position.
            x = FlatLayerNormalization((1, 2, 3), epsilon=1e-5, name=f"norm_{number}")(x)
            x = kl.LeakyReLU(0.01, name=f"leaky_{number}")(x)
        x = kl.MaxPooling2D(min(POOL, x.shape[1]), name="pool")(x)
        return images, kl.Flatten(dtype="float32", name="features")(x)

    def _normed(self, x, number: int):
        x = FusedBatchNormalization(momentum=0.9, epsilon=1e-5, name=f"norm_{number}")(x)
        return kl.ReLU(name=f"relu_{number}")(x)

    def _head(self, outputs: int, name: str) -> kl.Layer:
        glorot = keras.initializers.GlorotUniform(seed_of(self.seed, name))
        return kl.Dense(outputs, kernel_initializer=glorot, dtype="float32", name=name)

    def _he(self, name: str) -> dict:
        return {"kernel_initializer": keras.initializers.HeNormal(seed_of(self.seed, name))}
