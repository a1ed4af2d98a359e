"""Whether the generator still learns from its critic, look by look."""

import math
from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.data.order import batch
from wgan_tf.errors import UserError
from wgan_tf.files.reading import read_figures
from wgan_tf.files.writing import write_json
from wgan_tf.metrics.discrimination import SIGNS, Watch, accuracies
from wgan_tf.metrics.variety import variety_of
from wgan_tf.training.callbacks.iterations import Iterations, training_goes_on, warn
from wgan_tf.visualize.game_curves import plot_feedback

# Images that are judged, of either kind, or as many as two batches hold.
IMAGES = 256
_LOSSES = ("critic_loss", "generator_loss")


class Feedback(Iterations):
    """Looks now and then at what the critic tells apart, at both losses and at the images' variety.

    Images and scores are those of training: batch norm uses the statistics of each batch, real and
    generated images apart. (In inference mode statistics lag behind, and accuracies are others.)
    Nothing that training depends on is changed. A resumed run goes on with the list.

    Args:
        writer: a `tf.summary` writer.
        path: JSON file of the looks; `write` is to be called before every checkpoint.
        every: iterations between looks.
        z: latents (n, z_dim).
        real: images (n, size, size, channels).
        batch_size: of training.
        described: what the real images are, for the file.

    Attributes:
        looks: {"iteration", "accuracy_real", "accuracy_fake", "accuracy", "variety" (as a share of
            the real images'), "critic_loss", "generator_loss" (means since the last
            look), "loss_balance" (the generator's loss less the critic's)} of every look.
        warnings: {"iteration", "warning" (a key of `SIGNS`), "text"} of every one given.
    """

    stored_as = "feedback"

    def __init__(self, writer, path: Path, every: int, z, real, batch_size: int, described: str):
        super().__init__()
        self.writer, self.path, self.every = writer, path, every
        self.z, self.real, self.batch_size = z, real, batch_size
        self.described = described
        self.looks, self.warnings = [], []

    def on_train_begin(self, logs=None):
        critic = self.model.threshold is None
        self.name = "critic" if critic else "discriminator"
        self.real_variety = variety_of(self.real)
        self.watch, self.losses = Watch(critic), {name: [] for name in _LOSSES}
        if self.stored:
            self.losses = {name: list(self.stored["losses"][name]) for name in _LOSSES}
        for look in self.stored["looks"] if self.stored else self._read():
            self._add(look)
        self.written = len(self.looks)

    def after(self, iteration, logs):
        for name, values in self.losses.items():
            values.append(float(logs[name]))
        if iteration % self.every:
            return
        look = self._look(iteration)
        begun = self._add(look)
        with self.writer.as_default(step=iteration):
            for name, value in look.items():
                if name not in ("iteration", *_LOSSES) and np.isfinite(value):
                    tf.summary.scalar(f"feedback/{name}", value)
            for warning in begun:
                tf.summary.text("feedback/warning", warning["text"])
        for warning in begun:
            warn("iteration %d: %s", iteration, warning["text"])

    def write(self) -> None:
        """Writes the file, if there is anything new.

        Before a checkpoint, which holds the list too and is what training goes on from.
        """
        if len(self.looks) != self.written or not self.path.exists():
            values = {"real": self.described, "looks": self.looks, "warnings": self.warnings}
            with training_goes_on("the looks at the feedback"):
                write_json(self.path, values)
                self.written = len(self.looks)

    def state(self):
        return {"looks": self.looks, "losses": self.losses}

    def _read(self) -> list[dict]:
        """The looks of earlier versions' commands, which had the file alone, up to the iteration
        that training goes on from.
        """
        if not self.done or not self.path.exists():
            return []
        looks = read_figures(self.path, "looks")
        # What is no number is null there.
        looks = [{k: np.nan if v is None else v for k, v in look.items()} for look in looks]
        return [look for look in looks if look["iteration"] <= self.done]

    def _add(self, look: dict) -> list[dict]:
        """Appends a look and the warnings that begin with it; returns these."""
        begun = []
        for name in self.watch.see(look):
            text = SIGNS[name].text.format(critic=self.name, looks=self.watch.needed[name])
            begun.append({"iteration": look["iteration"], "warning": name, "text": text})
        self.looks.append(look)
        self.warnings += begun
        return begun

    def _look(self, iteration: int) -> dict:
        model, batch_size = self.model, self.batch_size
        fake = model.generate_as_trained(self.z, batch_size).numpy()
        scores = [model.score_as_trained(x, batch_size).numpy() for x in (self.real, fake)]
        real, generated = accuracies(*scores, model.threshold)
        critic_loss, generator_loss = (_mean(values) for values in self.losses.values())
        return {
            "iteration": iteration,
            "accuracy_real": real,
            "accuracy_fake": generated,
            "accuracy": (real + generated) / 2,
            # Of one image, or equal ones, there is nothing to compare with.
            "variety": variety_of(fake) / self.real_variety if self.real_variety else math.nan,
            "critic_loss": critic_loss,
            "generator_loss": generator_loss,
            "loss_balance": generator_loss - critic_loss,
        }


def _mean(values: list) -> float:
    """Of what are numbers, and empties the list: a side that is not updated reports NaN."""
    numbers = np.array(values)
    values.clear()
    numbers = numbers[~np.isnan(numbers)]
    return float(numbers.mean()) if len(numbers) else float("nan")


def feedback_callback(writer, model, source, config) -> Feedback | None:
    """Looks every `--watch_every` iterations; None for never.

    Args:
        writer: a `tf.summary` writer.
        model: to be trained.
        source: of the training images.
        config: of the run.
    """
    if not config.watching.watch_every:
        return None
    size, seed = config.data.batch_size, config.run.seed
    # Whole batches, and as many in either half of a critic's test.
    count = 2 * size * math.ceil(IMAGES / (2 * size))
    held_out = _held_out(config, count)
    kind = "training images" if held_out is None else "never trained on"
    chosen = source if held_out is None else held_out
    return Feedback(
        writer,
        Path(config.run.logs_dir) / "feedback.json",
        config.watching.watch_every,
        model.sample_z(count, seed),
        batch(chosen, count, seed),
        size,
        f"{count} of {chosen.description}; {kind}",
    )


def _held_out(config, count: int):
    """A source of test images; None where there are none that are not trained on."""
    if not config.data.split.startswith("train"):
        return None
    # Of a large set in files of its own only as many as needed are decoded.
    for split in (f"test[:{count}]", "test"):
        try:
            return runs.open_images(config, split)
        except UserError:
            continue
    return None


def draw_feedback(feedback: Feedback | None, config) -> list[Path]:
    """`images/feedback.png`, if there was a look."""
    if feedback is None or not feedback.looks:
        return []
    path = Path(config.run.logs_dir) / "images" / "feedback.png"
    with training_goes_on("the picture of the feedback"):
        plot_feedback(path, feedback.looks, feedback.warnings, feedback.name)
        return [path]
    return []
