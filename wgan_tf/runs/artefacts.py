"""What modes leave in TensorBoard."""

import math

import numpy as np
import tensorflow as tf

from wgan_tf.visualize.grid import grid


def write_images(
    writer, name: str, images, step: int, description: str | None = None, columns=None
) -> None:
    """A grid of images (n, h, w, c) in [-1, 1], near-square where nothing else is asked for:
    TensorBoard's cards are narrow.
    """
    images = np.asarray(images)
    picture = grid(images, columns=columns or math.ceil(math.sqrt(len(images))))
    with writer.as_default(step=step):
        tf.summary.image(name, picture[None], description=description)
