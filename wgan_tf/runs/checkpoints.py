"""Checkpoints of a training: one file each, written whole or not at all.

A checkpoint is an `.npz` of all variables (both networks, the optimizer's slots, the moving
statistics of real images, the iteration) and, under `beside/`, of what goes on beside the model:
sums not yet written, lists, how long the files of events are. It is one file, so model and
callbacks are always of one moment. NumPy loads it without pickle, so it can execute nothing.

A damaged file is known by a SHA-256 of all names, types, shapes and values. The zip container has
a CRC-32 of each member, but none over its own directory, where a member can be lost, and none that
says that the members belong together; and what does not agree with the number in the file's name
is no good either.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from absl import logging

from wgan_tf.errors import UserError
from wgan_tf.files.reading import read_arrays
from wgan_tf.files.writing import write_json, written_whole

BEST = "best.npz"
_SLOTS = "optimizer/"
# What is no variable: by name what goes on beside the model, why a checkpoint is the best one,
# and the checksum.
_BESIDE, _WHY, _CHECKSUM = "beside/", "best", "sha256"
_NAME = re.compile(r"iteration-(\d+)\.npz")
_NAMED = 8  # layers in a message
_SEED = re.compile(r"seed_generator(_\d+)?(?=/)")


class Restored(NamedTuple):
    """What a training goes on from.

    Attributes:
        iteration: how many are done.
        beside: what `save` was given beside the model; empty in files of earlier versions.
    """

    iteration: int
    beside: dict


def variables(model) -> dict:
    """Every variable that training changes, by a stable name; of a model that is not compiled,
    those that inference needs.
    """
    named = {"iteration": model.iteration}
    for name, network in model.networks.items():
        # Keras numbers the seed generators of a process, whatever network they are of.
        named |= {f"{name}/{_SEED.sub('seed', v.path)}": v for v in network.variables}
    if getattr(model, "average", None):
        own, average = model.average.own_and_average()
        named |= {f"generator/{path}": v for path, v in own.items()}
        named |= {f"average/{path}": v for path, v in average.items()}
    named |= {f"real_statistics/{v.name}": v for v in getattr(model, "real_statistics", ())}
    # Both networks have layers of one name, so paths alone are not unique here.
    slots = model.optimizer.variables if model.compiled else []
    return named | {f"{_SLOTS}{index:03d}/{v.name}": v for index, v in enumerate(slots)}


def save(
    folder: str | os.PathLike, model, keep: int = 3, beside: Mapping[str, dict] | None = None
) -> Path:
    """Writes `iteration-N.npz` and removes all but the newest `keep`.

    Args:
        folder: of the checkpoints.
        model: what is saved.
        keep: how many stay, this one among them.
        beside: by name what else is needed to go on as if nothing had happened; plain values, as
            JSON has them, NaN and infinity too.

    Raises:
        UserError: the file cannot be written; older checkpoints stay.
    """
    folder = Path(folder)
    path = folder / f"iteration-{int(model.iteration.numpy()):08d}.npz"
    _write(path, model, beside or {})
    for old in list_checkpoints(folder)[:-keep]:
        # Of a training that goes on behind damaged files, the new one is not the newest.
        if old != path:
            _remove(old)
    return path


def save_best(folder: str | os.PathLike, model, why: dict) -> None:
    """Writes `best.npz`, which no later checkpoint removes, and tells why in `best.json`.

    Args:
        folder: of the checkpoints.
        model: what is saved.
        why: what makes it the best; see `read_best`.

    Raises:
        UserError: a file cannot be written.
    """
    _write(Path(folder) / BEST, model, {_WHY: why})
    tell_best(folder, why)


def tell_best(folder: str | os.PathLike, why: dict) -> None:
    """Writes `best.json`, for people to read, where it does not say so already."""
    path = (Path(folder) / BEST).with_suffix(".json")
    if _told(path) != why:
        write_json(path, why)


def read_best(folder: str | os.PathLike) -> dict | None:
    """What `save_best` was told, or None where there is no best checkpoint.

    It stands in the checkpoint itself: a process that is killed between two files leaves one that
    speaks of another. A damaged file is named in a warning and counts as none.
    """
    path = Path(folder) / BEST
    if not path.exists():
        return None
    stored = _read(path)
    # Earlier versions had it in `best.json` alone.
    why = stored and (stored[1].get(_WHY) or _told(path.with_suffix(".json")))
    if not why:
        logging.warning("%s is damaged; the best checkpoint is looked for anew", path)
    return why or None


def restore_best(folder: str | os.PathLike, model) -> int:
    """Restores what `save_best` wrote, as `restore_latest` does.

    Returns:
        The iteration it was saved at.

    Raises:
        UserError: there is none, it is damaged, or it does not fit the model.
    """
    path = Path(folder) / BEST
    stored = _read(path)
    if stored is None:
        raise UserError(f"{path} is missing or damaged: leave out --checkpoint=best")
    _assign(path, model, stored[0])
    return int(stored[0]["iteration"])


def list_checkpoints(folder: str | os.PathLike) -> list[Path]:
    """All checkpoints in a folder, oldest first."""
    folder = Path(folder)
    names = [path for path in folder.glob("iteration-*.npz") if _NAME.fullmatch(path.name)]
    return sorted(names, key=lambda path: int(_NAME.fullmatch(path.name)[1]))


def restore_latest(folder: str | os.PathLike, model) -> int | None:
    """As `go_on_from`; the iteration alone, or None if there is no checkpoint."""
    restored = go_on_from(folder, model)
    return restored.iteration if restored else None


def go_on_from(folder: str | os.PathLike, model) -> Restored | None:
    """Restores the newest checkpoint that is whole; a model that is not compiled takes no slots.

    A damaged one is named in a warning and the one before it is used.

    Returns:
        What the checkpoint holds beside the model, or None if there is no checkpoint.

    Raises:
        UserError: there are checkpoints but none is whole, or one does not fit the model.
    """
    paths = list_checkpoints(folder)
    for path in reversed(paths):
        stored = _read(path, int(_NAME.fullmatch(path.name)[1]))
        if stored is None:
            logging.warning("%s is damaged; the checkpoint before it is used", path)
            continue
        values, beside = stored
        _assign(path, model, values)
        return Restored(int(values["iteration"]), beside)
    if paths:
        raise UserError(f"no checkpoint in {folder} is whole; delete them to start anew")
    return None


def take_weights(folder: str | os.PathLike, model) -> int:
    """Gives the networks of a model those weights that a run's newest whole checkpoint has;
    neither the optimizer's slots nor the iteration.

    Returns:
        The iteration of that checkpoint.

    Raises:
        UserError: there is none, or layers have other shapes, which are named.
    """
    numbered = [(path, int(_NAME.fullmatch(path.name)[1])) for path in list_checkpoints(folder)]
    whole = (stored for path, number in reversed(numbered) if (stored := _read(path, number)))
    stored = next(whole, None)
    if stored is None:
        raise UserError(f"--begin_from={Path(folder).parent}: no checkpoint in {folder} is whole")
    values, _ = stored
    named = {name: v for name, v in variables(model).items() if _is_weight(name, model)}
    theirs = {name: value for name, value in values.items() if _is_weight(name, model)}
    other: dict[str, str] = {}  # by layer, of which one variable is shown
    for name in sorted({*named, *theirs}):
        line = _shapes(name, theirs, named)
        if line:
            other.setdefault(name.rpartition("/")[0], line)
    if other:
        lines = list(other.values())
        more = f" and {len(lines) - _NAMED} more" if len(lines) > _NAMED else ""
        raise UserError(
            f"--begin_from={Path(folder).parent}: layers differ: {', '.join(lines[:_NAMED])}{more}"
        )
    for name, variable in named.items():
        variable.assign(theirs[name])
    for name, variable in variables(model).items():
        # What is measured of real images goes on with the weights where both measure it.
        known = values.get(name) if name.startswith("real_statistics/") else None
        if known is not None and known.shape == tuple(variable.shape):
            variable.assign(known)
    return int(values["iteration"])


def _is_weight(name: str, model) -> bool:
    """Whether a stored name is of a network's layer; seeds are no weights."""
    first, *rest = name.split("/")
    networks = {"generator", "critic", "classifier", *model.networks}
    return first in networks and "seed" not in rest


