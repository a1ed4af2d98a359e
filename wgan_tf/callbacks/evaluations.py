"""Metrics of the samples during training, and the best checkpoint by one of them."""

from pathlib import Path

import numpy as np
import tensorflow as tf
from absl import logging

from wgan_tf import checkpoints
from wgan_tf.callbacks.iterations import Iterations
from wgan_tf.errors import UserError
from wgan_tf.metrics.evaluation import Evaluation, better


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

    Attributes:
        best: {"iteration", "metric", "value", "features", "real", "samples"} of the best
            checkpoint, or None.
    """

    def __init__(
        self, writer, every: int, z, evaluation: Evaluation, metric: str, folder: Path
    ):
        super().__init__()
        self.writer, self.every, self.z = writer, every, z
        self.evaluation, self.metric, self.folder = evaluation, metric, folder
        self.best = None

    def on_train_begin(self, logs=None):
        # The best of an earlier training in the same folder is nothing to compare with.
        stored = checkpoints.read_best(self.folder) if self.done else None
        comparable = self._described(0, 0.0)
        same = ("metric", "features", "real", "samples")
        if stored and all(stored.get(name) == comparable[name] for name in same):
            self.best = stored

    def after(self, iteration, logs):
        if iteration % self.every:
            return
        try:
            measured = self.evaluation.measure(np.asarray(self.model.generate(self.z)))
        except UserError as error:
            logging.warning("iteration %d is not measured: %s", iteration, error)
            return
        with self.writer.as_default(step=iteration):
            for name, estimate in measured.items():
                tf.summary.scalar(f"metrics/{name}", estimate.value)
        value = measured[self.metric].value
        if np.isfinite(value) and self._is_best(value):
            self.best = self._described(iteration, value)
            checkpoints.save_best(self.folder, self.model, self.best)

    def _is_best(self, value: float) -> bool:
        if self.best is None:
            return True
        kept = self.best["value"]
        return value > kept if better(self.metric) == "higher" else value < kept

    def _described(self, iteration: int, value: float) -> dict:
        return {
            "iteration": iteration,
            "metric": self.metric,
            "value": float(value),
            "features": self.evaluation.judge.name,
            "real": self.evaluation.real_count,
            "samples": len(self.z),
        }
