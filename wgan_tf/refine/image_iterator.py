"""The image iterator: fine-tunes the pixels themselves."""

import tensorflow as tf

from wgan_tf.refine.refiner import Refiner


class ImageIterator(Refiner):
    """Moves the pixels of images, which stay in [-1, 1].

    What came of it, in the original as here: the critic is fooled by changes that cannot be seen.

    Source: `image_iterator` of the original's WGAN and GAN.
    """

    def inside(self, model, moved, start):
        return self.constrain(model, moved)

    def constrain(self, model, moved):
        return tf.clip_by_value(moved, -1.0, 1.0)


image_iterator = ImageIterator()
