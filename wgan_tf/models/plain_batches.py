"""Plain batches of images, as any Keras user has them, regrouped into a game's iterations."""

import numpy as np
import tensorflow as tf

from wgan_tf.data.image_values import as_images
from wgan_tf.errors import UserError, in_words

_BATCH = 64


def grouped(data, batches: int, batch_size: int | None = None, shuffle: bool = True, seed: int = 0):
    """Plain data as elements that `data.pipeline.Batches` reads, without end, and how many make an
    epoch; what is grouped already as it is, and None.

    Args:
        data: images (n, h, w, c) in [-1, 1], or a pair of images and labels (n,), as arrays or as
            a `tf.data.Dataset` of batches of them.
        batches: how many an iteration takes. A dataset's are joined and divided anew, all of the
            size of its first; what is left over at the end of an epoch begins the next.
        batch_size: of arrays; None: 64.
        shuffle: whether arrays come in another order in every epoch.
        seed: of that order.

    Raises:
        UserError: the images are no floats in [-1, 1] (of a dataset only the type is looked at), or
            too few for one iteration.
    """
    if not isinstance(data, tf.data.Dataset):
        parts = tuple(data) if isinstance(data, tuple | list) else (data,)
        if not all(isinstance(part, np.ndarray | tf.Tensor) for part in parts):
            return data, None
        if parts[0].ndim == 5:  # grouped already
            return _batched(parts, batch_size or _BATCH), None
        data = _of_arrays(parts, batch_size or _BATCH, shuffle, seed)
    images = tf.nest.flatten(data.element_spec)[0]
    if images.shape.rank != 4:
        return data, None
    if not images.dtype.is_floating:
        raise UserError(
            f"the images are {images.dtype.name}, floats in [-1, 1] are wanted: "
            "dataset.map(lambda images: tf.cast(images, tf.float32) / 127.5 - 1)"
        )
    there = int(data.cardinality())
    if 0 <= there < batches:
        raise UserError(f"an iteration takes {batches} batches, and there are {there}")
    size = images.shape[0] or _first_size(data)

    def iteration(*parts):
        stacked = tuple(_stacked(part, size, batches) for part in parts)
        return stacked if len(stacked) > 1 else stacked[0]

    if there >= 0:
        data = data.repeat()
    data = data.rebatch(size * batches, drop_remainder=True).map(iteration, tf.data.AUTOTUNE)
    return data.prefetch(tf.data.AUTOTUNE), there // batches if there >= 0 else None


def _of_arrays(parts: tuple, batch_size: int, shuffle: bool, seed: int) -> tf.data.Dataset:
    images = np.asarray(parts[0])
    if images.ndim != 4:
        raise UserError(f"images {in_words(images.shape)}: (n, height, width, channels) are wanted")
    if images.dtype.kind == "f":
        as_images(images)
    return _batched(parts, batch_size, len(images) if shuffle else None, seed)


def _batched(parts: tuple, size: int, shuffled: int | None = None, seed: int = 0):
    data = tf.data.Dataset.from_tensor_slices(parts if len(parts) > 1 else parts[0])
    if shuffled:
        data = data.shuffle(shuffled, seed)
    # Where all batches are whole, their size is known to what is compiled for them.
    return data.batch(size, drop_remainder=len(parts[0]) % size == 0)


def _first_size(data: tf.data.Dataset) -> int:
    for element in data.take(1):
        return len(tf.nest.flatten(element)[0])
    raise UserError("there are no images in this dataset")


def _stacked(part: tf.Tensor, size: int, batches: int) -> tf.Tensor:
    """(batches * size, ...) as (size, batches, ...): along axis 1 one batch behind the other."""
    stacked = tf.reshape(part, (batches, size, *part.shape[1:]))
    return tf.transpose(stacked, (1, 0, *range(2, stacked.shape.rank)))
