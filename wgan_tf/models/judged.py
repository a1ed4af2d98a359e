"""What a critic or discriminator says of images."""

from typing import NamedTuple

import tensorflow as tf


class Judged(NamedTuple):
    """One judgement of a batch, in the order of the network's outputs.

    Attributes:
        scores: (batch,), high for real images; logits of "real" where it is a discriminator.
        features: what the score is computed from.
        logits: of the classes or categories (batch, classes); None without.
        codes: what it reads off as continuous codes (batch, codes); None without.
    """

    scores: tf.Tensor
    features: tf.Tensor
    logits: tf.Tensor | None = None
    codes: tf.Tensor | None = None
