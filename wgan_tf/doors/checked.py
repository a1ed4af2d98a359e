"""From what a person asks for to a configuration that was checked; nothing is written."""

import os

from wgan_tf import runs
from wgan_tf.config import Config, all_fields, guards
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.field import flag_of
from wgan_tf.config.resolve import default_logs_dir, resolve
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
        notes: takes a line for everything that has no effect.

    Raises:
        UsageError: a value that cannot be, or that the run in the folder does not allow.
        UserError: a folder that cannot be written, or what the mode needs is missing.
    """
    for name, value in explicit.items():
        if value == "":
            flag = next(flag_of(field) for _, field in all_fields() if field.name == name)
            raise UsageError(f"--{flag}=: give a value or leave the flag out")
    logs_dir = os.path.expanduser(explicit.get("logs_dir") or default_logs_dir(explicit))
    config = resolve({**explicit, "logs_dir": logs_dir}, runs.read_config(logs_dir), notes)
    guards.check_writable(logs_dir)
    guards.check_links(logs_dir, MODES)
    needs = COMMANDS[config.run.mode].needs
    if needs:
        _CHECKS[needs](config)
    return config


def check_names(explicit: dict) -> None:
    """Refuses names that are no field's.

    Raises:
        UsageError: naming the nearest field.
    """
    known = [field.name for _, field in all_fields()]
    for name in explicit:
        if name not in known:
            raise UsageError(f"there is no flag {name!r}{nearest(name, known)}")
