"""A film of fixed z's while the generator learns.

logs_dir/film/iteration-N.mp4   a segment: what follows the checkpoint of iteration N, complete
                                before the next checkpoint is written
         film/still-N.png       the frame of iteration N, for the strip
         film/film.json         how many frames there are, and of which iterations
         images/film.mp4, images/film_strip.png

A training that is stopped anywhere goes on at its last checkpoint, and the film with it: later
segments and stills are removed and made again. So no frame is missing and none is there twice.
"""

import re
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import tensorflow as tf
from absl import logging
from PIL import Image

from wgan_tf.config.field import numbers
from wgan_tf.data.order import batch
from wgan_tf.data.schedule import Schedule
from wgan_tf.files.writing import write_json
from wgan_tf.training.callbacks.iterations import Iterations, in_one_line
from wgan_tf.visualize.grid import save_png
from wgan_tf.visualize.video import FPS, Recorder, check_encoder, frame, join, strip

# Of the iterations, for the strip.
_SHARES = (0.05, 0.16, 1.0)
_SEGMENT, _STILL = re.compile(r"iteration-(\d{8,})\.mp4"), re.compile(r"still-(\d{8,})\.png")
_UNFINISHED = re.compile(r"\.\d+\.(iteration|still|parts|film).*")


def is_due(iteration: int, schedule: Schedule, every: int) -> bool:
    """Whether a frame is due when so many iterations, at least one, are done: in the last of them
    the number of updates since the beginning reached or passed a multiple of `every`.
    """
    done, before = schedule.updates_before(iteration), schedule.updates_before(iteration - 1)
    return done // every > before // every


