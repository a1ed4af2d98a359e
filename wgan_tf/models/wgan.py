"""The Wasserstein GAN with weight clipping."""

import keras

from wgan_tf.models.adversarial import AdversarialModel
from wgan_tf.models.clipping import clip_variables
from wgan_tf.models.losses import wasserstein_critic_loss, wasserstein_generator_loss


@keras.saving.register_keras_serializable("wgan_tf")
class WGAN(AdversarialModel):
    """Wasserstein GAN (`--model=1` of the original): 4x4 kernels, no biases.

    Args:
        clip_value: after each critic update all its trainable variables are clipped to +- this.
        upsampling: see `networks.strided.DCGAN`.

    Source: Arjovsky et al. 2017, algorithm 1; `WasserstienGAN` in the original.
    """

    network_style = {"kernel_size": 4, "bias": False, "dense_score": False}
    wasserstein = True

    def __init__(self, *args, clip_value=0.01, upsampling="transposed", **kwargs):
        self.network_style = {**self.network_style, "upsampling": upsampling}
        super().__init__(*args, **kwargs)
        self.clip_value, self.upsampling = clip_value, upsampling

    def critic_loss(self, real, fake):
        """mean f(fake) - mean f(real)."""
        return wasserstein_critic_loss(real.scores, fake.scores)

    def generator_loss(self, fake, real=None):
        """-mean f(fake)."""
        return wasserstein_generator_loss(fake.scores)

    def after_critic_update(self):
        """Clips the critic, batch-norm gamma and beta included."""
        clip_variables(self.critic.trainable_variables, self.clip_value)
