"""Whether the numbers of a training are still numbers."""

import math
from collections.abc import Collection

import numpy as np
import tensorflow as tf

from wgan_tf.runs import checkpoints
from wgan_tf.training.callbacks.iterations import Iterations

_LOSSES = ("critic_loss", "generator_loss", "loss")


class NotFinite(Exception):
    """A loss, or a variable that was to be saved, is NaN or infinite.

    Attributes:
        iteration: how many were done, the broken one included.
        what: is broken, in words, as "critic_loss is nan".
    """

    def __init__(self, iteration: int, what: str):
        super().__init__(f"iteration {iteration}: {what}")
        self.iteration, self.what = iteration, what


class CheckFinite(Iterations):
    """Ends training by `NotFinite` after the iteration whose loss is no finite number.

    To be the first of the callbacks after those that handle signals: the others then never see
    that iteration. The last update of an iteration may break weights and leave its losses alone,
    so variables are looked at before they are saved: no checkpoint holds broken ones.

    Args:
        writer: a `tf.summary` writer, for rollbacks.
        every: numbers of iterations; after multiples of each something is saved.
        stop: the iteration at which training ends.
        rollbacks: {"iteration", "what", "where", "back_to", "learning_rate"} of every one so far.
    """

    stored_as = "numbers"

    def __init__(self, writer, every: Collection[int], stop: int, rollbacks=()):
        super().__init__()
        self.writer, self.every, self.stop = writer, tuple(every), stop
        self.rollbacks = list(rollbacks)

    def on_train_begin(self, logs=None):
        # The events of those that the checkpoint knows are in the file already.
        known = len(self.stored["rollbacks"]) if self.stored else 0
        for rollback in self.rollbacks[known:]:
            with self.writer.as_default(step=rollback["back_to"]):
                tf.summary.text("training/rollback", in_words(rollback))
                tf.summary.scalar("training/learning_rate", rollback["learning_rate"])

    def state(self):
        return {"rollbacks": self.rollbacks} if self.rollbacks else None

    def after(self, iteration, logs):
        losses = {name: float(logs[name]) for name in _LOSSES if name in logs}
        broken = {name: value for name, value in losses.items() if not math.isfinite(value)}
        # The side whose turn it is not reports NaN.
        in_turn = getattr(self.model, "in_turn", False)
        idle = in_turn and len(broken) == 1 and math.isnan(next(iter(broken.values())))
        if broken and not idle:
            what = " and ".join(f"{name} is {value}" for name, value in broken.items())
            raise NotFinite(iteration, what)
        saved = any(iteration % every == 0 for every in self.every)
        if saved or iteration == self.stop or self.model.stop_training:
            self._check_variables(iteration)

    def _check_variables(self, iteration: int) -> None:
        for name, variable in checkpoints.variables(self.model).items():
            if not np.isfinite(variable.numpy()).all():
                raise NotFinite(iteration, f"{name} holds NaN or infinity")


def in_words(rollback: dict) -> str:
    """A rollback on one line."""
    return (
        "iteration {iteration}: {what}; {where}; back to iteration {back_to} with the learning "
        "rate {learning_rate:.3g}".format(**rollback)
    )
