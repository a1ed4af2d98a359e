"""The strided convolutional networks of the original, for any size that their layers divide.

They are functional models of Keras layers; `batch_norm.plain` makes copies that plain Keras opens.
Layers carry the names of the original's variables (`W_0`, `gen_bn0`, `disc_bn1`, `W_pred`).
"""

import dataclasses

import keras
from keras import layers as kl

from wgan_tf.networks.batch_norm import FusedBatchNormalization
from wgan_tf.networks.beside_images import of_images
from wgan_tf.networks.minibatch import nearness
from wgan_tf.networks.seeds import seed_of
from wgan_tf.networks.spectral_norm import SpectralConv2D, SpectralDense

BATCH_NORM_DECAY = 0.9
BATCH_NORM_EPSILON = 1e-5
RECOGNITION = 128  # width of the second head


@dataclasses.dataclass(frozen=True)
class DCGAN:
    """What determines both networks.

    Args:
        size: height and width of the images, divisible by 2 to the number of widths.
        channels: 1 or 3.
        z_dim: length of the latent z.
        generator_widths: channels of the generator's first map and after each of its doublings
            but the last, which gives the image; widest first.
        critic_widths: channels after each of the critic's stride-2 convolutions.
        kernel_size: 4 for the original's WGAN, 5 for its GAN.
        bias: whether convolutions and dense layers have biases (GAN: yes, WGAN: no).
        dense_score: the last layer of the critic is dense (GAN) rather than a stride-2
            convolution to one channel whose map is averaged (WGAN).
        categories, codes: outputs of a second head of the critic, on the same features: logits of
            as many categories and as many codes; 0: none.
        minibatch_discrimination: whether the dense score also sees `minibatch.nearness`.
        upsampling: how the generator doubles its maps: "transposed" convolutions of stride 2, or
            "resize", each pixel four times and then a convolution of stride 1 with as large a
            kernel, which leaves no checkerboards (Odena et al. 2016, "Deconvolution and
            Checkerboard Artifacts").
        spectral_norm: whether all layers up to the critic's score have spectral norm 1, in the
            place of batch norm. A second head and `minibatch.nearness` have none.
        seed: seed of all initial weights.

    Source: `generator` and `discriminator` in `models/GAN_models.py` of the original.
    """

    size: int
    channels: int
    z_dim: int
    generator_widths: tuple[int, ...]
    critic_widths: tuple[int, ...]
    kernel_size: int = 4
    bias: bool = False
    dense_score: bool = False
    categories: int = 0
    codes: int = 0
    minibatch_discrimination: bool = False
    upsampling: str = "transposed"
    spectral_norm: bool = False
    seed: int = 0

    def build_generator(self) -> keras.Model:
        """z (batch, z_dim) to images (batch, size, size, channels) in [-1, 1]."""
        widths = self.generator_widths
        first = self.size // 2 ** len(widths)
        z = keras.Input((self.z_dim,), name="z")
        x = kl.Dense(
            first * first * widths[0], use_bias=self.bias, name="W_z", **self._weights("W_z")
        )(z)
        x = kl.Reshape((first, first, widths[0]), name="map")(x)
        x = self._batch_norm("gen_bnz")(x)
        x = kl.ReLU(name="relu_z")(x)
        for index, width in enumerate(widths[1:]):
            x = self._doubled(x, width, f"W_{index}", kl.Conv2DTranspose)
            x = self._batch_norm(f"gen_bn{index}")(x)
            x = kl.ReLU(name=f"relu_{index}")(x)
        x = self._doubled(x, self.channels, "W_pred", of_images(kl.Conv2DTranspose))
        # float32 under mixed precision: images are compared, saved and moved by small steps.
        images = kl.Activation("tanh", dtype="float32", name="images")(x)
        return keras.Model(z, images, name="generator")

    def build_critic(self) -> keras.Model:
        """Images (batch, size, size, channels) to scores (batch,), unbounded, high for real, and
        with a second head logits (batch, categories) and codes (batch, codes).

        The layer named `features` gives the last map before the score.
        """
        images = keras.Input((self.size, self.size, self.channels), name="images")
        x = images
        for index, width in enumerate(self.critic_widths):
            kind = kl.Conv2D if index else of_images(kl.Conv2D)
            x = self._convolution(kind, width, f"W_{index}")(x)
            if index and not self.spectral_norm:
                x = self._batch_norm(f"disc_bn{index}")(x)
            last = index == len(self.critic_widths) - 1
            x = kl.LeakyReLU(0.2, name="features" if last else f"leaky_{index}")(x)
        recognised = self._recognition(x)
        if self.dense_score:
            x = kl.Flatten(name="flat")(x)
            if self.minibatch_discrimination:
                x = kl.Concatenate(name="with_nearness")([x, nearness(x, self.seed)])
            dense = SpectralDense if self.spectral_norm else kl.Dense
            x = dense(1, use_bias=self.bias, name="W_pred", **self._weights("critic/W_pred"))(x)
        else:
            x = self._convolution(kl.Conv2D, 1, "W_pred")(x)
            x = kl.GlobalAveragePooling2D(name="mean")(x)
        score = kl.Reshape((), dtype="float32", name="score")(x)
        outputs = [score, *recognised] if recognised else score
        return keras.Model(images, outputs, name="critic")

    def _recognition(self, features) -> list:
        """The second head: Chen et al. 2016 (InfoGAN), appendix C.1, without its batch norm."""
        if not self.categories:
            return []
        x = kl.Flatten(name="flat_recognition")(features)
        x = kl.Dense(RECOGNITION, name="recognition", **self._weights("critic/recognition"))(x)
        x = kl.LeakyReLU(0.1, name="leaky_recognition")(x)
        sizes = {"logits": self.categories, "codes": self.codes}
        return [
            kl.Dense(size, dtype="float32", name=name, **self._weights(f"critic/{name}"))(x)
            for name, size in sizes.items()
            if size
        ]

    def _convolution(self, kind: type[kl.Layer], width: int, name: str) -> kl.Layer:
        kind = SpectralConv2D if self.spectral_norm else kind
        return kind(width, strides=2, name=name, **self._kernel(f"critic/{name}"))

    def _doubled(self, x, width: int, name: str, transposed: type[kl.Layer]):
        """Maps of twice the side."""
        start = self._kernel(f"generator/{name}")
        if self.upsampling == "resize":
            x = kl.UpSampling2D(name=f"twice_{name}")(x)
            return kl.Conv2D(width, name=name, **start)(x)
        return transposed(width, strides=2, name=name, **start)(x)

    def _kernel(self, name: str) -> dict:
        return {
            "kernel_size": self.kernel_size,
            "padding": "same",
            "use_bias": self.bias,
            **self._weights(name),
        }

    def _batch_norm(self, name: str) -> kl.Layer:
        return FusedBatchNormalization(
            momentum=BATCH_NORM_DECAY,
            epsilon=BATCH_NORM_EPSILON,
            gamma_initializer=keras.initializers.RandomNormal(1.0, 0.02, seed_of(self.seed, name)),
            name=name,
        )

    def _weights(self, name: str) -> dict:
        seed = seed_of(self.seed, name)
        return {"kernel_initializer": keras.initializers.TruncatedNormal(0.0, 0.02, seed)}
