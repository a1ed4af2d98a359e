"""The DCGAN networks under any of the losses by name."""

import keras

from wgan_tf.models import LOSSES
from wgan_tf.models.adversarial import AdversarialModel
from wgan_tf.models.clipping import clip_variables


@keras.saving.register_keras_serializable("wgan_tf")
class DCGAN(AdversarialModel):
    """A GAN on the DCGAN networks (5x5 kernels by default, biases, a dense last layer).

    Args:
        loss_name: a key of `LOSSES`.
        clip_value: with the Wasserstein loss the critic's variables are clipped to +- this.
        minibatch_discrimination: see `networks.minibatch.nearness`.
        kernel_size, upsampling, spectral_norm: see `networks.strided.DCGAN`.

    Source: Radford et al. 2015, "Unsupervised Representation Learning with Deep Convolutional
    Generative Adversarial Networks"; the losses name theirs.
    """

    def __init__(
        self,
        *args,
        loss_name="non_saturating",
        clip_value=0.01,
        minibatch_discrimination=False,
        kernel_size=5,
        upsampling="transposed",
        spectral_norm=False,
        **kwargs,
    ):
        self.network_style = {
            "kernel_size": kernel_size,
            "bias": True,
            "dense_score": True,
            "minibatch_discrimination": minibatch_discrimination,
            "upsampling": upsampling,
            "spectral_norm": spectral_norm,
            **self.network_style,
        }
        super().__init__(*args, **kwargs)
        self.loss_name, self.clip_value = loss_name, clip_value
        self.minibatch_discrimination = minibatch_discrimination
        self.kernel_size = kernel_size
        self.upsampling, self.spectral_norm = upsampling, spectral_norm
        self.threshold = LOSSES[loss_name].threshold
        self.wasserstein = loss_name == "wasserstein"

    def critic_loss(self, real, fake):
        """Of the loss by name."""
        return LOSSES[self.loss_name].critic(real.scores, fake.scores)

    def generator_loss(self, fake, real=None):
        """Of the loss by name."""
        return LOSSES[self.loss_name].generator(fake.scores)

    def after_critic_update(self):
        """Clips the critic where the loss is Wasserstein's."""
        if self.wasserstein:
            clip_variables(self.critic.trainable_variables, self.clip_value)
