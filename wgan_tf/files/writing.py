"""Files that are written whole or not at all."""

import json
import math
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from wgan_tf.errors import UserError

_WINDOWS = os.name == "nt"
_UNFINISHED = re.compile(r"\.(\d+)\..+")


@contextmanager
def written_whole(path: str | os.PathLike) -> Iterator[Path]:
    """Yields a temporary name beside `path`; the file takes its place if the block succeeds.

    Raises:
        UserError: the folder or the file cannot be written.
    """
    path = Path(os.path.expanduser(path))
    unfinished = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
        os.replace(unfinished, path)
    except OSError as error:
        raise _cannot_be_written(path, error) from error
    finally:
        # A folder that could not be made has no unfinished file; one that is a file raises.
        if unfinished.parent.is_dir():
            unfinished.unlink(missing_ok=True)


@contextmanager
def folder_written_whole(path: str | os.PathLike) -> Iterator[Path]:
    """Yields a temporary name beside the folder `path`, which takes its place if the block
    succeeds; what killed processes left of it is removed.

    A kill between two renamings leaves no folder of that name, never half of one.

    Raises:
        UserError: the folder or something in it cannot be written.
    """
    path = Path(os.path.expanduser(path))
    unfinished = path.with_name(f".{os.getpid()}.{path.name}")
    before = path.with_name(f".{os.getpid()}.{path.name}.before")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_folders(path)
        yield unfinished
        if path.is_symlink() or path.exists():
            os.replace(path, before)
        try:
            os.replace(unfinished, path)
        except OSError:
            if before.is_symlink() or before.exists():
                os.replace(before, path)
            raise
    except OSError as error:
        raise _cannot_be_written(path, error) from error
    finally:
        _remove_folders(path)


def _cannot_be_written(path: Path, error: OSError) -> UserError:
    return UserError(
        f"{path} cannot be written ({error.strerror or error}): choose another folder or free it "
        "for writing"
    )


def _remove_folders(path: Path) -> None:
    """Removes what `folder_written_whole` left beside a folder, but for that of others that live.

    A link is removed, and what it leads to stays.
    """
    name = re.compile(rf"\.(\d+)\.{re.escape(path.name)}(\.before)?")
    for left in path.parent.iterdir() if path.parent.is_dir() else ():
        match = name.fullmatch(left.name)
        if match is None or _is_another(int(match[1])):
            continue
        with suppress(OSError):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


def remove_unfinished(folder: str | os.PathLike) -> None:
    """Removes what killed processes left of `written_whole` in a folder, not in those below it.

    Files of a process that lives are left alone, but for this one's own: it has just begun, and
    a process in a container has the number of the one before it.
    """
    folder = Path(folder)
    for path in folder.iterdir() if folder.is_dir() else ():
        match = _UNFINISHED.fullmatch(path.name)
        if match and path.is_file() and not _is_another(int(match[1])):
            # What cannot be removed is in nobody's way.
            with suppress(OSError):
                path.unlink()


def _is_another(process: int) -> bool:
    """Whether another process with this number runs on this machine."""
    if process == os.getpid():
        return False
    if _WINDOWS:  # where signal 0 is a Ctrl-C
        return _is_alive_on_windows(process)
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it belongs to somebody else
        return True
    return True


def _is_alive_on_windows(process: int) -> bool:
    import ctypes

    synchronise, access_denied, timed_out = 0x100000, 5, 258
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    # Else a handle of 64 bits would be cut to an int.
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(synchronise, False, process & 0xFFFFFFFF)
    if not handle:
        return ctypes.get_last_error() == access_denied  # it belongs to somebody else
    handle = ctypes.c_void_p(handle)
    try:
        return kernel.WaitForSingleObject(handle, 0) == timed_out
    finally:
        kernel.CloseHandle(handle)


def write_json(path: str | os.PathLike, values: dict, indent: int | None = 2) -> None:
    """Writes values, NumPy numbers and arrays among them, as JSON; null for NaN and infinity.

    Raises:
        UserError: the file cannot be written.
    """

    def plain(value):
        if isinstance(value, np.ndarray | np.generic):
            value = value.tolist()
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    with written_whole(path) as unfinished:
        unfinished.write_text(json.dumps(plain(values), indent=indent) + "\n", encoding="utf-8")
