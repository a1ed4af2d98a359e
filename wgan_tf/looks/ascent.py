"""How images are made that maximise outputs of a discriminator: one recipe for all of them."""

import dataclasses

import numpy as np

from wgan_tf.looks.discriminator import Discriminator
from wgan_tf.looks.progress import progress
from wgan_tf.refine.maximise import Maximum, maximise


@dataclasses.dataclass(frozen=True)
class Ascent:
    """The recipe of `refine.maximise` and where it starts.

    Attributes:
        start: "mean", the mean of the discriminator's real images, or "noise", uniform.
        steps, learning_rate, weight_decay: see `refine.maximise`.
        seed: of the noise.
    """

    start: str = "mean"
    steps: int = 200
    learning_rate: float = 0.1
    weight_decay: float = 0.001
    seed: int = 0

    @classmethod
    def of(cls, config) -> "Ascent":
        """The one that a command asks for."""
        refinement = config.refinement
        return cls(
            refinement.start,
            refinement.nr_iter_vis,
            refinement.iterator_learning_rate,
            config.inspection.weight_decay_pixels,
            config.run.seed,
        )

    def start_images(self, discriminator: Discriminator, count: int) -> np.ndarray:
        """What maximisation starts from, float32 (count, h, w, c)."""
        if self.start == "noise":
            shape = (count, *discriminator.shape)
            return np.random.default_rng(self.seed).uniform(-1, 1, shape).astype(np.float32)
        return np.repeat(discriminator.images.mean(0, keepdims=True), count, axis=0)

    def maximise(self, discriminator: Discriminator, outputs, count: int, title: str) -> Maximum:
        """Maximises `outputs` of `count` images under a progress bar of that title."""
        with progress(title, self.steps, value="mean output {:.3f}") as following:
            on_record = following()
            return maximise(
                outputs,
                self.start_images(discriminator, count),
                steps=self.steps,
                rate=self.learning_rate,
                weight_decay=self.weight_decay,
                on_record=lambda done, total: on_record(done, total / count),
            )
