"""The Wasserstein GAN with gradient penalty."""

import keras
import tensorflow as tf

from wgan_tf.models.adversarial import AdversarialModel, Side
from wgan_tf.models.losses import (
    gradient_penalty,
    wasserstein_critic_loss,
    wasserstein_generator_loss,
)
from wgan_tf.models.replicas import own_rows


@keras.saving.register_keras_serializable("wgan_tf")
class WGANGP(AdversarialModel):
    """Wasserstein GAN whose critic is held to slope 1 by a penalty instead of clipped weights.

    Args:
        penalty_weight: of the gradient penalty, 10 in the paper.

    Source: Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", algorithm 1.
    """

    wasserstein = True
    critic_term_logs = ("gradient_penalty",)

    def __init__(self, *args, penalty_weight=10.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.penalty_weight = penalty_weight

    def critic_loss(self, real, fake):
        """mean f(fake) - mean f(real)."""
        return wasserstein_critic_loss(real.scores, fake.scores)

    def generator_loss(self, fake, real=None):
        """-mean f(fake)."""
        return wasserstein_generator_loss(fake.scores)

    def critic_terms(self, real: Side, fake: Side, key):
        """The weighted penalty, between real and generated images, pair by pair."""
        mixing = own_rows(
            lambda count: tf.random.stateless_uniform((count, 1, 1, 1), key),
            tf.shape(real.images)[0],
        )
        penalty = gradient_penalty(
            lambda images: self.judged(images, training=True).scores,
            real.images, fake.images, mixing,
        )
        return self.penalty_weight * penalty, {"gradient_penalty": penalty}
