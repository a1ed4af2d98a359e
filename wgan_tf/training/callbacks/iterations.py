"""The base of all callbacks."""

import contextlib
import sys

import keras
from absl import logging
from tqdm import tqdm

from wgan_tf.errors import UserError


class Iterations(keras.callbacks.Callback):
    """Base of the callbacks that count iterations from the start of the run, resumed or not.

    Subclasses override `after(iteration, logs)`, called after each with the number done.

    Attributes:
        stored_as: the name of `state` in checkpoints, which no renaming changes; None: there is
            no state.
        stored: what `state` gave for the checkpoint that training goes on from; None: nothing.
    """

    stored_as: str | None = None
    stored: dict | None = None

    def state(self) -> dict | None:
        """What is needed to go on after a checkpoint as if nothing had happened, in plain values;
        None: nothing. Stored in the checkpoint, see `control.Checkpoints`.
        """
        return None

    def set_model(self, model):
        super().set_model(model)
        self.done = int(model.iteration.numpy())

    def on_train_batch_end(self, batch, logs=None):
        self.done += 1
        self.after(self.done, self.model.replicas.logs(logs))

    def after(self, iteration: int, logs: dict) -> None:
        """Called after every iteration."""


def warn(text: str, *values) -> None:
    """Logs a warning on a line of its own: the bar makes room and comes back below."""
    with tqdm.external_write_mode(sys.stderr):
        logging.warning(text, *values)


class Watching(keras.callbacks.Callback):
    """A callback that only watches: whatever it meets is a warning, and training goes on.

    One that cannot begin is not asked again. A later fault is told once, until it is another.

    Args:
        callback: an `Iterations`.
    """

    def __init__(self, callback: Iterations):
        super().__init__()
        self.callback, self.begun, self.told = callback, False, None

    def set_model(self, model):
        super().set_model(model)
        self.callback.set_model(model)

    def on_train_begin(self, logs=None):
        self._ask(self.callback.on_train_begin, logs)
        self.begun = self.told is None

    def on_train_batch_end(self, batch, logs=None):
        if self.begun:
            self._ask(self.callback.on_train_batch_end, batch, logs)

    def on_train_end(self, logs=None):
        if self.begun:
            self._ask(self.callback.on_train_end, logs)

    def _ask(self, action, *arguments):
        try:
            action(*arguments)
        except Exception as error:  # of any library that draws, measures or writes
            told = in_one_line(error)
            if told != self.told:
                name = type(self.callback).__name__
                warn("%s at iteration %d: training goes on: %s", name, self.callback.done, told)
            self.told = told


@contextlib.contextmanager
def training_goes_on(what: str):
    """Makes a warning of what cannot be drawn, measured or written in the block: neither that nor
    a full disk is a reason to lose a training.

    Args:
        what: is missing then, for the warning.
    """
    try:
        yield
    except Exception as error:
        warn("%s: training goes on: %s", what, in_one_line(error))


def in_one_line(error: Exception) -> str:
    """What an error says; its kind, too, where it is none that is meant for users."""
    text = " ".join(str(error).split())[:300]
    return text if isinstance(error, UserError) else f"{type(error).__name__}: {text}"
