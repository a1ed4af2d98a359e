"""Random changes of what a critic sees, through which gradients reach the generator.

A critic that always sees changed images, real and generated ones alike, cannot learn the real ones
by heart, and a generator whose own images are changed on the way has no reason to draw the changes.

Images are float32 (batch, size, size, channels) in [-1, 1]; every image has draws of its own,
uniform in [0, 1). Colours may leave [-1, 1] and are not clipped, which would stop gradients.

Source: Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training", and its
`DiffAugment`; mirrored are images in other works, such as Karras et al. 2020 ("ADA").
"""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from wgan_tf.models import GAME_AUGMENTATIONS
from wgan_tf.models.replicas import own_rows

# The farthest shift and the side of the square that is cut out, as parts of the size.
_REACH, _CUT = 8, 2


class Change(NamedTuple):
    """One kind of change.

    Attributes:
        draws: numbers that an image takes.
        apply: images and their draws (batch, draws) to images of the same shape.
    """

    draws: int
    apply: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def augmented(images: tf.Tensor, names, key: tf.Tensor) -> tf.Tensor:
    """Images changed in every way that is named, in the order of `GAME_AUGMENTATIONS`.

    Args:
        images: (batch, size, size, channels) in [-1, 1], of several replicas this one's part.
        names: keys of `GAME_AUGMENTATIONS`; the draws of each are the same whatever the others are.
        key: int64 (2,), the seed of stateless random numbers.
    """
    for number, name in enumerate(GAME_AUGMENTATIONS):
        if name in names:
            change = GAME_AUGMENTATIONS[name]
            own = tf.random.experimental.stateless_fold_in(key, number)
            images = change.apply(images, _drawn(own, tf.shape(images)[0], change.draws))
    return images


def _drawn(key, batch, draws: int):
    return own_rows(lambda count: tf.random.stateless_uniform((count, draws), key), batch)


def coloured(images: tf.Tensor, drawn: tf.Tensor) -> tf.Tensor:
    """Brightness by -0.5 to 0.5, saturation times 0 to 2, contrast times 0.5 to 1.5, one after the
    other. Saturation keeps a pixel's mean, so grey images have none; contrast keeps an image's.
    """
    brightness, saturation, contrast = tf.unstack(drawn[:, :, None, None, None], axis=1)
    brightness, saturation, contrast = brightness - 0.5, 2 * saturation, contrast + 0.5
    # The three in one: saturation leaves the image's mean as it is, and contrast is about it.
    middle = (1 - contrast) * tf.reduce_mean(images, [1, 2, 3], keepdims=True) + brightness
    if images.shape[-1] == 1:
        return contrast * images + middle
    grey = tf.reduce_mean(images, -1, keepdims=True)
    return contrast * saturation * images + (contrast * (1 - saturation) * grey + middle)


def mirrored(images: tf.Tensor, drawn: tf.Tensor) -> tf.Tensor:
    """Half of them mirrored, left to right: those that draw less than a half."""
    columns = tf.range(images.shape[1])
    columns = tf.where(drawn < 0.5, columns[::-1], columns)
    # On a CPU a fifth of the time of `tf.reverse`, which goes pixel by pixel.
    return _turned(_rows(_turned(images), columns))


def translated(images: tf.Tensor, drawn: tf.Tensor) -> tf.Tensor:
    """Shifted by whole pixels, at most an eighth of the size, down and to the right or back; what
    comes in is 0, mid grey, as in the source.
    """
    reach = images.shape[1] // _REACH
    shifts = _whole(drawn, 2 * reach + 1) - reach
    down = _shifted(images, shifts[:, :1])
    return _turned(_shifted(_turned(down), shifts[:, 1:]))


def _shifted(images, shifts):
    """Rows moved down by as many as there are shifts (batch, 1)."""
    size = images.shape[1]
    # One row of zeros on either side of the image.
    rows = tf.clip_by_value(tf.range(size) - shifts + 1, 0, size + 1)
    return _rows(tf.pad(images, ((0, 0), (1, 1), (0, 0), (0, 0))), rows)


def _rows(images, rows):
    """Those rows (batch, n) of each image: whole ones, which are gathered faster than pixels."""
    return tf.gather_nd(images, rows[:, :, None], batch_dims=1)


def _turned(images):
    """Columns for rows."""
    return tf.transpose(images, (0, 2, 1, 3))


def cut_out(images: tf.Tensor, drawn: tf.Tensor) -> tf.Tensor:
    """A square of half the size set to 0, mid grey; its middle is anywhere in the image, its edges
    may be outside.
    """
    size = images.shape[1]
    side = size // _CUT
    first = _whole(drawn, size + 1 - side % 2) - side // 2
    away = tf.range(size) - first[:, :, None]
    within = tf.cast((away >= 0) & (away < side), images.dtype)
    return images * (1 - within[:, 0, :, None, None] * within[:, 1, None, :, None])


def _whole(drawn, count: int):
    """Whole numbers from 0 to count - 1, each as likely."""
    return tf.cast(drawn * count, tf.int32)


COLOUR = Change(3, coloured)
MIRROR = Change(1, mirrored)
TRANSLATE = Change(2, translated)
CUTOUT = Change(2, cut_out)
