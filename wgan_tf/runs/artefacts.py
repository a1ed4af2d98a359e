"""What a mode leaves in the folder of a run: one writer for figures, arrays, pictures, events."""

import math
import os
from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf.files.writing import write_json, written_whole
from wgan_tf.visualize.grid import grid, save_png
from wgan_tf.visualize.page import read_png


class Artefacts:
    """Writes `<mode>.json`, `.npz` and `.md`, `images/`, and events into the sub-folder `<mode>`.

    Nothing is there before something is written: a command that fails leaves no empty folder.

    Args:
        logs_dir: the run's folder.
        mode: what files and sub-folder are called.
        step: of the events that are given none, such as the model's iteration.
        writer: a `tf.summary` writer that is open already; None: one of its own.

    Attributes:
        folder: the run's.
        pictures: paths of what is under `images/`, in the order in which they were asked for.

    Example:
        >>> with Artefacts("logs/run", "visualize", step=100) as artefacts:
        ...     artefacts.picture("generated", pixels)
        ...     artefacts.figures({"seed": 0})
    """

    def __init__(self, logs_dir: str | os.PathLike, mode: str, step: int = 0, writer=None):
        self.folder, self.mode, self.step = Path(logs_dir), mode, int(step)
        self.pictures: list[Path] = []
        self._opened, self._writer = None, writer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._opened is not None:
            self._opened.close()

    def image_path(self, name: str) -> Path:
        """Where to write a file of `images/`, which is then one of `pictures`."""
        self.pictures.append(self.folder / "images" / name)
        return self.pictures[-1]

    def picture(self, name: str, pixels: np.ndarray) -> None:
        """Writes uint8 (h, w, 1 or 3) as `images/<name>.png`."""
        save_png(self.image_path(f"{name}.png"), pixels)

    def figures(self, values: dict, name: str | None = None, indent: int | None = 2) -> None:
        """Writes `<mode>.json`, or of another name; see `files.writing.write_json`."""
        write_json(self.folder / f"{name or self.mode}.json", values, indent)

    def arrays(self, **arrays: np.ndarray) -> None:
        """Writes `<mode>.npz`."""
        with written_whole(self.folder / f"{self.mode}.npz") as unfinished:
            np.savez_compressed(unfinished, **arrays)

    def report(self, text: str) -> None:
        """Writes Markdown as `<mode>.md` and as an event."""
        with written_whole(self.folder / f"{self.mode}.md") as unfinished:
            unfinished.write_text(text, encoding="utf-8")
        self.text(self.mode, text)

    def text(self, tag: str, text: str) -> None:
        """An event of Markdown."""
        with self._at():
            tf.summary.text(tag, text)

    def scalar(self, tag: str, value: float, step: int | None = None) -> None:
        """An event of one number."""
        with self._at(step):
            tf.summary.scalar(tag, value)

    def curve(self, tag: str, values, steps=None) -> None:
        """An event for each of values (n,), at steps (n,), or from 0 on."""
        for step, value in zip(range(len(values)) if steps is None else steps, values, strict=True):
            self.scalar(tag, value, step)

    def histogram(self, tag: str, values, step: int | None = None) -> None:
        """An event of the distribution of values (n,)."""
        with self._at(step):
            tf.summary.histogram(tag, values)

    def show(self, tag: str, picture: np.ndarray | Path, step: int | None = None) -> None:
        """An event of a picture, uint8 (h, w, 1 or 3) or a file."""
        pixels = read_png(picture) if isinstance(picture, Path) else picture
        with self._at(step):
            tf.summary.image(tag, pixels[None])

    def show_grid(self, tag: str, images, note: str | None = None, columns=None) -> None:
        """An event of a grid of images; see `write_images`."""
        write_images(self._events(), tag, images, self.step, note, columns)

    def _at(self, step: int | None = None):
        return self._events().as_default(step=self.step if step is None else int(step))

    def _events(self):
        if self._writer is None:
            self._writer = tf.summary.create_file_writer(str(self.folder / self.mode))
            self._opened = self._writer
        return self._writer


def write_images(
    writer, name: str, images, step: int, description: str | None = None, columns=None
) -> None:
    """A grid of images (n, h, w, c) in [-1, 1], near-square where nothing else is asked for:
    TensorBoard's cards are narrow.
    """
    images = np.asarray(images)
    picture = grid(images, columns=columns or math.ceil(math.sqrt(len(images))))
    with writer.as_default(step=step):
        tf.summary.image(name, picture[None], description=description)
