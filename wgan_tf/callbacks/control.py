"""Progress, checkpoints, a clean stop."""

import math
import signal
from pathlib import Path

from tqdm import tqdm

from wgan_tf import checkpoints
from wgan_tf.callbacks.iterations import Iterations


class Progress(Iterations):
    """A bar with losses, the speed and the time left.

    Args:
        total: the iteration at which training ends.
        shown: names of what `train_step` returns that the bar shows.
        title: what the bar says.
    """

    def __init__(
        self, total: int, shown=("critic_loss", "generator_loss"), title: str = "training"
    ):
        super().__init__()
        self.total, self.shown, self.title = total, shown, title
        self.last = {}

    def on_train_begin(self, logs=None):
        self.bar = tqdm(
            total=self.total, initial=self.done, desc=self.title, unit="it", dynamic_ncols=True
        )

    def after(self, iteration, logs):
        # A side that does not move reports NaN; its last loss stays.
        self.last |= {name: logs[name] for name in self.shown if not math.isnan(logs[name])}
        told = [name for name in self.shown if name in self.last]
        text = ", ".join(f"{name.replace('_', ' ')} {self.last[name]:.3f}" for name in told)
        self.bar.set_postfix_str(text, refresh=False)
        self.bar.update()

    def on_train_end(self, logs=None):
        self.bar.close()


class Checkpoints(Iterations):
    """Saves every so many iterations and when training ends or is stopped.

    Args:
        folder: of the checkpoints.
        every: iterations between two.
        before_save: called without arguments before each, in this order: what they write is never
            older than the checkpoint.
    """

    def __init__(self, folder: Path, every: int, before_save=()):
        super().__init__()
        self.folder, self.every, self.before_save = folder, every, before_save
        self.saved = None

    def after(self, iteration, logs):
        if iteration % self.every == 0:
            self._save()

    def on_train_end(self, logs=None):
        if self.saved != self.done:
            self._save()

    def _save(self):
        for write in self.before_save:
            write()
        checkpoints.save(self.folder, self.model)
        self.saved = self.done


class StopOnSignal(Iterations):
    """Ends training after the iteration under way on Ctrl-C or SIGTERM; a second one kills."""

    def __init__(self):
        super().__init__()
        self.signal = None

    def on_train_begin(self, logs=None):
        self.previous = {s: signal.signal(s, self._stop) for s in (signal.SIGINT, signal.SIGTERM)}

    def after(self, iteration, logs):
        if self.signal is not None:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        for number, handler in self.previous.items():
            signal.signal(number, handler)

    def _stop(self, number, frame):
        self.signal = number
        for each in self.previous:
            signal.signal(each, signal.SIG_DFL)
