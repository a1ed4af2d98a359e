"""Opening an image: what it is, and how large, is known from its header before it is decoded."""

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Condition

from PIL import Image, UnidentifiedImageError

# Only these are tried, by what a file holds and not by its name: of the other formats that Pillow
# knows some start programs, or say of nearly any bytes that they are an image. What an installed
# Pillow lacks is not tried.
FORMATS = (
    "JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "JPEG2000", "AVIF", "TGA", "ICO", "DIB",
    "PCX", "SGI", "QOI", "DDS", "PSD",
)
# Files with these endings are taken for images without being opened first.
EXTENSIONS = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".gif", ".webp", ".tif", ".tiff",
    ".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".j2k", ".avif", ".tga", ".ico", ".pcx", ".sgi",
    ".qoi", ".dds", ".psd",
)
# Larger images are refused. One of this size takes up to half a GB while it is read, a WebP
# twice that; Pillow's own limits are higher.
MAX_PIXELS = 64_000_000
# Larger files are no images of at most so many pixels: 8 bytes are the most that one has.
MAX_BYTES = 8 * MAX_PIXELS
# Pillow's first limit only warns, of what is refused here anyway.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class TooLarge(ValueError):
    """An image of more pixels, or a file of more bytes, than are read."""


class Empty(UnidentifiedImageError):
    """A file of no bytes."""


@contextmanager
def opened(encoded: bytes | str | os.PathLike) -> Iterator[Image.Image]:
    """An image of which only the header is read.

    Args:
        encoded: the bytes of an image file, or its path.

    Raises:
        Exception: `TooLarge`, `Empty`, or whatever Pillow raises on files that are damaged or no
            images.
    """
    in_memory = isinstance(encoded, bytes)
    length = len(encoded) if in_memory else os.stat(encoded).st_size
    if not length:
        raise Empty("0 bytes")
    if length > MAX_BYTES:
        raise TooLarge(f"{length / 2**20:.0f} MiB, more than {MAX_BYTES / 2**20:.0f}")
    limit = f"more than {MAX_PIXELS // 10**6} million pixels"
    try:
        image = Image.open(io.BytesIO(encoded) if in_memory else encoded, formats=_formats())
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge(limit) from error
    except UnidentifiedImageError as error:
        # Pillow's own message has the path, or an address in memory.
        raise UnidentifiedImageError("nothing that Pillow reads as an image") from error
    with image:
        if pixels(image) > MAX_PIXELS:
            raise TooLarge(f"{image.width}x{image.height}, {limit}")
        yield image


@cache
def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def pixels(image: Image.Image) -> int:
    """How many an image has."""
    return image.width * image.height


class Allowance:
    """So much of something at a time, over all threads; who wants more waits.

    Args:
        limit: the most at a time. Who wants more than that has to be alone.
    """

    def __init__(self, limit: int):
        self._limit, self._used = limit, 0
        self._changed = Condition()

    @contextmanager
    def take(self, amount: int) -> Iterator[None]:
        """Holds `amount` while the block runs."""
        with self._changed:
            self._changed.wait_for(lambda: not self._used or self._used + amount <= self._limit)
            self._used += amount
        try:
            yield
        finally:
            with self._changed:
                self._used -= amount
                self._changed.notify_all()
