"""Matched mini-batches: beside every real image the best that the generator can do for it now."""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf


class Matching(NamedTuple):
    """How latents are moved towards the images beside them.

    Attributes:
        steps: number of gradient steps; 0: latents stay as they are drawn.
        rate: root mean square of a step over the values of a z.
    """

    steps: int = 0
    rate: float = 0.2


def matched(
    generate: Callable[[tf.Tensor], tf.Tensor],
    z: tf.Tensor,
    real: tf.Tensor,
    matching: Matching,
    project: Callable[[tf.Tensor], tf.Tensor],
) -> tf.Tensor:
    """Moves every z down the gradient of its image's L1 distance to the real image beside it.

    A step is as long for every pair, whatever its distance: its gradient is divided by its own
    root mean square.

    Args:
        generate: latents (batch, z_dim) to images (batch, h, w, c), by weights that stay.
        z: where to begin.
        real: images (batch, h, w, c), one for each z.
        matching: steps and their length.
        project: applied to the latents after every step.

    Returns:
        Latents (batch, z_dim), constants for any gradient.

    Source: "A better training process?" in "Experimenting with Generative Adversarial Nets"
    (stdm, 2016), steps 2.1 to 2.3.
    """

    def step(index, latents):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(latents)
            distance = tf.reduce_mean(tf.abs(generate(latents) - real), [1, 2, 3])
        gradient = tape.gradient(distance, latents)
        size = tf.sqrt(tf.reduce_mean(tf.square(gradient), 1, keepdims=True))
        return index + 1, project(latents - matching.rate * tf.math.divide_no_nan(gradient, size))

    _, moved = tf.while_loop(lambda index, _: index < matching.steps, step, (0, z))
    return tf.stop_gradient(moved)
