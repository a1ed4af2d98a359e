"""What was changed when a training went on: second thoughts, with the iteration from which they
hold.

They stand under `history` in `config.json`, whose other values are those that hold now.
"""

import os
from pathlib import Path
from typing import NamedTuple

from wgan_tf.config import Config, all_fields
from wgan_tf.config.field import flag_of
from wgan_tf.errors import UsageError
from wgan_tf.files.reading import read_json

NAME = "history"
# Fields that may change on the way, and are written down; `scope` says which of them are refused
# elsewhere.
RECORDED = (
    "learning_rate", "batch_size", "data_dir",
    "summary_every", "image_every", "histogram_every", "watch_every", "evaluate_every",
    "checkpoint_every", "keep_checkpoints",
)
_TYPES = {"iteration": int, "name": str, "rollbacks": int}


class Change(NamedTuple):
    """A field that has another value from an iteration on.

    Attributes:
        iteration: how many were done.
        name: of the field.
        before, after: its values.
        rollbacks: that were made before, see `training.rollback`.
    """

    iteration: int
    name: str
    before: object
    after: object
    rollbacks: int = 0

    def __str__(self) -> str:
        field = next(field for _, field in all_fields() if field.name == self.name)
        return f"--{flag_of(field)}={self.after} instead of {self.before}"


class History(NamedTuple):
    """The changes of a run in order, and those among them that the command at hand makes."""

    changes: tuple[Change, ...] = ()
    new: tuple[Change, ...] = ()

    def of(self, name: str) -> list[Change]:
        """The changes of a field."""
        return [change for change in self.changes if change.name == name]

    def earlier(self, name: str) -> tuple[tuple[int, object], ...]:
        """The values of a field before the one that holds now: up to which iteration, and what."""
        return tuple((change.iteration, change.before) for change in self.of(name))

    @property
    def rollbacks(self) -> int:
        """Those that the learning rate of now knows of: it is halved by later ones alone."""
        return max((change.rollbacks for change in self.of("learning_rate")), default=0)


def go_on_with(config: Config, start: int, rollbacks: int = 0) -> History:
    """The history of a run that goes on by a configuration.

    What was changed at a later iteration than the one from which it goes on, as it does from an
    older checkpoint where the newest is damaged, holds from there on.

    Args:
        config: by which it goes on.
        start: iterations that are done; of 0 there is no history.
        rollbacks: made so far.
    """
    stored = _stored(config.run.logs_dir)
    if not start or stored is None:
        return History()
    changes, now = read_history(config.run.logs_dir), config.flat()
    kept = [change for change in changes if change.iteration < start]
    new = []
    for name in RECORDED:
        later = [c for c in changes if c.name == name and c.iteration >= start]
        before = later[0].before if later else stored.get(name, now[name])
        if now[name] == before:
            continue
        same = [c for c in later if (c.iteration, c.after) == (start, now[name])]
        kept += same[:1] or [Change(start, name, before, now[name], rollbacks)]
        if now[name] != stored.get(name, now[name]):
            new.append(kept[-1])
    return History(tuple(sorted(kept, key=lambda change: change.iteration)), tuple(new))


def read_history(logs_dir: str | os.PathLike) -> list[Change]:
    """The changes in `config.json`, in order; what is none is left out."""
    rows = (_stored(logs_dir) or {}).get(NAME, [])
    rows = rows if isinstance(rows, list) else []
    changes = [Change(**row) for row in rows if _is_change(row)]
    return sorted(changes, key=lambda change: change.iteration)


def _is_change(row) -> bool:
    if not isinstance(row, dict) or row.keys() != set(Change._fields):
        return False
    if not all(type(row[name]) is kind for name, kind in _TYPES.items()):
        return False
    if row["name"] not in RECORDED or row["iteration"] < 1 or row["rollbacks"] < 0:
        return False
    try:
        Config.from_flat({row["name"]: row["before"]})
        Config.from_flat({row["name"]: row["after"]})
    except UsageError:
        return False
    return True


def _stored(logs_dir: str | os.PathLike) -> dict | None:
    try:
        values = read_json(Path(logs_dir) / "config.json", 2**20)
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) else None
