"""One page of text and pictures as one picture."""

import os
import textwrap
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from wgan_tf.visualize.captioned import PAGE, font
from wgan_tf.visualize.figure import INK

_TITLE, _TEXT, _LINE, _MARGIN = 40, 26, 36, 24
_LETTERS = 100  # of a line


def page(title: str, blocks: Sequence[str | np.ndarray]) -> np.ndarray:
    """Lays text and pictures out one below the other on white.

    Args:
        title: above everything.
        blocks: paragraphs, which are wrapped, and uint8 (h, w, 3) pictures.

    Returns:
        uint8 (height, width, 3), as wide as the widest picture, at least `captioned.PAGE`.
    """
    pictures = [block for block in blocks if not isinstance(block, str)]
    width = max([PAGE, *(picture.shape[1] for picture in pictures)]) + 2 * _MARGIN
    parts = [_paragraph(title, width, _TITLE, bold=True)]
    for block in blocks:
        if isinstance(block, str):
            parts.append(_paragraph(block, width, _TEXT))
        else:
            right = width - _MARGIN - block.shape[1]
            padding = ((_MARGIN // 2, _MARGIN), (_MARGIN, right), (0, 0))
            parts.append(np.pad(block, padding, constant_values=255))
    return np.concatenate(parts)


def read_png(path: str | os.PathLike) -> np.ndarray:
    """A picture file as uint8 (h, w, 3)."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _paragraph(text: str, width: int, size: int, bold: bool = False) -> np.ndarray:
    lines = textwrap.wrap(text, _LETTERS * _TEXT // size) or [""]
    height = round(size * _LINE / _TEXT)
    image = Image.new("RGB", (width, _MARGIN // 2 + len(lines) * height), "white")
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text((_MARGIN, _MARGIN // 2 + row * height), line, INK, font(size, bold))
    return np.asarray(image)
