"""What all ways to refine samples share: one call, one budget, one result."""

import dataclasses
import time
from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from wgan_tf.errors import UsageError, UserError
from wgan_tf.networks.inference import tensor_in_batches

# Images that a method works on at once.
BLOCK = 250


@dataclasses.dataclass(frozen=True)
class Refined:
    """What came of refining n samples by a method, of which m are there.

    Attributes:
        z: latents (m, z_dim), float32.
        images_before, images_after: of the n starts and of what is there, (n or m, height, width,
            channels) in [-1, 1].
        origin: int (m,), where each came from: below n the row of a start, else, of candidates
            that were drawn besides, n and what follows.
        values_before, values_after: the guide's values of the n starts and of the images.
        evaluations: passes through generator and guide that were spent, per start; at most the
            budget. Pictures and the values above are not counted.
        curve: mean value of the guide by step, of movers; empty of selectors.
        seconds: wall time, compilation and measuring excluded.
        diagnostics: numbers by name, those of the method and `different`, the share of the images
            that have an origin of their own, and `mean_move`, how far z moved from its origin.
    """

    z: np.ndarray
    images_before: np.ndarray
    images_after: np.ndarray
    origin: np.ndarray
    values_before: np.ndarray
    values_after: np.ndarray
    evaluations: float
    curve: np.ndarray
    seconds: float
    diagnostics: dict


@dataclasses.dataclass(frozen=True)
class Result:
    """What a method itself returns; see `Refined`.

    Attributes:
        source: latents (m, z_dim) where each began, for those that moved; None: none moved.
    """

    z: np.ndarray
    origin: np.ndarray
    evaluations: float
    diagnostics: dict = dataclasses.field(default_factory=dict)
    curve: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0, np.float32))
    source: np.ndarray | None = None


class Method:
    """A way to refine samples of one frozen model by one guide; called with starts and a budget.

    A sub-class has `refined` and, as `__init__`'s keywords, its settings.

    Args:
        model: a trained generative model, or what has its `generator`, `sample_z`, `within_prior`,
            `z_dim`, `z_prior`, `one_hot` and `codes`.
        guide: images (n, h, w, c) to values (n,), high for real; see `wgan_tf.refine.guide`.
    """

    # Whether a value of the guide is taken for a log density ratio.
    needs_ratio = True
    # Rows at once; more are faster where an image is small.
    block = BLOCK

    def __init__(self, model, guide):
        self.model, self.guide = model, guide
        self._values = tf.function(
            self.value, [tf.TensorSpec((None, model.z_dim), tf.float32)], autograph=False
        )
        self._images = tf.function(
            lambda z: model.generator(z, training=False),
            [tf.TensorSpec((None, model.z_dim), tf.float32)],
            autograph=False,
        )

    def take_compiled(self, other: "Method") -> None:
        """Evaluates by what another method of the same model and guide has compiled already."""
        self._values, self._images = other._values, other._images

    def __call__(self, z, budget: int, seed: int = 0, on_record=None) -> Refined:
        """Refines samples.

        Args:
            z: starts (n, z_dim); the class or category that each asks for stays.
            budget: evaluations per start that may be spent.
            seed: of all that is drawn; the same seed gives the same samples.
            on_record: called with (starts done, mean value of the guide) on the way.

        Raises:
            UsageError: the budget is too small for a single step.
            UserError: the guide's values are no numbers.
        """
        return next(self.along(z, [budget], seed, on_record))

    def along(
        self, z, budgets: Sequence[int], seed: int = 0, on_record=None
    ) -> Iterator["Refined"]:
        """What calls with these budgets give, one after the other.

        A mover spends no more than the largest of them, and so does a selector: a smaller budget
        is a part of the way.

        Args:
            z, seed, on_record: see above.
            budgets: rising.

        Raises:
            UsageError, UserError: as above.
        """
        z = self._checked(z, budgets[0])
        before, images = self.values(z), self.images(z)
        if not np.isfinite(before).all():
            raise UserError("the guide's values are no numbers for some samples")
        results = self.each(z, budgets, seed, on_record or (lambda done, value: None))
        for budget, (result, seconds) in zip(budgets, results, strict=True):
            after = self.values(result.z) if len(result.z) else np.zeros(0, np.float32)
            if not np.isfinite(after).all():
                raise UserError("the guide's values are no numbers for some refined samples")
            if result.evaluations > budget:
                raise AssertionError(f"{result.evaluations} evaluations of {budget}")
            source = result.z if result.source is None else result.source
            moves = np.linalg.norm(result.z - source, axis=1)
            yield Refined(
                z=result.z,
                images_before=images,
                images_after=self.images(result.z),
                origin=result.origin,
                values_before=before,
                values_after=after,
                evaluations=result.evaluations,
                curve=result.curve,
                seconds=seconds,
                diagnostics={
                    **result.diagnostics,
                    "different": len(np.unique(result.origin)) / max(1, len(result.z)),
                    "mean_move": float(moves.mean()) if len(moves) else 0.0,
                },
            )

    def latents(self, z, budget: int, seed: int = 0) -> np.ndarray:
        """The latents alone of what a call gives, (m, z_dim): nothing else is computed."""
        z = self._checked(z, budget)
        refined = self.refined(z, budget, seed, lambda done, value: None).z
        if not np.isfinite(refined).all():
            raise UserError("the guide's values are no numbers for some samples")
        return refined

    @staticmethod
    def _checked(z, budget: int) -> np.ndarray:
        if budget < 1:
            raise UsageError(f"a budget of {budget} evaluations: it must be at least 1")
        return np.asarray(z, np.float32)

    def each(
        self, z: np.ndarray, budgets: Sequence[int], seed: int, on_record
    ) -> Iterator[tuple[Result, float]]:
        """What `refined` gives by budget, and the seconds that it took."""
        for budget in budgets:
            began = time.perf_counter()
            result = self.refined(z, budget, seed, on_record)
            yield result, time.perf_counter() - began

    def refined(self, z: np.ndarray, budget: int, seed: int, on_record) -> Result:
        """Does the work of a call."""
        raise NotImplementedError

    def value(self, z: tf.Tensor) -> tf.Tensor:
        """The guide's values (n,) of latents, through which a gradient goes."""
        return self.guide(self.model.generator(z, training=False))

    def values(self, z: np.ndarray) -> np.ndarray:
        """The guide's values (n,) of any number of latents."""
        return tensor_in_batches(self._values, z, batch_size=self.block).numpy()

    def images(self, z: np.ndarray) -> np.ndarray:
        """The images of any number of latents."""
        if not len(z):
            return np.zeros((0, *self.model.generator.output_shape[1:]), np.float32)
        return tensor_in_batches(self._images, z, batch_size=self.block).numpy()
