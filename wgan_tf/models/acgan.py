"""The class-conditional Wasserstein GAN whose discriminator also tells the class."""

import keras

from wgan_tf.models.adversarial import Side
from wgan_tf.models.losses import accuracy, class_loss
from wgan_tf.models.wgan_gp import WGANGP


@keras.saving.register_keras_serializable("wgan_tf")
class ACGAN(WGANGP):
    """Auxiliary-classifier GAN on the Wasserstein loss with gradient penalty.

    The first `classes` values of z are the class asked for, one-hot; the rest is noise. Training
    asks for each class equally often, whatever the batch size. Both heads of the discriminator
    learn: the score as in `WGANGP`, the logits by cross entropy on real images and on generated
    ones, which the generator also minimises.

    Args:
        classes: number of classes, fewer than z_dim.

    Source: Odena et al. 2016, "Conditional Image Synthesis with Auxiliary Classifier GANs", with
    the losses of IE534/CS598 HW6 (2018), `train_gan.py`.
    """

    critic_term_logs = (
        "gradient_penalty",
        "class_loss_real",
        "class_loss_fake",
        "accuracy_real",
        "accuracy_fake",
    )

    def __init__(self, *args, classes, **kwargs):
        self.network_style = {"classes": classes}
        super().__init__(*args, **kwargs)
        self.classes = self.one_hot = classes

    def critic_terms(self, real: Side, fake: Side, key):
        """Penalty and the class losses of both sides."""
        term, logs = super().critic_terms(real, fake, key)
        for name, side in (("real", real), ("fake", fake)):
            logs[f"class_loss_{name}"] = class_loss(side.judged.logits, side.classes)
            logs[f"accuracy_{name}"] = accuracy(side.judged.logits, side.classes)
        return term + logs["class_loss_real"] + logs["class_loss_fake"], logs

    def generator_terms(self, fake: Side):
        """The class loss of the generated images."""
        return class_loss(fake.judged.logits, fake.classes)

    def classify(self, images):
        """Class logits (batch, classes) of images, inference mode."""
        return self.judged(images).logits
