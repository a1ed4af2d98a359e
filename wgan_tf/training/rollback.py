"""What follows when numbers break in a training: where it began, and the way back."""

from collections.abc import Callable
from pathlib import Path

import tensorflow as tf

from wgan_tf.errors import UserError
from wgan_tf.files.reading import read_json
from wgan_tf.files.writing import write_json
from wgan_tf.machine import runtime
from wgan_tf.models.breakdown import Search
from wgan_tf.runs.history import History
from wgan_tf.training.callbacks.control import Progress
from wgan_tf.training.callbacks.finite import CheckFinite, NotFinite, in_words
from wgan_tf.training.callbacks.iterations import warn

FILE = "rollbacks.json"
# Rollbacks in one training, earlier commands' included, since its learning rate was changed.
MOST = 3
# What is known of each.
_TYPES = {"iteration": int, "what": str, "where": str, "back_to": int, "learning_rate": float}


def made_before(config, restored) -> list[dict]:
    """The rollbacks up to the checkpoint that training goes on from, and those back to it.

    The file tells of the last ones before any checkpoint does; a checkpoint does not forget where
    the file is lost.

    Args:
        config: of the run.
        restored: what `checkpoints.go_on_from` gave.
    """
    start, states = restored or (0, {})
    try:
        written = read_json(Path(config.run.logs_dir) / FILE)["rollbacks"]
        written = [row for row in written if _is_one(row) and row["back_to"] <= start]
    except (OSError, ValueError, TypeError, KeyError):
        written = []
    return max(states.get("numbers", {}).get("rollbacks", []), written, key=len)


def set_rate(model, config, rollbacks: list[dict], history: History) -> None:
    """The learning rate of the configuration where that was changed on the way, half of it for
    every rollback since.
    """
    if rollbacks or history.of("learning_rate"):
        model.optimizer.learning_rate = _rate(config, rollbacks, history)


def where_it_began(fault: NotFinite, begin: Callable, batches: Callable, shown) -> str:
    """Trains anew up to the iteration that broke, and looks at that one and the one before it,
    whose last update may be the cause, piece by piece.

    Args:
        fault: what ended training.
        begin: gives the model as that training began.
        batches: model, first iteration and the one after the last to a data set of their images.
        shown: see `control.Progress`.

    Returns:
        A sentence.
    """
    model, last = begin(), fault.iteration
    start = int(model.iteration.numpy())
    earlier = _repeated(model, batches, last - 2, shown)
    if earlier:
        # Variables that no loss showed, and that training looks at where it saves.
        model, last = begin(), earlier
        _repeated(model, batches, last - 2, shown)
    search, first = Search(model), int(model.iteration.numpy())
    for number, data in enumerate(batches(model, first, last), first + 1):
        place = search.first_broken(data)
        if place:
            when = "" if number == fault.iteration else f" of iteration {number}"
            return f"it began in {place}{when}"
    return (
        f"trained again from iteration {start}, nothing broke, so what this machine computes is "
        "not the same each time"
    )


def _repeated(model, batches: Callable, stop: int, shown) -> int | None:
    """Trains until `stop` iterations are done; the one that breaks on the way, if one does."""
    start = int(model.iteration.numpy())
    if stop <= start:
        return None
    bar = Progress(stop, shown, "looking for where it began")
    callbacks = [CheckFinite(tf.summary.create_noop_writer(), [1], stop), bar]
    steps = {"steps_per_epoch": stop - start, "shuffle": False, "verbose": 0}
    try:
        model.fit(batches(model, start, stop), callbacks=callbacks, **steps)
    except NotFinite as fault:
        bar.on_train_end()
        return fault.iteration
    return None


def rolled_back(
    fault: NotFinite, where: str, config, restored, rollbacks: list[dict], history: History
) -> list[dict]:
    """Adds a rollback to the checkpoint `restored`, in `rollbacks.json` and as a warning.

    Raises:
        UserError: training stops instead, by `--on_nan` or because it was the last.
    """
    if config.training.on_nan == "stop":
        raise stopped(fault, where, restored, "--on_nan=rollback")
    if len(rollbacks) - history.rollbacks >= MOST:
        raise stopped(fault, f"{where}, after {MOST} rollbacks", restored)
    entry = {
        "iteration": fault.iteration,
        "what": fault.what,
        "where": where,
        "back_to": restored.iteration if restored else 0,
        "learning_rate": _rate(config, [*rollbacks, None], history),
    }
    rollbacks = [*rollbacks, entry]
    if runtime.is_chief():
        write_json(Path(config.run.logs_dir) / FILE, {"rollbacks": rollbacks})
    number = len(rollbacks) - history.rollbacks
    warn("%s (rollback %d of %d)", in_words(entry), number, MOST)
    return rollbacks


def stopped(fault: NotFinite, where: str, restored, other: str | None = None) -> UserError:
    """What the user is told of a training that ends here.

    Args:
        fault: what ended it.
        where: what `where_it_began` gave.
        restored: what the newest checkpoint gave.
        other: what to try besides a smaller rate.
    """
    saved, place = "nothing was saved before", " in another --logs_dir"
    if restored:
        saved, place = f"the checkpoint of iteration {restored.iteration} is kept", ""
    other = f", or {other}" if other else ""
    return UserError(f"{fault}; {where}; {saved}: try a smaller --learning_rate{place}{other}")


def _rate(config, rollbacks: list, history: History) -> float:
    return config.training.learning_rate / 2 ** max(0, len(rollbacks) - history.rollbacks)


def _is_one(value) -> bool:
    if not isinstance(value, dict) or value.keys() != _TYPES.keys():
        return False
    return all(isinstance(value[name], kind) for name, kind in _TYPES.items())