def _shapes(name: str, theirs: Mapping, named: Mapping) -> str | None:
    """A layer that differs, with its shapes there and here."""
    there, here = (tuple(side[name].shape) if name in side else None for side in (theirs, named))
    if there == here:
        return None
    if here is None or there is None:
        return f"{name} is only {'there' if here is None else 'here'}"
    return f"{name} is {there} there and {here} here"


def _write(path: Path, model, beside: dict) -> None:
    values = {name: v.numpy() for name, v in variables(model).items()}
    # JSON as bytes: an array of text would take four times the room.
    values |= {
        _BESIDE + name: np.frombuffer(json.dumps(value, default=_plain).encode(), np.uint8)
        for name, value in beside.items()
    }
    values[_CHECKSUM] = _checksum(values)
    with written_whole(path) as unfinished, open(unfinished, "wb") as file:
        np.savez(file, **values)
        file.flush()
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        logging.warning("%s cannot be removed: %s", path, error.strerror)


def _plain(value):
    """NumPy's numbers and arrays as JSON has them."""
    return value.tolist()


def _checksum(values: Mapping[str, np.ndarray]) -> np.ndarray:
    """SHA-256 (32,) uint8 of all arrays with their names."""
    digest = hashlib.sha256()
    for name in sorted(values):
        array = np.ascontiguousarray(values[name])
        digest.update(f"{name} {array.dtype.str} {np.shape(values[name])}\n".encode())
        digest.update(array.data)
    return np.frombuffer(digest.digest(), np.uint8)


