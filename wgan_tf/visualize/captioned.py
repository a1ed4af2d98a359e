"""Sheets of images with names and captions, drawn as one array of pixels."""

import functools
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from wgan_tf.data.scaling import to_uint8
from wgan_tf.visualize.figure import DPI, INK, WIDTH
from wgan_tf.visualize.grid import enlarge

# As wide as a plot, so that a page may show both.
PAGE = int(WIDTH * DPI)
_GAP, _LARGEST_CELL = 8, 256
_TITLE, _NAME, _TEXT, _SMALLEST = 32, 26, 24, 13  # sizes of the letters in pixels


def sheet(
    images: np.ndarray,
    captions: Sequence[str] | None = None,
    *,
    columns: int,
    column_names: Sequence[str] | None = None,
    row_names: Sequence[str] | None = None,
    title: str | None = None,
    width: int = PAGE,
) -> np.ndarray:
    """Lays images out row by row on white, enlarged by a whole number, with text around them.

    Text that is too wide is set smaller, and cut with an ellipsis where that does not do.

    Args:
        images: float (n, h, w, c) in [-1, 1], c 1 or 3, n at least 1.
        captions: one for each image, below it; lines are parted by "\\n".
        columns: images in a row.
        column_names: above the images of every row.
        row_names: one line above each row.
        title: above everything.
        width: pixels from left to right, about: images are enlarged to fill it, but not beyond
            280 pixels each, nor made smaller than they are.

    Returns:
        uint8 (height, width, 3).

    Raises:
        ValueError: another number of captions than of images, of names than of columns or rows.
    """
    images = np.asarray(images)
    rows = -(-len(images) // columns)
    for what, texts, count in (
        ("captions", captions, len(images)),
        ("column names", column_names, columns),
        ("row names", row_names, rows),
    ):
        if texts is not None and len(texts) != count:
            raise ValueError(f"{len(texts)} {what} for {count}")
    cell = min((width - _GAP) // columns - _GAP, _LARGEST_CELL)
    # A little too wide is better than half as large.
    scale = max(1, int(1.1 * cell / images.shape[2]))
    cells = [enlarge(coloured(image), scale) for image in images]
    high, wide = cells[0].shape[:2]
    step, whole = wide + _GAP, columns * (wide + _GAP) - _GAP
    lines = _lines(captions or [""] * len(images))
    canvas = Canvas(whole)
    if title:
        canvas.text([(0, whole, title)], _TITLE, bold=True, centred=False)
    letters = [_fitting(line, wide, _TEXT) for line in lines]
    for row in range(rows):
        members = range(row * columns, min((row + 1) * columns, len(images)))
        if row_names is not None:
            canvas.text([(0, whole, row_names[row])], _NAME, centred=False)
        if column_names is not None:
            size = _fitting(column_names, wide, _TEXT)
            canvas.text([(k * step, wide, name) for k, name in enumerate(column_names)], size)
        canvas.images([(k * step, cells[index]) for k, index in enumerate(members)], high)
        for line, size in zip(lines, letters, strict=True):
            canvas.text([(k * step, wide, line[index]) for k, index in enumerate(members)], size)
        if lines or row_names is not None:
            canvas.space(_GAP if row == rows - 1 else 2 * _GAP)
    return canvas.pixels()


def side_by_side(sheets: Sequence[np.ndarray]) -> np.ndarray:
    """Sheets from left to right, uint8 (h, w, 3), with white between and below the lower ones."""
    height, gap = max(map(len, sheets)), 3 * _GAP
    padded = [
        np.pad(sheet, ((0, height - len(sheet)), (gap * (k > 0), 0), (0, 0)), constant_values=255)
        for k, sheet in enumerate(sheets)
    ]
    return np.concatenate(padded, axis=1)


def _lines(captions: Sequence[str]) -> list[list[str]]:
    """The first line of every caption, the second, ..., "" where one has none."""
    parted = [caption.split("\n") if caption else [] for caption in captions]
    count = max(map(len, parted))
    return [[*lines] for lines in zip(*(p + [""] * (count - len(p)) for p in parted), strict=True)]


class Canvas:
    """White paper that grows downwards."""

    def __init__(self, width: int):
        self.width, self.bands = width, []

    def text(self, texts, size: int, bold: bool = False, centred: bool = True) -> None:
        """A line of texts (left, width, text)."""
        image = Image.new("RGB", (self.width, round(1.45 * size)), "white")
        draw = ImageDraw.Draw(image)
        for left, width, text in texts:
            letters = font(_fitting([text], width, size, bold), bold)
            text = _cut(text, width, letters)
            at = left + (width / 2 if centred else 0)
            # All on one base line, whatever letters they have.
            place = (at, round(1.1 * size))
            draw.text(place, text, fill=INK, font=letters, anchor="ms" if centred else "ls")
        self.bands.append(np.asarray(image))

    def images(self, images, height: int) -> None:
        """A line of images (left, uint8 (height, w, 3))."""
        band = np.full((height + _GAP, self.width, 3), 255, np.uint8)
        for left, image in images:
            band[:height, left : left + image.shape[1]] = image
        self.bands.append(band)

    def space(self, height: int) -> None:
        """White."""
        self.bands.append(np.full((height, self.width, 3), 255, np.uint8))

    def pixels(self) -> np.ndarray:
        """Everything so far, in a white margin."""
        around = ((_GAP, 0), (_GAP, _GAP), (0, 0))
        return np.pad(np.concatenate(self.bands), around, constant_values=255)


def coloured(image: np.ndarray) -> np.ndarray:
    """One float image (h, w, 1 or 3) in [-1, 1] as uint8 (h, w, 3)."""
    return np.broadcast_to(to_uint8(image), (*image.shape[:2], 3))


@functools.lru_cache(maxsize=64)
def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    # matplotlib's own, the one of the plots: it is always there and knows arrows.
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)


def _fitting(texts, width: int, size: int, bold: bool = False) -> int:
    """The largest size, `size` at most, at which all texts are no wider."""
    while size > _SMALLEST and any(font(size, bold).getlength(t) > width for t in texts or ()):
        size -= 1
    return size


def _cut(text: str, width: int, letters) -> str:
    if letters.getlength(text) <= width:
        return text
    while text and letters.getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"
