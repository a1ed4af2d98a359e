"""`wgan_tf.train` and `wgan_tf.load`."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np

from wgan_tf import runs
from wgan_tf.config import all_fields, field_type
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.resolve import resolve
from wgan_tf.doors.checked import begun_from, check_names, checked_config
from wgan_tf.doors.image_data import Images, images
from wgan_tf.doors.run import Run
from wgan_tf.errors import UsageError
from wgan_tf.machine.guest import as_guest
from wgan_tf.models import GAMES

# What only files can hold.
_OF_FILES = ("film", "evaluate_every")


def train(
    what: Images | str | os.PathLike | np.ndarray,
    *,
    logs_dir: str | os.PathLike | None = None,
    **flags: Any,
) -> Run:
    """Trains a game on images, or a classifier on their labels.

    Ctrl-C stops after the iteration under way and keeps what was learnt until then.

    Args:
        what: images of `wgan_tf.images`, or what that function is given.
        logs_dir: folder of the run, as the command line's; a run that is there goes on. None:
            nothing is written, `Run.save` can do so afterwards.
        flags: any of the command line's by its name, as model="wgan_gp", iterations=2000,
            learning_rate=1e-3; `python main.py --mode=train --help` lists them. Defaults are those
            of the data set.

    Returns:
        The run.

    Raises:
        UsageError: a flag that is none, or a value that cannot be.
        UserError: the images cannot be read, or numbers broke.
    """
    from wgan_tf.machine import runtime

    of = what if isinstance(what, Images) else images(what)
    asked = {**of.flags, **_as_flags(flags)}
    model = asked.get("model")
    asked["mode"] = "train_classifier" if model == "classifier" else "train"
    with as_guest():
        runtime.start_as_guest()
        if logs_dir is None:
            return _in_memory(of, asked)
        notes: list[str] = []
        config = checked_config({**asked, "logs_dir": os.path.expanduser(logs_dir)}, notes)
        _warn(notes)
        _on_disk(config)
        return load(config.run.logs_dir)


def load(logs_dir: str | os.PathLike, checkpoint: str = "newest") -> Run:
    """Opens a run in a folder, of the library or of the command line.

    Args:
        logs_dir: what `--logs_dir` was in training.
        checkpoint: "newest", or "best", which `evaluate_every` kept.

    Raises:
        UserError: there is no such run or checkpoint.
    """
    from wgan_tf.machine import runtime

    folder = os.path.expanduser(logs_dir)
    with as_guest():
        runs.check_trained(folder, checkpoint)
        runtime.start_as_guest()
        config = runs.read_config(folder).but(checkpoint=checkpoint)
        return Run(runs.load_trained(config), config)


def _in_memory(of: Images, asked: dict) -> Run:
    from wgan_tf.training import classifiers, game

    notes: list[str] = []
    config = resolve(asked, None, notes, begun_from(asked))
    _warn(notes)
    for name in _OF_FILES:
        if config.flat()[name]:
            raise UsageError(f"{name}: what it gives are files: give a logs_dir, too")
    learn = game if GAMES[config.network.model].generator else classifiers
    model, config = learn.train_in_memory(config, of.source)
    return Run(model, config.but(logs_dir=None), of)


def _on_disk(config) -> None:
    from wgan_tf.training import classifiers, game

    learn = classifiers if COMMANDS[config.run.mode].network else game
    learn.train(config)


def _as_flags(given: dict[str, Any]) -> dict:
    """Values of Python in the types that flags have: lists are texts with commas between."""
    check_names(given)
    if "mode" in given:
        raise UsageError("mode: the function says what is done")
    kinds = {field.name: field_type(field) for _, field in all_fields()}
    given = {name: value for name, value in given.items() if value is not None}
    return {name: _as_flag(value, kinds[name]) for name, value in given.items()}


def _as_flag(value, kind: type):
    if isinstance(value, np.generic):
        value = value.item()
    if kind is str and isinstance(value, list | tuple):
        return ",".join(map(str, value))
    if kind is str and isinstance(value, int | os.PathLike) and not isinstance(value, bool):
        return os.fspath(value) if isinstance(value, os.PathLike) else str(value)
    if kind is int and isinstance(value, float) and value == int(value):
        return int(value)
    return value


def _warn(notes: list[str]) -> None:
    for note in notes:
        warnings.warn(note, stacklevel=4)
