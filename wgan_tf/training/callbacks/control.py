"""Progress and checkpoints."""

import math
import time
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from wgan_tf.errors import UserError
from wgan_tf.machine.guest import say
from wgan_tf.machine.timing import time_in_words
from wgan_tf.runs import checkpoints
from wgan_tf.training.callbacks.iterations import Iterations, training_goes_on, warn
from wgan_tf.training.callbacks.pace import Pace

# tqdm's own, with another time left.
_FORMAT = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{left}, {rate_fmt}{postfix}]"
_DAYS = 2 * 24 * 3600


class _Bar(tqdm):
    """A bar whose time left is told to it: tqdm's own takes all iterations for alike."""

    left: float | None = None

    @property
    def format_dict(self) -> dict:
        return {**super().format_dict, "left": _on_a_clock(self.left)}


class Progress(Iterations):
    """A bar with losses, the speed and the time left.

    Args:
        total: the iteration at which training ends.
        shown: names of what `train_step` returns that the bar shows.
        title: what the bar says.
        work: see `pace.Pace`.
        forecast: of the seconds that all of this takes and those of an iteration to come, to a
            line that is said as soon as they are known, or None.
    """

    def __init__(
        self,
        total: int,
        shown=("critic_loss", "generator_loss"),
        title: str = "training",
        work: Callable[[int], float] | None = None,
        forecast: Callable[[float, float], str | None] | None = None,
    ):
        super().__init__()
        self.total, self.shown, self.title = total, shown, title
        self.forecast, self.pace = forecast, Pace(total, work)
        self.last = {}

    def on_train_begin(self, logs=None):
        self.began = time.monotonic()
        self.bar = _Bar(
            total=self.total, initial=self.done, desc=self.title, unit="it", dynamic_ncols=True,
            bar_format=_FORMAT,
        )  # fmt: skip

    def after(self, iteration, logs):
        now = time.monotonic()
        self.pace.seen(iteration, now)
        self.bar.left = left = self.pace.left(iteration)
        # A side that does not move reports NaN; its last loss stays.
        self.last |= {name: logs[name] for name in self.shown if not math.isnan(logs[name])}
        known = [name for name in self.shown if name in self.last]
        text = ", ".join(f"{name.replace('_', ' ')} {self.last[name]:.3f}" for name in known)
        self.bar.set_postfix_str(text, refresh=False)
        self.bar.update()
        if self.forecast and self.pace.sure and iteration < self.total:
            forecast, self.forecast = self.forecast, None
            line = forecast(now - self.began + left, left / (self.total - iteration))
            if line:
                say(line)

    def on_train_end(self, logs=None):
        self.bar.close()


def _on_a_clock(seconds: float | None) -> str:
    """As tqdm has it, but for days, of which nobody counts the hours."""
    if seconds is None:
        return "?"
    return time_in_words(seconds) if seconds >= _DAYS else tqdm.format_interval(seconds)


class Checkpoints(Iterations):
    """Saves every so many iterations, and when training ends or is stopped.

    It is to be the last of the callbacks: a checkpoint of iteration N says that all that belongs to
    iteration N is written. What a killed training wrote after its last checkpoint is done again.

    A checkpoint that cannot be written is a warning, and training goes on; the last one is tried
    twice.

    Args:
        folder: of the checkpoints.
        every: iterations between two.
        before_save: called without arguments before each, in this order: what they write is never
            older than the checkpoint.
        stop: the iteration at which training ends, after which it is saved at once.
        keep: how many of the newest stay.
        parts: callbacks and others; the `state` of those that have one is stored with the model
            by the name in `stored_as`, each asked in turn.
        writes: whether this process does; of several workers one does for all.
        restored: what was stored beside the model in the checkpoint that training goes on from,
            which they find in their `stored`; None: there is no such checkpoint.

    Attributes:
        saved: the newest iteration that is saved, or None.
        failed: why the last save failed, or None.
        ending: whether the save that ends training has begun.
        whole: set it to False where an iteration may be half done: then nothing more is saved.
    """

    def __init__(
        self,
        folder: Path,
        every: int,
        before_save=(),
        *,
        stop: int | None = None,
        keep: int = 3,
        parts=(),
        writes: bool = True,
        restored: dict | None = None,
    ):
        super().__init__()
        self.folder, self.every, self.before_save = folder, every, before_save
        self.writes = writes
        self.stop, self.keep, self.restored = stop, keep, restored
        self.stateful = {part.stored_as: part for part in parts if part.stored_as}
        for name, part in self.stateful.items():
            part.stored = (restored or {}).get(name)
        self.saved = self.failed = None
        self.ending, self.whole = False, True

    def set_model(self, model):
        super().set_model(model)
        if self.restored is not None:
            self.saved = self.done

    def after(self, iteration, logs):
        self.ending = iteration == self.stop or bool(self.model.stop_training)
        if iteration % self.every == 0 or self.ending:
            self._save()

    def on_train_end(self, logs=None):
        self.ending = True
        if self.whole and self.saved != self.done:
            self._save()

    def _save(self):
        if not self.writes:
            self.saved = self.done
            return
        for write in self.before_save:
            with training_goes_on("before a checkpoint"):
                write()
        states = {}
        for name, part in self.stateful.items():
            with training_goes_on(f"the state of {name}"):
                state = part.state()
                if state is not None:
                    states[name] = state
        try:
            checkpoints.save(self.folder, self.model, self.keep, states)
        except UserError as error:
            self.failed = error
            if not self.ending:
                warn("iteration %d is not saved, training goes on: %s", self.done, error)
            return
        self.saved, self.failed = self.done, None
