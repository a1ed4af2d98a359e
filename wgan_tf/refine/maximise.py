"""Images that make outputs of a network as large as they can."""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.refine.loop import refine

_RECORDS = 25  # on the way, for a progress bar


@dataclasses.dataclass(frozen=True)
class Maximum:
    """What came of maximising the outputs of n images. Arrays are float32.

    Attributes:
        images: (n, height, width, channels) in [-1, 1].
        before, after: each image's own output, (n,).
        curve: the sum of the outputs before every step, (steps,).
        seconds: wall time of the steps, compilation excluded.
    """

    images: np.ndarray
    before: np.ndarray
    after: np.ndarray
    curve: np.ndarray
    seconds: float


def maximise(
    outputs: Callable[[tf.Tensor], tf.Tensor],
    start,
    *,
    steps: int = 200,
    rate: float = 0.1,
    weight_decay: float = 0.001,
    on_record: Callable[[int, float], None] | None = None,
) -> Maximum:
    """Gradient ascent on pixels within [-1, 1], with weight decay towards mid-grey.

    A step is x + rate * gradient - rate * weight_decay * x, then clipped.

    Args:
        outputs: images (n, h, w, c) to (n,), each image's own output.
        start: (n, h, w, c) in [-1, 1].
        steps: number of steps.
        rate: of the ascent.
        weight_decay: share of a pixel that a step takes off, times the rate; 0: none.
        on_record: called with (steps done, last sum of the outputs) now and then.

    Source: `visualization.py` of the homework of `networks.homework`; Simonyan et al. 2014,
    section 2.
    """
    start = np.asarray(start, np.float32)
    records, _, losses, seconds = refine(
        lambda pixels: -tf.reduce_sum(outputs(pixels)),
        start,
        keras.optimizers.SGD(rate, weight_decay=weight_decay or None),
        steps,
        constraint=lambda pixels: tf.clip_by_value(pixels, -1.0, 1.0),
        record_every=max(1, steps // _RECORDS),
        on_record=on_record and (lambda done, loss: on_record(done, -loss)),
    )
    values = tf.function(outputs, autograph=False)
    return Maximum(
        images=records[-1],
        before=values(tf.constant(start)).numpy(),
        after=values(tf.constant(records[-1])).numpy(),
        curve=-losses,
        seconds=seconds,
    )
