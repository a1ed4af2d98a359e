"""The loop on which every way to fine-tune a tensor stands."""

import dataclasses
import time
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Refinement:
    """What came of fine-tuning n samples. Arrays are float32.

    Attributes:
        path: what was moved (images or latents), every `record_every` steps, (k, n, ...).
        path_steps: the number of steps done at each record, from 0 to all, (k,).
        images_before, images_after: (n, height, width, channels) in [-1, 1].
        scores_before, scores_after: the critic's scores of these images, (n,), high = real.
        loss: the objective at every step, before its update, (steps,).
        seconds: wall time of the steps, compilation excluded.
    """

    path: np.ndarray
    path_steps: np.ndarray
    images_before: np.ndarray
    images_after: np.ndarray
    scores_before: np.ndarray
    scores_after: np.ndarray
    loss: np.ndarray
    seconds: float

    @property
    def start(self) -> np.ndarray:
        """What was moved, before."""
        return self.path[0]

    @property
    def end(self) -> np.ndarray:
        """What was moved, after."""
        return self.path[-1]

    @property
    def z(self) -> np.ndarray | None:
        """The latents (n, z_dim) after, where it was latents that were moved."""
        return self.end if self.end.ndim == 2 else None

    @property
    def diagnostics(self) -> dict[str, float]:
        """Steps, and the objective at the first and at the last."""
        first, last = float(self.loss[0]), float(self.loss[-1])
        return {"steps": len(self.loss), "loss_before": first, "loss_after": last}


def refine(
    objective: Callable[[tf.Tensor], tf.Tensor],
    start,
    optimizer: keras.optimizers.Optimizer,
    steps: int,
    *,
    projection: Callable[[tf.Tensor], tf.Tensor] = tf.identity,
    constraint: Callable[[tf.Tensor], tf.Tensor] | None = None,
    record_every: int | Sequence[int] | None = None,
    on_record: Callable[[int, float], None] | None = None,
):
    """Minimises an objective over a tensor; all steps between two records are one compiled call.

    Args:
        objective: projected tensor to a scalar. Networks in it are constants: no gradient for
            any weight is computed.
        start: where to begin, any shape.
        optimizer: a fresh Keras optimizer.
        steps: number of updates.
        projection: applied to the tensor before the objective sees it, and to the records. As in
            the original the variable itself stays unprojected, and its gradient is the
            projection's (none where a clip holds a value).
        constraint: applied to the variable itself after every update: projected gradient, in
            which a value that a clip held moves away again at the first gradient that points back.
        record_every: steps between two records of the tensor, or the numbers of steps after which
            to record, rising; None: only start and end.
        on_record: called with (steps done, last loss) after each record.

    Returns:
        (records (k, *start.shape), their steps (k,), loss before each update (steps,), seconds
        without compilation).
    """
    variable = keras.Variable(np.asarray(start, np.float32), name="refined")
    variable.constraint = constraint  # The optimizer applies it.
    optimizer.build([variable])

    def step(index, losses):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variable.value)
            loss = objective(projection(tf.convert_to_tensor(variable)))
        optimizer.apply([tape.gradient(loss, variable.value)], [variable])
        return index + 1, losses.write(index, loss)

    @tf.function(autograph=False, input_signature=[tf.TensorSpec((), tf.int32)])
    def run(count):
        losses = tf.TensorArray(tf.float32, size=count)
        return tf.while_loop(lambda index, _: index < count, step, (0, losses))[1].stack()

    def record():
        records.append(projection(tf.convert_to_tensor(variable)).numpy())

    run.get_concrete_function()
    records, at, losses, seconds = [], [0], [], 0.0
    record()
    for stop in _stops(steps, record_every):
        count = stop - at[-1]
        began = time.perf_counter()
        losses.append(run(count).numpy())
        seconds += time.perf_counter() - began
        at.append(stop)
        record()
        if on_record:
            on_record(at[-1], float(losses[-1][-1]))
    return np.stack(records), np.array(at), np.concatenate(losses), seconds


def of_part(on_record, done: int, count: int):
    """The `on_record` of `count` samples by themselves, whose loss is a sum, after `done` samples'
    steps; it calls the given one, if any, with (samples times steps done, mean loss).
    """
    return on_record and (lambda step, loss: on_record(done + count * step, loss / count))


def _stops(steps: int, record_every) -> list[int]:
    """The numbers of steps after which there is a record; `steps` is the last."""
    if isinstance(record_every, Sequence):
        return [*(stop for stop in record_every if stop < steps), steps]
    return [*range(record_every or steps, steps, record_every or steps), steps]
