"""What every source of images is: a count, a way to read by index, and a line for the log."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import numpy as np
from absl import logging
from PIL import Image
from tqdm import tqdm

from wgan_tf.data import preprocess
from wgan_tf.errors import UserError

# Images that take no more than this together are decoded once, up front.
RAM_BYTES = 256 * 2**20
# Images given to a thread at a time: a million futures would cost more memory than the images.
_CHUNK = 64
THREADS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True)
class Request:
    """Which images are wanted, and in what form. See `wgan_tf.data.open_source`."""

    name: str
    data_dir: str | None
    cache_dir: str
    crop: int | None
    size: int
    channels: int
    split: str = "train"

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of every image."""
        return self.size, self.size, self.channels

    def decode(self, encoded: bytes | str | os.PathLike) -> np.ndarray:
        """uint8 `shape` from the bytes of an image file or from its path."""
        whole = self.size if self.crop is None else None
        return self.fit(preprocess.decode(encoded, resized_to=whole))

    def fit(self, image: Image.Image) -> np.ndarray:
        """uint8 `shape` from an image of any size and mode."""
        return preprocess.fit(image, self.crop, self.size, self.channels)


class ArraySource:
    """Images in an array, which may be a memory-mapped file.

    Attributes:
        count: number of images.
        labels: int64 (count,) or None.
        class_names: the meaning of label 0, 1, ... or None.
        description: one line for the log.
    """

    def __init__(
        self,
        images: np.ndarray,
        description: str,
        labels: np.ndarray | None = None,
        class_names: list[str] | None = None,
    ):
        self.images = images
        self.count = len(images)
        self.labels = labels
        self.class_names = class_names
        self.description = description

    def read(self, indices: np.ndarray) -> np.ndarray:
        """uint8 (n, size, size, channels) for indices (n,) in [0, count)."""
        return self.images[indices]


class DecodingSource:
    """Images decoded on every read: for folders that do not fit into memory.

    An image that cannot be decoded is replaced by the next one that can, so that the order of
    the images stays a pure function of the indices.

    Args:
        load: index to uint8 image; raises whatever it likes for a damaged one.
        names: what to call each image in a warning.
        shape: (height, width, channels).
        description: one line for the log.
    """

    labels = None
    class_names = None

    def __init__(
        self, load: Callable[[int], np.ndarray], names: list[str], shape: tuple, description: str
    ):
        self._attempt = Attempt(load, names)
        self._shape = shape
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="decode")
        self.count = len(names)
        self.description = description
        self._load_or_next(0)

    @property
    def skipped(self) -> int:
        """How many different images could not be decoded so far."""
        return len(self._attempt.failed)

    def read(self, indices: np.ndarray) -> np.ndarray:
        """uint8 (n, size, size, channels) for indices (n,) in [0, count)."""
        images = np.empty((len(indices), *self._shape), np.uint8)
        for row, image in enumerate(self._pool.map(self._load_or_next, indices.tolist())):
            images[row] = image
        return images

    def _load_or_next(self, index: int) -> np.ndarray:
        for step in range(self.count):
            image = self._attempt((index + step) % self.count)
            if image is not None:
                return image
        raise UserError(f"{self.description}: none of them can be decoded, see the warnings above")


class Attempt:
    """Loads an image by index, or warns once, counts it and gives None.

    Attributes:
        failed: the indices of the images that could not be loaded so far.
    """

    def __init__(self, load: Callable[[int], np.ndarray], names: list[str]):
        self._load = load
        self._names = names
        self._lock = Lock()
        self.failed: set[int] = set()

    def __call__(self, index: int) -> np.ndarray | None:
        if index in self.failed:
            return None
        try:
            return self._load(index)
        except Exception as error:  # Pillow's readers raise nearly anything on damaged files
            with self._lock:
                if index not in self.failed:
                    self.failed.add(index)
                    logging.warning("skipping %s: %s", self._names[index], one_line(error))
            return None


def fits_in_ram(count: int, shape: tuple[int, int, int]) -> bool:
    """Whether `count` uint8 images of `shape` take at most `RAM_BYTES`."""
    return count * int(np.prod(shape)) <= RAM_BYTES


def decode_all(
    load: Callable[[int], np.ndarray], names: list[str], shape: tuple[int, int, int], title: str
) -> tuple[np.ndarray, np.ndarray]:
    """Loads every image with a few threads and a progress bar if it takes over a second.

    Returns:
        uint8 (n, height, width, channels) and the indices (n,) of the images that could be
        decoded, in order.
    """
    images = np.empty((len(names), *shape), np.uint8)
    good = np.ones(len(names), bool)
    attempt = Attempt(load, names)

    def fill(start: int) -> int:
        stop = min(start + _CHUNK, len(names))
        for index in range(start, stop):
            image = attempt(index)
            if image is None:
                good[index] = False
            else:
                images[index] = image
        return stop - start

    with (
        ThreadPoolExecutor(THREADS) as pool,
        tqdm(total=len(names), desc=title, unit=" images", delay=1, leave=False) as bar,
    ):
        for done in pool.map(fill, range(0, len(names), _CHUNK)):
            bar.update(done)
    return (images, np.arange(len(names))) if good.all() else (images[good], np.flatnonzero(good))


def one_line(error: Exception) -> str:
    """The message of an error that was not written for users, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
