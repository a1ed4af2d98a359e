"""Tight grids of images at their real resolution."""

import math
import os

import numpy as np
from PIL import Image

from wgan_tf.data.scaling import to_uint8
from wgan_tf.files.writing import written_whole

# The original's `visualize` lays n images out as 4 x n/4.
ORIGINAL_ROWS = 4


def grid(
    images: np.ndarray, rows: int | None = None, columns: int | None = None, padding: int = 1
) -> np.ndarray:
    """Lays images out row by row, with nothing around them.

    Args:
        images: float (n, h, w, c) in [-1, 1], c 1 or 3, n at least 1.
        rows, columns: the layout; with one given the other follows from n, with neither it is
            the original's 4 x n/4 where 4 divides n, else as near to a square as possible.
        padding: black pixels between two neighbours; none at the outer edge.

    Returns:
        uint8 (rows * (h + padding) - padding, columns * (w + padding) - padding, c). Cells
        without an image are black.

    Raises:
        ValueError: the shape is not (n, h, w, 1 or 3), or the layout has too few cells.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or len(images) == 0:
        raise ValueError(f"images must be (n >= 1, h, w, 1 or 3), not {images.shape}")
    count, height, width, channels = images.shape
    rows, columns = layout(count, rows, columns)
    cells = np.zeros((rows * columns, height + padding, width + padding, channels), np.uint8)
    cells[:count, :height, :width] = to_uint8(images)
    cells = cells.reshape(rows, columns, height + padding, width + padding, channels)
    sheet = cells.swapaxes(1, 2).reshape(
        rows * (height + padding), columns * (width + padding), channels
    )
    return sheet[: len(sheet) - padding, : sheet.shape[1] - padding]


def layout(
    count: int, rows: int | None = None, columns: int | None = None
) -> tuple[int, int]:
    """Rows and columns for `count` images; see `grid`."""
    if rows is None and columns is None:
        if count % ORIGINAL_ROWS == 0:
            rows = ORIGINAL_ROWS
        else:
            columns = math.ceil(math.sqrt(count))
    if rows is None:
        rows = math.ceil(count / columns)
    if columns is None:
        columns = math.ceil(count / rows)
    if rows * columns < count:
        raise ValueError(f"{rows} x {columns} cells are too few for {count} images")
    return rows, columns


def enlarge(image: np.ndarray, scale: int) -> np.ndarray:
    """Repeats every pixel of an (h, w, c) image `scale` times in both directions."""
    if scale < 1:
        raise ValueError(f"scale must be at least 1, not {scale}")
    return image.repeat(scale, axis=0).repeat(scale, axis=1)


def to_pillow(image: np.ndarray) -> Image.Image:
    """A uint8 (h, w, 1 or 3) array as a grey or RGB Pillow image."""
    return Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)


def save_png(path: str | os.PathLike, image: np.ndarray) -> None:
    """Writes one uint8 (h, w, 1 or 3) array, such as a `grid`, as a PNG file.

    Args:
        path: the file; its folder is created, an existing file is replaced in one move.
        image: uint8 (h, w, c), c 1 or 3.

    Raises:
        ValueError: the array is not uint8; scaling it here would hide a wrong range.
        UserError: the file cannot be written.
    """
    if image.dtype != np.uint8:
        raise ValueError(f"a PNG is written from uint8, not {image.dtype}: use grid()")
    with written_whole(path) as unfinished:
        to_pillow(image).save(unfinished, format="PNG")
