"""The GAN with cross entropy and feature matching."""

import keras

from wgan_tf.models.adversarial import AdversarialModel
from wgan_tf.models.losses import (
    FEATURE_WEIGHT,
    cross_entropy_critic_loss,
    cross_entropy_generator_loss,
    feature_matching_loss,
)


@keras.saving.register_keras_serializable("wgan_tf")
class GAN(AdversarialModel):
    """GAN (`--model=0` of the original): 5x5 kernels, biases, a dense last layer.

    Its critic is a discriminator: the score is a logit.

    Args:
        crop_size: side of the crop in pixels; the feature term is divided by its square.
        upsampling, spectral_norm: see `networks.strided.DCGAN`.

    Source: Radford et al. 2015 (DCGAN); Salimans et al. 2016, section 3.1 (feature matching);
    `GAN` in the original.
    """

    network_style = {"kernel_size": 5, "bias": True, "dense_score": True}
    generator_needs_real = True
    threshold = 0.0

    def __init__(
        self, *args, crop_size=108, upsampling="transposed", spectral_norm=False, **kwargs
    ):
        options = {"upsampling": upsampling, "spectral_norm": spectral_norm}
        self.network_style = {**self.network_style, **options}
        super().__init__(*args, **kwargs)
        self.crop_size = crop_size
        self.upsampling, self.spectral_norm = upsampling, spectral_norm

    def critic_loss(self, real, fake):
        """Cross entropy against real = 1, fake = 0."""
        return cross_entropy_critic_loss(real.scores, fake.scores)

    def generator_loss(self, fake, real=None):
        """Cross entropy of the fakes against 1, plus 0.1 x the feature-matching term."""
        matching = feature_matching_loss(real.features, fake.features, self.crop_size)
        return cross_entropy_generator_loss(fake.scores) + FEATURE_WEIGHT * matching
