"""Which images come when: a pure function of the seed and the position.

The images form one endless stream, epoch after epoch, each epoch a permutation of its own.
Nothing needs to be remembered to go on from any position, and no shuffle buffer to be filled.
"""

from functools import lru_cache

import numpy as np

from wgan_tf.data.scaling import to_float

# First words of the random seeds, so that the streams have nothing in common.
_TRAINING, _FIXED = 1, 2


def training_indices(start: int, length: int, count: int, seed: int) -> np.ndarray:
    """Indices (length,) int64 in [0, count) at the positions from `start` on."""
    return _stream(start, length, count, seed, _TRAINING)


def fixed_indices(count: int, length: int, seed: int, index: int = 0) -> np.ndarray:
    """Indices (length,) int64 in [0, count) of the fixed batch number `index`.

    Batches of one seed and length have no image in common until the source is used up. They are
    drawn independently of the training order.
    """
    return _stream(index * length, length, count, seed, _FIXED)


def batch(source, count: int, seed: int, index: int = 0) -> np.ndarray:
    """The images of `fixed_indices`: float32 (count, height, width, channels) in [-1, 1]."""
    return to_float(source.read(fixed_indices(source.count, count, seed, index)))


def _stream(start: int, length: int, count: int, seed: int, stream: int) -> np.ndarray:
    first, last = start // count, max(start, start + length - 1) // count
    epochs = [_permutation(count, seed, epoch, stream) for epoch in range(first, last + 1)]
    offset = start - first * count
    return np.concatenate(epochs)[offset : offset + length]


@lru_cache(maxsize=4)  # the epoch in use and the next, of two streams
def _permutation(count: int, seed: int, epoch: int, stream: int) -> np.ndarray:
    words = [stream, seed % 2**64, epoch]
    order = np.random.Generator(np.random.PCG64(words)).permutation(count)
    order.flags.writeable = False
    return order
