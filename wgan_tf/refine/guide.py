"""Whose advice samples follow: a frozen critic's score, or a fitted log density ratio."""

import numpy as np
import tensorflow as tf

from wgan_tf.errors import UserError


class CriticGuide:
    """The critic's score, of which a `Ratio` is the sober version.

    Attributes:
        name: "critic".
        level: the median score of real images; None where none were given.

    Args:
        model: a trained game.
        real: images (n, h, w, c) in [-1, 1], or None.

    Raises:
        UserError: it scores a batch as a whole.
    """

    name = "critic"

    def __init__(self, model, real=None):
        check_single(model)
        self.model = model
        self.level = None if real is None else float(np.median(model.score(real)))

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        """Scores (n,) of images, through which a gradient goes."""
        return self.model.judged(images).scores


def check_single(model) -> None:
    """Refuses a critic that says of one image what depends on the others.

    Raises:
        UserError: with minibatch discrimination.
    """
    if getattr(model, "minibatch_discrimination", False):
        raise UserError(
            "this run's discriminator scores a batch as a whole (--minibatch_discrimination), so "
            "it cannot say which single sample is better: use --guide=ratio"
        )
