"""What is refused before anything is loaded, built or written: folders in which links lead
elsewhere, and files that a run's folder from somebody else names.
"""

import os
from pathlib import Path

from wgan_tf.config import Config, reads
from wgan_tf.config.commands import COMMANDS
from wgan_tf.errors import UsageError, UserError

# Folders of a run in which files are written, and others that are written in it.
_FOLDERS = ("checkpoints", "images", "samples", "film", "export")
_WRITTEN = (*_FOLDERS, ".lock", "losses.csv")


def check_writable(logs_dir: str | os.PathLike) -> None:
    """Refuses a folder that cannot be created or written, without creating it.

    Raises:
        UserError: it cannot.
    """
    path = Path(logs_dir).absolute()
    while not os.path.exists(path):  # as Path.exists, but no error where a name is too long
        if path == path.parent:
            raise UserError(f"--logs_dir={logs_dir}: there is no {path}; choose another folder")
        path = path.parent
    if not path.is_dir():
        raise UserError(f"--logs_dir={logs_dir}: {path} is a file; choose a folder")
    if not os.access(path, os.W_OK | os.X_OK):
        raise UserError(f"--logs_dir={logs_dir}: {path} cannot be written; choose another folder")


def check_links(logs_dir: str | os.PathLike, modes=()) -> None:
    """Refuses a run's folder in which links lead what is written there to somewhere else.

    Args:
        logs_dir: the folder, which may be a link itself.
        modes: their names, which their folders of TensorBoard events have.

    Raises:
        UserError: naming the first such link.
    """
    folder = Path(logs_dir)
    written = {*_WRITTEN, *modes}
    for place in (folder, *(folder / name for name in _FOLDERS)):
        for path in _links(place):
            ours = place != folder or path.name in written
            if ours and not lies_in(path, folder):
                raise UserError(
                    f"{path} is a link out of the run's folder: put what it leads to in its place, "
                    "or choose another --logs_dir"
                )


def _links(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.is_symlink())
    except OSError:  # it is not there, or no folder, or cannot be read
        return []


def lies_in(path: str | os.PathLike, folder: str | os.PathLike) -> bool:
    """Whether a path is a folder or below it, wherever links lead."""
    # Not os.path.commonpath, which raises of two drives.
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def check_begin_from(explicit: dict, stored: Config, mode: str, begun: bool) -> None:
    """Refuses to begin unasked with the weights of the folder that a stored run names.

    Args:
        explicit: field name to value, what the user gave.
        stored: the configuration in the run's folder.
        mode: that is asked for.
        begun: whether it has a checkpoint, so that no others are needed.

    Raises:
        UsageError: it would.
    """
    path = stored.training.begin_from
    unasked = reads(mode, "begin_from") and "begin_from" not in explicit
    if path is not None and not begun and unasked:
        raise UsageError(
            f"the run in {stored.run.logs_dir} has no checkpoint yet and begins with the weights "
            f"in {path}: give --begin_from again"
        )


def check_judge(flags: dict, stored: Config, mode: str) -> None:
    """Refuses to load unasked the network that a stored run names outside of its own folder, which
    may come from somebody else.

    Args:
        flags: field name to value, what the user gave.
        stored: the configuration in the run's folder.
        mode: that is asked for.

    Raises:
        UsageError: the mode would load it.
    """
    path, logs_dir = stored.evaluation.judge_dir, stored.run.logs_dir
    loads = reads(mode, "judge_dir")
    if "fit" in COMMANDS[mode].kinds:
        loads = bool(flags.get("evaluate_every", stored.evaluation.evaluate_every))
    if path is None or "judge_dir" in flags or not loads or lies_in(path, logs_dir):
        return
    raise UsageError(
        f"--judge_dir: the run in {logs_dir} names a judge outside of its folder, {path}: give the "
        "flag if you trust that file, or name another judge"
    )
