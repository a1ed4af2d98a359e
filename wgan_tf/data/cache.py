"""Decoded images kept in a file, so that each is decoded only once."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable
from threading import Lock

import numpy as np

# At most this much of the disk, and at most this share of what is free there.
MOST_BYTES, _SHARE = 16 * 2**30, 0.25


class ImageCache:
    """Loads images by index, each from where it comes from once and then from a file.

    The file has no name and ends with the process, however that ends: nothing can be stale or
    left behind, and what is read is bit for bit what was decoded. It grows as images come; on a
    full disk it grows no more. May be called by several threads.

    Args:
        load: index to uint8 image; what it raises is passed on.
        count: number of images.
        shape: (height, width, channels).
        folder: of the file; made if it is missing. Where it cannot be written, nothing is kept.

    Attributes:
        most: how many images may be kept, those of the lowest indices.
    """

    def __init__(
        self, load: Callable[[int], np.ndarray], count: int, shape: tuple, folder: str | os.PathLike
    ):
        self._load, self._shape = load, shape
        self._bytes = int(np.prod(shape))
        self._filled = bytearray(count)
        self.most = 0
        folder = os.path.expanduser(folder)
        try:
            os.makedirs(folder, exist_ok=True)
            free = int(_SHARE * shutil.disk_usage(folder).free)
            with tempfile.TemporaryFile(dir=folder) as file:
                self._file = os.dup(file.fileno())
        except OSError:
            return
        weakref.finalize(self, os.close, self._file)
        self.most = min(count, min(MOST_BYTES, free) // self._bytes)

    def __call__(self, index: int) -> np.ndarray:
        """uint8 `shape`."""
        if self._filled[index]:
            stored = _read(self._file, self._bytes, index * self._bytes)
            return np.frombuffer(stored, np.uint8).reshape(self._shape)
        image = self._load(index)
        if index < self.most:
            self._keep(index, image)
        return image

    def _keep(self, index: int, image: np.ndarray) -> None:
        pixels = np.ascontiguousarray(image).tobytes()
        try:
            written = _write(self._file, pixels, index * self._bytes)
        except OSError:
            self.most = 0
            return
        self._filled[index] = written == self._bytes


# Windows has one place in a file for all threads, which each must find and use in one go.
_PLACE = Lock()


def _read(file: int, length: int, start: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(file, length, start)
    with _PLACE:
        os.lseek(file, start, os.SEEK_SET)
        return os.read(file, length)


def _write(file: int, content: bytes, start: int) -> int:
    if hasattr(os, "pwrite"):
        return os.pwrite(file, content, start)
    with _PLACE:
        os.lseek(file, start, os.SEEK_SET)
        return os.write(file, content)
