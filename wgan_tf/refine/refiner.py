"""What all ways to fine-tune samples share: one call and one result."""

import numpy as np
import tensorflow as tf

from wgan_tf.optimizers import make_optimizer
from wgan_tf.refine.loop import Refinement, refine


class Refiner:
    """Moves samples so that the frozen critic finds them more real.

    A way to do so is a subclass: it says where what it moves may be (`inside`), or, without the
    critic's gradient, how it moves (`way`). An instance is called like a function.

    Attributes:
        moves: "images" or "z".
        rate_factor: what multiplies the learning rate.
    """

    moves = "images"
    rate_factor = 1.0

    def __call__(
        self,
        model,
        start,
        steps: int = 1000,
        learning_rate: float = 1e-3,
        *,
        optimizer: str = "RMSProp",
        optimizer_param: float = 0.9,
        rate_factor: float | None = None,
        real=None,
        seed: int = 0,
        record_every=None,
        on_record=None,
    ) -> Refinement:
        """Fine-tunes n samples.

        Args:
            model: an adversarial model; its weights are not changed.
            start: what is moved: images (n, size, size, channels) in [-1, 1], generated or not, or
                latents (n, z_dim); see `moves`.
            steps: number of gradient steps.
            learning_rate: of the optimizer, before `rate_factor`.
            optimizer, optimizer_param: see `optimizers.make_optimizer`.
            rate_factor: another than the refiner's own.
            real: (n, size, size, channels) real images, for a model with a feature term.
            seed: of what is drawn at random, if anything is.
            record_every, on_record: see `loop.refine`.

        Returns:
            A `Refinement` whose path holds what was moved.
        """
        rate = learning_rate * (self.rate_factor if rate_factor is None else rate_factor)
        path, at, loss, seconds = self.way(
            model,
            start,
            steps,
            make_optimizer(optimizer, rate, optimizer_param),
            real=real,
            seed=seed,
            record_every=record_every,
            on_record=on_record,
        )
        before, after = (
            np.asarray(model.generate(moved) if self.moves == "z" else moved)
            for moved in (path[0], path[-1])
        )
        return Refinement(
            path=path,
            path_steps=at,
            images_before=before,
            images_after=after,
            scores_before=np.asarray(model.score(before)),
            scores_after=np.asarray(model.score(after)),
            loss=loss,
            seconds=seconds,
        )

    def inside(self, model, moved: tf.Tensor, start: tf.Tensor) -> tf.Tensor:
        """What was moved, brought back to where it may be."""
        raise NotImplementedError

    def way(self, model, start, steps, optimizer, *, real, seed, record_every, on_record):
        """By the gradient of `sample_loss`; returns what `loop.refine` does."""
        first = tf.convert_to_tensor(start)

        def loss(moved):
            images = model.generator(moved, training=False) if self.moves == "z" else moved
            return model.sample_loss(images, real)

        return refine(
            loss,
            start,
            optimizer,
            steps,
            projection=lambda moved: self.inside(model, moved, first),
            record_every=record_every,
            on_record=on_record,
        )
