"""One training at a time in a folder."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from wgan_tf.errors import UserError
from wgan_tf.files import remove_unfinished

NAME = ".lock"
# Where a training writes files whole; the film looks after its own folder.
_FOLDERS = (".", "checkpoints", "images")


@contextmanager
def training_in(logs_dir: str | os.PathLike) -> Iterator[None]:
    """Holds the folder of a run for as long as it is trained in, and clears away what killed
    trainings left unfinished.

    The operating system holds the lock for the process and drops it with the process, however
    that ends: the file that stays behind locks nothing. Modes that only read do not take it. Of
    a refused or failed command no new folder is left if nothing else was written there.

    Raises:
        UserError: another process trains there, or the folder cannot be written.
    """
    folder = Path(logs_dir)
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    lock = FileLock(folder / NAME)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:
        raise UserError(
            f"{folder} is being trained in by {_holder(folder / NAME)}: wait for its end, stop "
            "it, or choose another --logs_dir"
        ) from None
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written ({error.strerror or error}): choose another --logs_dir"
        ) from error
    try:
        # On a full disk the lock holds all the same; only its holder is not told.
        with suppress(OSError):
            (folder / NAME).write_text(f"{os.getpid()} {socket.gethostname()}", encoding="utf-8")
        for each in _FOLDERS:
            remove_unfinished(folder / each)
        yield
    finally:
        lock.release()
        if made and _holds_nothing(folder):
            with suppress(OSError):
                (folder / NAME).unlink()
                for each in made:
                    each.rmdir()


def _holder(path: Path) -> str:
    """The process that holds the lock, in words."""
    try:
        number, host = path.read_text(encoding="utf-8").split(maxsplit=1)
    except (OSError, ValueError):
        return "another process"
    return f"process {number}" + ("" if host == socket.gethostname() else f" on {host}")


def _holds_nothing(folder: Path) -> bool:
    with suppress(OSError):
        return [path.name for path in folder.iterdir()] == [NAME]
    return False
