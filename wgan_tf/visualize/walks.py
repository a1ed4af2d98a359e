"""Walks through z as rows of images, and the square or plane as one sheet."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wgan_tf.visualize.captioned import PAGE, Canvas, coloured, font
from wgan_tf.visualize.grid import enlarge, grid

_GAP, _LARGEST_SCALE = 8, 4
_TITLE, _NAME, _TEXT = 32, 24, 22  # sizes of the letters in pixels


class Row(NamedTuple):
    """One row of `draw_rows`.

    Attributes:
        name: to the left of it.
        images: float (n, h, w, c) in [-1, 1].
        columns: names above its images; None: those of the row above hold for it too.
    """

    name: str
    images: np.ndarray
    columns: Sequence[str] | None = None


def draw_rows(rows: Sequence[Row], title: str, note: str = "", width: int = PAGE) -> np.ndarray:
    """Lays out rows of images with a name beside each.

    Args:
        rows: of any lengths, images of one size.
        title: above everything.
        note: a line below it.
        width: pixels from left to right, about; see `captioned.sheet`.

    Returns:
        uint8 (height, width, 3).

    Raises:
        ValueError: another number of column names than of images.
    """
    names = 2 * _GAP + int(max(font(_NAME).getlength(row.name) for row in rows))
    size = rows[0].images.shape[2]
    most = max(len(row.images) for row in rows)
    cell = (width - names - _GAP) // most - _GAP
    scale = min(max(1, int(1.1 * cell / size)), _LARGEST_SCALE)
    step = scale * size + _GAP
    # Titles of short rows need room too.
    canvas = Canvas(names + max(most * step, width // 2))
    _head(canvas, title, note)
    for row in rows:
        if row.columns is not None:
            if len(row.columns) != len(row.images):
                raise ValueError(f"{len(row.columns)} column names for {len(row.images)}")
            texts = [(names + k * step, step - _GAP, text) for k, text in enumerate(row.columns)]
            canvas.text(texts, _TEXT)
        images = [enlarge(coloured(image), scale) for image in row.images]
        high = len(images[0])
        placed = [(names + k * step, image) for k, image in enumerate(images)]
        canvas.images([(0, _label(row.name, names, high)), *placed], high)
    return canvas.pixels()


def draw_square(
    images: np.ndarray,
    corners: tuple[str, str, str, str],
    title: str,
    note: str = "",
    width: int = PAGE,
) -> np.ndarray:
    """Lays images out as a tight square whose corners are named.

    Args:
        images: float (k * k, h, w, c) in [-1, 1], row by row.
        corners: names of the upper left, upper right, lower left and lower right one.
        title: above everything.
        note: a line below it.
        width: pixels from left to right, at most, but no image is made smaller.

    Returns:
        uint8 (height, width, 3).
    """
    side = round(len(images) ** 0.5)
    tight = grid(images, side, side, padding=0)
    tight = enlarge(tight, max(1, (width - _GAP) // tight.shape[1]))
    canvas = Canvas(max(tight.shape[1], width // 2))
    _head(canvas, title, note)
    for names, after in ((corners[:2], False), (corners[2:], True)):
        if after:
            canvas.images([(0, np.broadcast_to(tight, (*tight.shape[:2], 3)))], len(tight))
        left, right = names
        half = tight.shape[1] // 2
        taken = min(half, 1 + int(font(_NAME).getlength(right)))
        canvas.text(
            [(0, half, left), (tight.shape[1] - taken, taken, right)], _NAME, centred=False
        )
    return canvas.pixels()


def _head(canvas: Canvas, title: str, note: str) -> None:
    canvas.text([(0, canvas.width, title)], _TITLE, bold=True, centred=False)
    for line in note.split("\n") if note else ():
        canvas.text([(0, canvas.width, line)], _TEXT, centred=False)
    canvas.space(_GAP)


def _label(name: str, width: int, height: int) -> np.ndarray:
    """A name in the middle of the height of a row."""
    canvas = Canvas(width)
    canvas.text([(0, width, name)], _NAME, centred=False)
    text = np.concatenate(canvas.bands)[:height]
    above = (height - len(text)) // 2
    around = ((above, height - len(text) - above), (0, 0), (0, 0))
    return np.pad(text, around, constant_values=255)
