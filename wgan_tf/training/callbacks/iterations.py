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


@contextlib.contextmanager
def training_goes_on(what: str):
    """Makes a warning of a file that cannot be written in the block: a full disk is no reason to
    lose a training.

    Args:
        what: is not written, for the warning.
    """
    try:
        yield
    except UserError as error:
        warn("%s: training goes on: %s", what, error)
