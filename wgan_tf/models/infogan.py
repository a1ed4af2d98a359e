"""The GAN that finds categories and codes by itself."""

import keras
import tensorflow as tf

from wgan_tf.models.adversarial import Side
from wgan_tf.models.dcgan import DCGAN
from wgan_tf.models.losses import accuracy, class_loss, code_loss

# Of the information that is missed, in both losses. The paper has 1 and less. On 4,000 digits
# either weight alone took the agreement with the labels after 1,500 iterations from 48 to 56 %
# (one training each, of narrower networks than the preset's).
CATEGORY_WEIGHT, CODE_WEIGHT = 3.0, 0.5


@keras.saving.register_keras_serializable("wgan_tf")
class InfoGAN(DCGAN):
    """A GAN whose generated images must tell what was asked for, without any label.

    The first `categories` values of z are a category, one-hot, the next `codes` are continuous
    codes, uniform in [-1, 1], the rest is noise. Training asks for each category equally often,
    whatever the batch size. A second head on the discriminator reads category and codes off an
    image; both networks learn to make that possible, which maximises a lower bound of the mutual
    information between them and the images.

    Args:
        categories: number of categories.
        codes: number of continuous codes; with the categories fewer than z_dim.
        As `DCGAN`'s.

    Source: Chen et al. 2016, "InfoGAN: Interpretable Representation Learning by Information
    Maximizing Generative Adversarial Nets", equation 6.
    """

    critic_term_logs = ("category_loss", "code_loss", "accuracy_fake")

    def __init__(self, *args, categories=10, codes=2, **kwargs):
        self.network_style = {"categories": categories, "codes": codes}
        super().__init__(*args, **kwargs)
        self.categories = self.one_hot = categories
        self.codes = codes

    def critic_terms(self, real: Side, fake: Side, key):
        """The information that the second head misses of the generated images."""
        category, code = self._missed(fake)
        right = accuracy(fake.judged.logits, fake.classes)
        logs = {"category_loss": category, "code_loss": code, "accuracy_fake": right}
        return CATEGORY_WEIGHT * category + CODE_WEIGHT * code, logs

    def generator_terms(self, fake: Side):
        """As the critic's."""
        category, code = self._missed(fake)
        return CATEGORY_WEIGHT * category + CODE_WEIGHT * code

    def classify(self, images):
        """Logits (batch, categories) of images, inference mode."""
        return self.judged(images).logits

    def _missed(self, fake: Side):
        category = class_loss(fake.judged.logits, fake.classes)
        if not self.codes:
            return category, tf.zeros(())
        return category, code_loss(fake.judged.codes, self._codes_of(fake.z))

    def _codes_of(self, z):
        return z[:, self.categories : self.categories + self.codes]

    def _draw_z(self, count, key):
        z = super()._draw_z(count, key)
        if self.codes and self.z_prior == "normal":
            # Whatever law the noise has: a code has ends, between which one can walk.
            first, last = self.categories, self.categories + self.codes
            codes = tf.random.stateless_uniform((count, self.codes), key, -1.0, 1.0)
            z = tf.concat([z[:, :first], codes, z[:, last:]], 1)
        return z
