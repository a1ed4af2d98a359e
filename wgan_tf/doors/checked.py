"""From what a person asks for to a configuration that was checked; nothing is written."""

import os

from wgan_tf import runs
from wgan_tf.config import Config, all_fields, flag_named, guards, reads
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.resolve import default_logs_dir, mode_of, resolve
from wgan_tf.data import check_source
from wgan_tf.errors import UsageError, nearest
from wgan_tf.modes import MODES

# Of what a mode needs, see `Command.needs`.
_CHECKS = {
    "data": lambda config: check_source(config.data.dataset, config.data.data_dir),
    "run": lambda config: runs.check_trained(config.run.logs_dir, config.evaluation.checkpoint),
    "images": runs.check_evaluation,
    "checkpoint": runs.check_import,
}


def checked_config(explicit: dict, notes: list) -> Config:
    """The configuration that a command means, with the run's folder in mind.

    Args:
        explicit: field name to value, what was given.
        notes: takes a line for everything that has no effect, and where memory may not do.

    Raises:
        UsageError: a value that cannot be, or that the run in the folder does not allow.
        UserError: a folder that cannot be written, or what the mode needs is missing.
    """
    for name, value in explicit.items():
        if value == "":
            raise UsageError(f"--{flag_named(name)}=: give a value or leave the flag out")
    like = begun_from(explicit)
    named = {"model": like.network.model, **explicit} if like else explicit
    logs_dir = os.path.expanduser(explicit.get("logs_dir") or default_logs_dir(named))
    stored = runs.read_config(logs_dir)
    if stored is not None:
        stored = runs.follow(explicit, stored, notes)
        guards.check_begin_from(explicit, stored, mode_of(explicit), bool(runs.newest(logs_dir)))
    config = resolve({**explicit, "logs_dir": logs_dir}, stored, notes, like)
    guards.check_writable(logs_dir)
    guards.check_links(logs_dir, MODES)
    needs = COMMANDS[config.run.mode].needs
    if needs:
        with runs.asks_where(config):
            _CHECKS[needs](config)
    return config


def begun_from(explicit: dict) -> Config | None:
    """The configuration of the run in `--begin_from`, or None where the flag is not given.

    Raises:
        UsageError: there is no trained run.
    """
    folder = explicit.get("begin_from")
    if folder is None or not reads(mode_of(explicit), "begin_from"):
        return None
    Config.from_flat({"begin_from": folder})
    folder = os.path.expanduser(folder)
    if not runs.newest(folder):
        raise UsageError(f"--begin_from={folder}: there is no checkpoint of a run")
    return runs.read_config(folder)


def check_names(explicit: dict) -> None:
    """Refuses names that are no field's.

    Raises:
        UsageError: naming the nearest field.
    """
    known = [field.name for _, field in all_fields()]
    for name in explicit:
        if name not in known:
            raise UsageError(f"there is no flag {name!r}{nearest(name, known)}")
