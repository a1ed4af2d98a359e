"""An animated GIF of a grid of images on its way from before to after."""

import os
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from wgan_tf.files.writing import written_whole
from wgan_tf.visualize.grid import enlarge, grid, to_pillow

# Browsers slow a GIF down to 10 frames a second when it asks for more than this.
MAX_FPS = 50
HOLD_MS = 1000


def save_gif(
    path: str | os.PathLike,
    frames: Sequence[np.ndarray],
    fps: float = 12,
    scale: int = 1,
    padding: int = 1,
) -> None:
    """Writes one grid per frame; the first and the last stand still for a second, for ever.

    Frames become pictures one by one, so a memory-mapped array need not fit in memory. Colours
    share one palette of 256, or they would flicker; grey images lose nothing. A frame equal to
    the one before it is merged into it and keeps its time.

    Args:
        path: the GIF file.
        frames: (t, n, h, w, c) float in [-1, 1], c 1 or 3, t at least 1; an array or anything
            with a length and an index that gives (n, h, w, c).
        fps: frames per second, more than 0, at most 50; times are rounded to 1/100 s.
        scale: whole factor to enlarge by.
        padding: black pixels between two images.

    Raises:
        ValueError: no frames, or `fps` out of range.
        UserError: the file cannot be written.
    """
    if len(frames) == 0:
        raise ValueError("an animation needs at least one frame")
    if not 0 < fps <= MAX_FPS:
        raise ValueError(f"fps must be above 0 and at most {MAX_FPS}, not {fps}")

    def picture(index: int) -> Image.Image:
        return to_pillow(enlarge(grid(frames[index], padding=padding), scale))

    durations = [round(100 / fps) * 10] * len(frames)
    durations[0] = durations[-1] = HOLD_MS
    pictures = _with_one_palette(picture, len(frames))
    with written_whole(path) as unfinished:
        next(pictures).save(
            unfinished, format="GIF", save_all=True, append_images=pictures,
            duration=durations, loop=0, optimize=False,
        )


def _with_one_palette(picture, count: int) -> Iterator[Image.Image]:
    first, middle, last = picture(0), picture(count // 2), picture(count - 1)
    if first.mode == "L":
        yield from (picture(index) for index in range(count))
        return
    sample = Image.fromarray(np.concatenate([np.asarray(p) for p in (first, middle, last)]))
    palette = sample.quantize(256, method=Image.Quantize.FASTOCTREE)
    for index in range(count):
        yield picture(index).quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