class Reel:
    """The film of a run as files.

    Args:
        logs_dir: folder of the run.
        real: images (n, size, size, channels) in [-1, 1] beside the stills, as many as in a frame.
        iterations: of the whole training.
        chosen: iterations of the strip; None: some early ones and the last.
    """

    def __init__(
        self, logs_dir, real: np.ndarray, iterations: int, chosen: Collection[int] | None = None
    ):
        self.folder, self.pictures = Path(logs_dir) / "film", Path(logs_dir) / "images"
        self.real, self.iterations, self.chosen = real, iterations, chosen
        default = [max(1, round(share * iterations)) for share in _SHARES]
        self.stills = frozenset(chosen or default)
        self._segment = None

    def go_on(self, iteration: int) -> None:
        """Removes what comes after a checkpoint, and begins the segment that follows it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        late = [path for number, path in self._files(_SEGMENT) if number >= iteration]
        late += [path for number, path in self._files(_STILL) if number > iteration]
        late += [path for path in self.folder.iterdir() if _UNFINISHED.fullmatch(path.name)]
        for path in late:
            path.unlink()
        self._segment = Recorder(self.folder / f"iteration-{iteration:08d}.mp4")

    def add(self, image: np.ndarray) -> None:
        """Appends a frame."""
        self._segment.add(image)

    def keep(self, iteration: int, image: np.ndarray) -> None:
        """Writes the still of an iteration."""
        save_png(self.folder / f"still-{iteration:08d}.png", image)

    def cut(self, iteration: int) -> None:
        """Completes the segment; the next one follows the checkpoint of this iteration."""
        self._segment.finish()
        self._segment = Recorder(self.folder / f"iteration-{iteration:08d}.mp4")

    def abandon(self) -> None:
        """Removes the segment under way."""
        if self._segment:
            self._segment.abandon()

    def conclude(self, done: int) -> list[Path]:
        """Writes `film.mp4` of all segments, and `film_strip.png` of all stills.

        Args:
            done: iterations that were trained.

        Returns:
            What was written.

        Raises:
            UserError: it cannot be.
        """
        written, segments = [], self._files(_SEGMENT)
        if segments:
            written.append(self.pictures / "film.mp4")
            frames = join([path for _, path in segments], written[0])
            known = {"frames": frames, "frames_per_second": FPS}
            span = {"first_iteration": segments[0][0], "last_iteration": done}
            write_json(self.folder / "film.json", {**known, **span})
        stills = self._files(_STILL)
        if self.chosen:
            stills = [(number, path) for number, path in stills if number in self.chosen]
            self._name_missing({number for number, _ in stills}, done)
        if stills:
            written.append(self.pictures / "film_strip.png")
            save_png(written[-1], self._strip(stills))
        return written

    def _name_missing(self, stills: set[int], done: int) -> None:
        # What a stopped training will still reach is not missing.
        last = done if done < self.iterations else max(self.chosen)
        missing = [number for number in sorted(self.chosen) if number <= last]
        missing = [str(number) for number in missing if number not in stills]
        if missing:
            logging.warning(
                "the strip lacks iteration %s: not reached, or passed before it was asked for",
                ", ".join(missing),
            )

    def _strip(self, stills) -> np.ndarray:
        images = [np.asarray(Image.open(path)) for _, path in stills]
        real = frame(self.real)
        images = [image.reshape(real.shape) for image in images] + [real]
        names = [f"iteration {number}" for number, _ in stills] + ["real images"]
        return strip(images, names, len(self.real), self.real.shape[1])

    def _files(self, pattern) -> list[tuple[int, Path]]:
        """Iterations and files, in order."""
        names = self.folder.iterdir() if self.folder.is_dir() else ()
        matches = [(pattern.fullmatch(path.name), path) for path in names]
        return sorted((int(match[1]), path) for match, path in matches if match)


class Film(Iterations):
    """Films images of fixed z's. What goes wrong on the way ends the film, never the training.

    Give `cut` to `Checkpoints`, which calls it before every checkpoint.

    Args:
        writer: a `tf.summary` writer, for the stills and the strip.
        reel: where to.
        z: latents (n, z_dim).
        schedule: of the training.
        every: updates between two frames, see `is_due`; besides there is one before training.

    Attributes:
        written: film and strip, once training has ended.
    """

    def __init__(self, writer, reel: Reel, z, schedule: Schedule, every: int):
        super().__init__()
        self.writer, self.reel, self.z = writer, reel, z
        self.schedule, self.every = schedule, every
        self.written, self.failed = [], False

    def on_train_begin(self, logs=None):
        self.seen = self.done
        self._unless_it_fails(self.reel.go_on, self.done)
        if not self.done:
            self._unless_it_fails(self._add, 0, True, False)

    def after(self, iteration, logs):
        if iteration > self.seen:
            self.seen = iteration
            due, still = is_due(iteration, self.schedule, self.every), iteration in self.reel.stills
            if due or still:
                self._unless_it_fails(self._add, iteration, due, still)

    def cut(self) -> None:
        """Completes the film up to now, as a checkpoint is about to be written."""
        # Asked of the model, for the checkpoint's callback may come before this one.
        iteration = int(self.model.iteration.numpy())
        self.after(iteration, None)
        self._unless_it_fails(self.reel.cut, iteration)

    def on_train_end(self, logs=None):
        self.cut()
        self._unless_it_fails(self._conclude)

    def _add(self, iteration: int, due: bool, still: bool):
        image = frame(np.asarray(self.model.generate(self.z)))
        if due:
            self.reel.add(image)
        if still:
            self.reel.keep(iteration, image)
            self._show("film/still", image, iteration)

    def _conclude(self):
        self.written = self.reel.conclude(self.done)
        for path in self.written:
            if path.suffix == ".png":
                self._show("film/strip", np.asarray(Image.open(path)), self.done)

    def _show(self, name: str, image: np.ndarray, step: int):
        with self.writer.as_default(step=step):
            tf.summary.image(name, image[None])

    def _unless_it_fails(self, action: Callable, *arguments) -> None:
        if self.failed:
            return
        try:
            action(*arguments)
        except Exception as error:  # of the encoder, too, whatever it may be
            self.failed = True
            self.reel.abandon()
            logging.warning(
                "the film ends at iteration %d, training goes on: %s", self.seen, in_one_line(error)
            )


def open_reel(source, config) -> Reel | None:
    """The film of a run; None without `--film`. Nothing is written yet.

    Args:
        source: of real images.
        config: of the run.

    Raises:
        UserError: there is no encoder.
    """
    watching = config.watching
    if not watching.film:
        return None
    check_encoder()
    real = batch(source, watching.film_grid**2, config.run.seed)
    chosen = numbers(watching.film_strip) if watching.film_strip else None
    return Reel(config.run.logs_dir, real, config.training.iterations, chosen)


def film_callback(writer, model, reel: Reel, config, schedule: Schedule) -> Film:
    """Films the samples of fixed z's.

    Args:
        writer: a `tf.summary` writer.
        model: to be trained.
        reel: where to.
        config: of the run.
        schedule: of the training.
    """
    z = model.sample_z(config.watching.film_grid**2, config.run.seed)
    return Film(writer, reel, z, schedule, config.watching.film_every)
