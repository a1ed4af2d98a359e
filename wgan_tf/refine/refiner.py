"""What all ways to fine-tune samples share: one call and one result."""

import numpy as np
import tensorflow as tf

from wgan_tf.networks.inference import tensor_in_batches
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
        guide=None,
        stop: bool = False,
        seed: int = 0,
        record_every=None,
        on_record=None,
    ) -> Refinement:
        """Fine-tunes n samples.

        By a guide each sample follows the gradient of its own value and of no other's: steps do
        not depend on how many samples there are, as those of the game's loss, a mean, do.

        Args:
            model: an adversarial model; its weights are not changed.
            start: what is moved: images (n, size, size, channels) in [-1, 1], generated or not, or
                latents (n, z_dim); see `moves`.
            steps: number of gradient steps.
            learning_rate: of the optimizer, before `rate_factor`.
            optimizer, optimizer_param: see `optimizers.make_optimizer`.
            rate_factor: another than the refiner's own.
            real: (n, size, size, channels) real images, for a model with a feature term.
            guide: whose values are to rise, see `refine.guide`; None: the game's loss is to fall.
            stop: whether a sample stays where its value is that of the median real image.
            seed: of what is drawn at random, if anything is.
            record_every, on_record: see `loop.refine`.

        Returns:
            A `Refinement` whose path holds what was moved.
        """
        rate = learning_rate * (self.rate_factor if rate_factor is None else rate_factor)
        judge = model.score if guide is None else lambda images: guide_values(guide, images)
        path, at, loss, seconds = self.way(
            model,
            start,
            steps,
            make_optimizer(optimizer, rate, optimizer_param),
            real=real,
            guide=guide,
            stop=stop,
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
            scores_before=np.asarray(judge(before)),
            scores_after=np.asarray(judge(after)),
            loss=loss,
            seconds=seconds,
        )

    def inside(self, model, moved: tf.Tensor, start: tf.Tensor) -> tf.Tensor:
        """What was moved, brought back to where it may be."""
        raise NotImplementedError

    def constrain(self, model, moved: tf.Tensor) -> tf.Tensor:
        """What was moved by a guide's gradient, brought back to where it may be."""
        raise NotImplementedError

    def way(
        self, model, start, steps, optimizer, *, real, guide, stop, seed, record_every, on_record
    ):
        """By the gradient of `sample_loss` or of a guide; returns what `loop.refine` does."""
        first = tf.convert_to_tensor(start)

        def images_of(moved):
            return model.generator(moved, training=False) if self.moves == "z" else moved

        # A guide's values are added up, the game's loss is a mean already.
        if guide is None:
            count, constraint = 1, None
        else:
            count, constraint = len(first), lambda moved: self.constrain(model, moved)

        def loss(moved):
            images = images_of(moved)
            if guide is None:
                return model.sample_loss(images, real)
            return guide_loss(guide, images, stop)

        path, at, losses, seconds = refine(
            loss,
            start,
            optimizer,
            steps,
            projection=lambda moved: self.inside(model, moved, first),
            constraint=constraint,
            record_every=record_every,
            on_record=on_record and (lambda step, value: on_record(step, value / count)),
        )
        return path, at, losses / count, seconds


def guide_values(guide, images) -> np.ndarray:
    """A guide's values (n,) of any number of images."""
    return tensor_in_batches(guide, np.asarray(images, np.float32)).numpy()


def guide_loss(guide, images: tf.Tensor, stop: bool) -> tf.Tensor:
    """Minus the sum of a guide's values, a scalar; with `stop` those at its level have no gradient.
    """
    values = guide(images)
    if stop:
        values = tf.where(values < guide.level, values, tf.stop_gradient(values))
    return -tf.reduce_sum(values)
