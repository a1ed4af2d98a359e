"""`wgan_tf.show`: images as one picture."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import numpy as np

from wgan_tf.errors import UserError

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

_SMALLEST = 64  # pixels of an image that is shown


def show(images: np.ndarray, columns: int | None = None) -> Image | Figure:
    """Draws a grid of images.

    Args:
        images: (n, h, w, 1 or 3) in [-1, 1], or one (h, w, 1 or 3); bytes are shown as they are.
        columns: of the grid; None: near-square.

    Returns:
        In a notebook a picture, which it shows; elsewhere a matplotlib figure, for
        `figure.savefig("grid.png")`, or to be seen with `matplotlib.pyplot.show()`.

    Raises:
        UserError: they are no images.
    """
    from wgan_tf.visualize.grid import grid

    images = np.asarray(images)
    if images.ndim == 3 and images.shape[-1] in (1, 3):
        images = images[None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape:
        raise UserError(f"{images.shape}: images (n, height, width, 1 or 3) are wanted")
    if images.dtype == np.uint8:
        images = images / np.float32(127.5) - 1
    pixels = np.squeeze(grid(images, columns=columns or math.ceil(math.sqrt(len(images)))))
    scale = max(1, _SMALLEST // images.shape[1])
    return _picture(pixels, scale) if _in_notebook() else _figure(pixels, scale)


def _in_notebook() -> bool:
    """Whether what is returned is shown: in Jupyter, not in IPython's terminal."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


def _picture(pixels: np.ndarray, scale: int) -> Image:
    from PIL import Image

    picture = Image.fromarray(pixels)
    return picture.resize([scale * side for side in picture.size], Image.Resampling.NEAREST)


def _figure(pixels: np.ndarray, scale: int) -> Figure:
    from matplotlib import pyplot

    height, width = (scale * side / 100 for side in pixels.shape[:2])
    figure = pyplot.figure(figsize=(width, height), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="nearest", aspect="auto")
    axes.axis("off")
    return figure
