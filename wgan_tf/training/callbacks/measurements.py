"""Metrics of the samples during training, and the best checkpoint by one of them."""

import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf.files.reading import read_figures
from wgan_tf.files.writing import write_json
from wgan_tf.metrics import METRICS
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.runs import checkpoints
from wgan_tf.training.callbacks.iterations import Iterations, in_one_line, training_goes_on, warn


class Evaluations(Iterations):
    """Measures images of fixed z's now and then, and keeps the best checkpoint.

    Nothing that training depends on is changed: images are generated in inference mode.

    Args:
        writer: a `tf.summary` writer.
        every: iterations between measurements.
        z: latents (n, z_dim).
        evaluation: measures them.
        metric: by which the best is chosen; one of `evaluation.names`.
        folder: of the checkpoints.
        path: JSON file of all measurements, which a resumed training goes on with; None: none.

    Attributes:
        curve: {"iteration", "seconds", "metrics" (name to value)} of every measurement; seconds of
            training alone, without each command's first iteration, which is compiled.
        best: {"iteration", "metric", "value", "features", "real", "samples"} of the best
            checkpoint, or None.
    """

    stored_as = "evaluations"

    def __init__(
        self,
        writer,
        every: int,
        z,
        evaluation: Evaluation,
        metric: str,
        folder: Path,
        path: Path | None = None,
    ):
        super().__init__()
        self.writer, self.every, self.z = writer, every, z
        self.evaluation, self.metric, self.folder = evaluation, metric, folder
        self.path, self.curve, self.seconds, self.began = path, [], 0.0, None
        self.best = None

    def on_train_begin(self, logs=None):
        # The best of an earlier training in the same folder is nothing to compare with.
        stored = checkpoints.read_best(self.folder) if self.done else None
        described = self._described()
        if stored and all(stored.get(name) == value for name, value in described.items()):
            self.best = stored
            with training_goes_on("why the best checkpoint is it"):
                checkpoints.tell_best(self.folder, stored)
        if self.stored:
            self.curve, self.seconds = list(self.stored["curve"]), self.stored["seconds"]
        elif self.done and self.path and self.path.exists():
            # Earlier versions had the file alone.
            rows = read_figures(self.path, "measurements")
            self.curve = [row for row in rows if row["iteration"] <= self.done]
            self.seconds = self.curve[-1]["seconds"] if self.curve else 0.0

    def state(self):
        return {"curve": self.curve, "seconds": self.seconds}

    def write(self) -> None:
        """Writes the file, if there was a measurement."""
        if self.path and self.curve:
            with training_goes_on("the measurements"):
                write_json(self.path, {**self._described(), "measurements": self.curve})

    def after(self, iteration, logs):
        now = time.perf_counter()
        if self.began is not None:
            self.seconds += now - self.began
        if iteration % self.every == 0:
            self._measure(iteration)
            now = time.perf_counter()
        self.began = now

    def _measure(self, iteration):
        try:
            measured = self.evaluation.measure(np.asarray(self.model.generate(self.z)))
        except Exception as error:  # of any library that measures
            warn("iteration %d is not measured: %s", iteration, in_one_line(error))
            return
        with self.writer.as_default(step=iteration):
            for name, estimate in measured.items():
                tf.summary.scalar(f"metrics/{name}", estimate.value)
        values = {name: float(estimate.value) for name, estimate in measured.items()}
        self.curve.append({"iteration": iteration, "seconds": self.seconds, "metrics": values})
        self.write()
        value = values[self.metric]
        if np.isfinite(value) and self._is_best(value):
            best = {"iteration": iteration, "value": float(value), **self._described()}
            with training_goes_on("the best checkpoint"):
                checkpoints.save_best(self.folder, self.model, best)
                self.best = best

    def _is_best(self, value: float) -> bool:
        if self.best is None:
            return True
        best = self.best["value"]
        return value > best if METRICS[self.metric].better == "higher" else value < best

    def _described(self) -> dict:
        """What makes two measurements comparable."""
        return {
            "metric": self.metric,
            "features": self.evaluation.judge.name,
            "real": self.evaluation.real_count,
            "samples": len(self.z),
        }
