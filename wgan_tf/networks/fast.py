"""A small convolutional classifier that learns CIFAR-10 in an hour on two CPU cores."""

import dataclasses

import keras
from keras import layers as kl

from wgan_tf.networks.batch_norm import FusedBatchNormalization
from wgan_tf.networks.seeds import seed_of


@dataclasses.dataclass(frozen=True)
class Fast:
    """Seven 3x3 convolutions with batch norm; three max poolings, each right after a convolution.

    Pooling before normalising quarters what batch norm and ReLU have to read and write.

    Args:
        size: height and width of the images, at least 8.
        channels: 1 or 3.
        critic_widths: one number, the width of the first of three stages; each next has twice it.
        classes: number of classes.
        seed: seed of all initial weights.

    Source: the plain stages of ResNet-9 as tuned by D. Page, "How to train your ResNet" (2018),
    without the residual branches.
    """

    size: int
    channels: int
    critic_widths: tuple[int, ...] = (64,)
    classes: int = 10
    seed: int = 0

    def build_body(self, stride: int = 1) -> keras.Model:
        """Images to features (batch, 4 x width); the first convolution has this stride."""
        width = self.critic_widths[0]
        images = keras.Input((self.size, self.size, self.channels), name="images")
        x = self._activated(self._convolution(max(1, 3 * width // 8), 1, stride)(images), 1)
        for stage in range(3):
            number = 2 + 2 * stage
            x = self._convolution(width * 2**stage, number)(x)
            x = kl.MaxPooling2D(name=f"pool_{number}")(x)
            x = self._activated(x, number)
            x = self._convolution(width * 2**stage, number + 1)(x)
            x = self._activated(x, number + 1)
        features = kl.GlobalMaxPooling2D(dtype="float32", name="features")(x)
        return keras.Model(images, features, name="body")

    def build_classifier(self) -> keras.Model:
        """Images to features (batch, 4 x width) and logits (batch, classes)."""
        body = self.build_body()
        features = body.outputs[0]
        glorot = keras.initializers.GlorotUniform(seed_of(self.seed, "logits"))
        logits = kl.Dense(
            self.classes, kernel_initializer=glorot, dtype="float32", name="logits"
        )(features)
        return keras.Model(body.inputs[0], [features, logits], name="classifier")

    def _convolution(self, width: int, number: int, strides: int = 1) -> kl.Layer:
        name = f"convolution_{number}"
        he = keras.initializers.HeNormal(seed_of(self.seed, name))
        return kl.Conv2D(
            width, 3, strides, padding="same", use_bias=False, kernel_initializer=he, name=name
        )

    def _activated(self, x, number: int):
        x = FusedBatchNormalization(momentum=0.9, name=f"norm_{number}")(x)
        return kl.ReLU(name=f"relu_{number}")(x)
