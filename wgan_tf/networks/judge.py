"""The independent judge's network: neither the architecture nor the norm of any critic here."""

import dataclasses

import keras
from keras import layers as kl

from wgan_tf.networks.batch_norm import FusedBatchNormalization

FEATURES = 64


@dataclasses.dataclass(frozen=True)
class JudgeNetwork:
    """Pairs of 3x3 convolutions with batch norm and max pooling, then a dense layer of 64.

    Args:
        size: height and width of the images, at least 8.
        channels: 1 or 3.
        critic_widths: one number, the width of the first of three stages; each next has twice it.
        classes: outputs of the last layer; 1 for a judge of real against generated.
        seed: seed of all initial weights.
    """

    size: int
    channels: int
    critic_widths: tuple[int, ...] = (24,)
    classes: int = 10
    seed: int = 0

    def build_classifier(self) -> keras.Model:
        """Images to features (batch, 64) and logits (batch, classes)."""
        images = keras.Input((self.size, self.size, self.channels), name="images")
        x = images
        for stage in range(3):
            for half in range(1 + (stage > 0)):
                x = self._layer(x, self.critic_widths[0] * 2**stage, stage, half)
            x = kl.MaxPooling2D(name=f"pool_{stage}")(x)
        x = kl.Flatten(name="flat")(kl.AveragePooling2D(max(1, x.shape[1] // 4), name="small")(x))
        x = kl.Dropout(0.3, seed=self.seed, name="dropout")(x)
        he = keras.initializers.HeNormal(self.seed)
        glorot = keras.initializers.GlorotUniform(self.seed)
        features = kl.Dense(
            FEATURES, "relu", kernel_initializer=he, dtype="float32", name="features"
        )(x)
        logits = kl.Dense(
            self.classes, kernel_initializer=glorot, dtype="float32", name="logits"
        )(features)
        return keras.Model(images, [features, logits], name="classifier")

    def _layer(self, x, width: int, stage: int, half: int):
        label = f"{stage}_{half}"
        he = keras.initializers.HeNormal(self.seed + 10 * stage + half)
        x = kl.Conv2D(
            width, 3, padding="same", use_bias=False, kernel_initializer=he,
            name=f"convolution_{label}",
        )(x)
        x = FusedBatchNormalization(momentum=0.9, name=f"norm_{label}")(x)
        return kl.ReLU(name=f"relu_{label}")(x)
