"""The z iterator: fine-tunes the latents, so that images stay what the generator can draw."""

from wgan_tf.refine.methods.space import Space
from wgan_tf.refine.refiner import Refiner


class ZIterator(Refiner):
    """Moves latents; with the uniform prior they stay in [-1, 1], and the class or category that is
    asked for stays.

    They move with ten times the learning rate: the original multiplies its flag so, for z alone.

    Source: `z_iterator` of the original's WGAN and GAN.
    """

    moves = "z"
    rate_factor = 10.0

    def inside(self, model, moved, start):
        return model.within_prior(moved, start)

    def constrain(self, model, moved):
        return Space(model).reflect(moved)


z_iterator = ZIterator()