def _read(path: Path, iteration: int | None = None) -> tuple[dict, dict] | None:
    """The variables in a file and what is beside them; None if it is damaged, or not of the
    iteration that it should be.
    """
    try:
        stored = read_arrays(path)
        # Earlier versions wrote none.
        checksum = stored.pop(_CHECKSUM, None)
        if checksum is not None and checksum.tobytes() != _checksum(stored).tobytes():
            return None
        names = [name for name in stored if name.startswith(_BESIDE)]
        beside = {n.removeprefix(_BESIDE): json.loads(stored.pop(n).tobytes()) for n in names}
        return (stored, beside) if iteration in (None, int(stored["iteration"])) else None
    except Exception:  # whatever makes zipfile and NumPy stumble, a missing file among it
        return None


def _told(path: Path) -> dict | None:
    """An object in a JSON file, or None."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) else None


def _assign(path: Path, model, values: dict) -> None:
    named = variables(model)
    if not model.compiled:
        values = {name: value for name, value in values.items() if not name.startswith(_SLOTS)}
    for name in sorted(named.keys() ^ values.keys()):
        where = "the model has no such variable" if name in values else "it is missing"
        raise UserError(f"{path} does not fit the model: {name}: {where}")
    for name, variable in named.items():
        if tuple(variable.shape) != values[name].shape:
            raise UserError(
                f"{path} does not fit the model: {name} has shape {values[name].shape}, "
                f"not {tuple(variable.shape)}"
            )
        if values[name].dtype != variable.dtype:
            raise UserError(
                f"{path} does not fit the model: {name} is {values[name].dtype}, "
                f"not {variable.dtype}"
            )
    for name, variable in named.items():
        variable.assign(values[name])
