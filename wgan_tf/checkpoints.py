"""Checkpoints of a training: one file each, written whole or not at all.

A checkpoint is an `.npz` of all variables (both networks, the optimizer's slots, the moving
statistics of real images, the iteration). NumPy loads it without pickle, so it can execute
nothing, and the zip container's checksums tell a damaged file from a good one.
"""

import json
import os
import re
import zipfile
from pathlib import Path

import numpy as np
from absl import logging

from wgan_tf.errors import UserError
from wgan_tf.files import write_json, written_whole

BEST = "best.npz"
_SLOTS = "optimizer/"
_NAME = re.compile(r"iteration-(\d+)\.npz")
_SEED = re.compile(r"seed_generator(_\d+)?(?=/)")


def variables(model) -> dict:
    """Every variable that training changes, by a stable name; of a model that is not compiled,
    those that inference needs.
    """
    named = {"iteration": model.iteration}
    for name, network in model.networks.items():
        # Keras numbers the seed generators of a process, whatever network they are of.
        named |= {f"{name}/{_SEED.sub('seed', v.path)}": v for v in network.variables}
    named |= {f"real_statistics/{v.name}": v for v in getattr(model, "real_statistics", ())}
    # Both networks have layers of one name, so paths alone are not unique here.
    slots = model.optimizer.variables if model.compiled else []
    return named | {f"{_SLOTS}{index:03d}/{v.name}": v for index, v in enumerate(slots)}


def save(folder: str | os.PathLike, model, keep: int = 3) -> Path:
    """Writes `iteration-N.npz` and removes all but the newest `keep`.

    Raises:
        UserError: the file cannot be written; older checkpoints stay.
    """
    folder = Path(folder)
    path = folder / f"iteration-{int(model.iteration.numpy()):08d}.npz"
    _write(path, model)
    for old in list_checkpoints(folder)[:-keep]:
        old.unlink(missing_ok=True)
    return path


def save_best(folder: str | os.PathLike, model, why: dict) -> None:
    """Writes `best.npz`, which no later checkpoint removes, and `best.json` beside it.

    Args:
        folder: of the checkpoints.
        model: what is saved.
        why: what makes it the best; see `read_best`.

    Raises:
        UserError: a file cannot be written.
    """
    _write(Path(folder) / BEST, model)
    write_json((Path(folder) / BEST).with_suffix(".json"), why)


def read_best(folder: str | os.PathLike) -> dict | None:
    """What `save_best` was told, or None where there is no best checkpoint.

    A damaged file is named in a warning and counts as none.
    """
    path = (Path(folder) / BEST).with_suffix(".json")
    try:
        why = json.loads(path.read_text(encoding="utf-8"))
        return why if isinstance(why, dict) and path.with_suffix(".npz").exists() else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        logging.warning("%s is damaged; the best checkpoint is looked for anew", path)
        return None


def restore_best(folder: str | os.PathLike, model) -> int:
    """Restores what `save_best` wrote, as `restore_latest` does.

    Returns:
        The iteration it was saved at.

    Raises:
        UserError: there is none, it is damaged, or it does not fit the model.
    """
    path = Path(folder) / BEST
    values = _read(path)
    if values is None:
        raise UserError(f"{path} is missing or damaged: leave out --checkpoint=best")
    _assign(path, model, values)
    return int(values["iteration"])


def list_checkpoints(folder: str | os.PathLike) -> list[Path]:
    """All checkpoints in a folder, oldest first."""
    folder = Path(folder)
    names = [path for path in folder.glob("iteration-*.npz") if _NAME.fullmatch(path.name)]
    return sorted(names, key=lambda path: int(_NAME.fullmatch(path.name)[1]))


def restore_latest(folder: str | os.PathLike, model) -> int | None:
    """Restores the newest checkpoint that is whole; a model that is not compiled takes no slots.

    A damaged one is named in a warning and the one before it is used.

    Returns:
        The iteration it was saved at, or None if there is no checkpoint.

    Raises:
        UserError: there are checkpoints but none is whole, or one does not fit the model.
    """
    paths = list_checkpoints(folder)
    for path in reversed(paths):
        values = _read(path)
        if values is None:
            logging.warning("%s is damaged; the checkpoint before it is used", path)
            continue
        _assign(path, model, values)
        return int(values["iteration"])
    if paths:
        raise UserError(f"no checkpoint in {folder} is whole; delete them to start anew")
    return None


def _write(path: Path, model) -> None:
    with written_whole(path) as unfinished, open(unfinished, "wb") as file:
        np.savez(file, **{name: v.numpy() for name, v in variables(model).items()})
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> dict | None:
    """The arrays in a file, None if it is damaged."""
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zipfile.error):
        return None


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
    for name, variable in named.items():
        variable.assign(values[name])
