"""One command at a time in a folder."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from wgan_tf.errors import UserError
from wgan_tf.files.writing import remove_unfinished

NAME = ".lock"
# Where a training writes files whole; the film looks after its own folder.
_TRAINING = (".", "checkpoints", "images")


@contextmanager
def alone_in(
    folder: str | os.PathLike, doing: str = "trained", within: tuple[str, ...] = _TRAINING
) -> Iterator[None]:
    """Holds a folder for as long as a command writes in it, and clears away what killed ones left
    unfinished.

    The operating system holds the lock for the process and drops it with the process, however
    that ends: the file that stays behind locks nothing. Modes that only read do not take it. Of
    a refused or failed command no new folder is left if nothing else was written there.

    Args:
        folder: of a run, or of what a command writes.
        doing: what is done in it, for who is refused.
        within: which of its folders hold files that are written whole.

    Raises:
        UserError: another process holds it, or it cannot be written.
    """
    folder = Path(folder)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    lock = FileLock(folder / NAME)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:
        raise UserError(
            f"{folder} is being {doing} in by {_holder(folder / NAME)}: wait for its end, stop "
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
        for name in within:
            remove_unfinished(folder / name)
        yield
    finally:
        lock.release()
        if made and _holds_nothing(folder):
            with suppress(OSError):
                (folder / NAME).unlink(missing_ok=True)
                for path in made:
                    path.rmdir()


def _holder(path: Path) -> str:
    """The process that holds the lock, in words."""
    try:
        number, host = path.read_text(encoding="utf-8").split(maxsplit=1)
    except (OSError, ValueError):
        return "another process"
    return f"process {number}" + ("" if host == socket.gethostname() else f" on {host}")


def _holds_nothing(folder: Path) -> bool:
    with suppress(OSError):
        # On Windows the lock's file is gone with the lock.
        return {path.name for path in folder.iterdir()} <= {NAME}
    return False
