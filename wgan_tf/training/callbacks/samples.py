"""Samples of a conditional generator as picture files, at chosen epochs."""

from pathlib import Path

import numpy as np

from wgan_tf.data.schedule import Schedule
from wgan_tf.training.callbacks.iterations import Iterations, training_goes_on
from wgan_tf.visualize.grid import grid, save_png

_PICTURES = 6


class EpochSamples(Iterations):
    """Writes `epoch_NNN.png` before training and after chosen epochs, one column per class or
    category.

    Args:
        folder: of the pictures.
        z: latents (rows * classes, z_dim), class by class in turn.
        epochs: after which to draw.
        schedule: of the training.
    """

    def __init__(self, folder: Path, z, epochs, schedule: Schedule):
        super().__init__()
        self.folder, self.z = folder, z
        self.at = {schedule.end_of(epoch): epoch for epoch in epochs}

    def on_train_begin(self, logs=None):
        if not self.done:
            self.after(0, logs)

    def after(self, iteration, logs):
        if iteration in self.at:
            images = np.asarray(self.model.generate(self.z))
            path = self.folder / f"epoch_{self.at[iteration]:03d}.png"
            with training_goes_on(f"samples of epoch {self.at[iteration]}"):
                save_png(path, grid(images, columns=self.model.one_hot))


def evenly(epochs: float) -> list[int]:
    """Six whole epochs from 0 to the last whole one, fewer where there are not as many."""
    return sorted(set(np.linspace(0, int(epochs), _PICTURES).round().astype(int).tolist()))
