"""Files that somebody else may have made: read without executing, at a memory that has a limit.

JSON is plain data, and an `.npz` is read without pickle; what both could still do is to ask for
more memory than there is: by depth, by compressed zeros, by a shape that nothing stands behind.
"""

import json
import math
import os
import stat
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from wgan_tf.errors import UserError

_MIB = 2**20
# Compressed arrays of images are 2 to 30 times as large in memory; nothing small can do harm.
_EXPANSION, _HARMLESS = 200, 64 * _MIB
_MOST_MEMBERS = 100_000
_BROKEN = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    MemoryError,
    RecursionError,
    NotImplementedError,
    SyntaxError,
    TypeError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_json(path: str | os.PathLike, most: int = 64 * _MIB):
    """The value in a JSON file.

    Args:
        path: the file.
        most: bytes that it may have.

    Raises:
        FileNotFoundError, NotADirectoryError: there is none.
        OSError: it cannot be read.
        ValueError: it is too large or too deep, no JSON, has a name twice in one object or a
            number that JSON does not have.
    """
    size = _size(path)
    if size > most:
        raise ValueError(f"{size:,} bytes, at most {most:,} can be")
    text = Path(path).read_bytes().decode("utf-8")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def read_figures(path: str | os.PathLike, name: str | None = None):
    """What a mode wrote into a JSON file, or the value of a name in it.

    Raises:
        UserError: the file is missing or damaged.
    """
    try:
        values = read_json(path)
        return values if name is None else values[name]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise UserError(
            f"{path} is damaged ({type(error).__name__}: {error}): delete it, or choose another "
            "--logs_dir"
        ) from error


def array_names(path: str | os.PathLike) -> tuple[str, ...]:
    """Names of the arrays in an `.npz`, in order.

    Raises:
        ValueError: it is none, or asks for more memory than its size explains.
    """
    with _opened(path) as archive:
        return tuple(name for name, _ in _members(archive))


def read_arrays(
    path: str | os.PathLike, names: Collection[str] | None = None
) -> dict[str, np.ndarray]:
    """Arrays of an `.npz` by name.

    Args:
        path: the file.
        names: those that are wanted; None: all.

    Raises:
        ValueError: as `array_names`, it is damaged, or an array is not of plain numbers.
    """
    arrays = {}
    with _opened(path) as archive:
        for name, info in _members(archive):
            if names is not None and name not in names:
                continue
            try:
                with archive.open(info) as member:
                    arrays[name] = _array(member, info.file_size)
            except _BROKEN as error:
                raise ValueError(f"array {name!r}: {error}") from error
    return arrays


def array_shapes(path: str | os.PathLike) -> dict[str, tuple[int, ...]]:
    """Shapes of the arrays in an `.npz` by name, of which only the beginnings are read.

    Raises:
        ValueError: as `read_arrays`.
    """
    shapes = {}
    with _opened(path) as archive:
        for name, info in _members(archive):
            try:
                with archive.open(info) as member:
                    shapes[name] = _header(member, info.file_size)[0]
            except _BROKEN as error:
                raise ValueError(f"array {name!r}: {error}") from error
    return shapes


def read_array(path: str | os.PathLike) -> np.ndarray:
    """The array in an `.npy`.

    Raises:
        ValueError: it is none, damaged, or not of plain numbers.
    """
    try:
        size = _size(path)
        with open(path, "rb") as file:
            return _array(file, size)
    except _BROKEN as error:
        raise ValueError(f"no .npy: {error}") from error


def _header(member, size: int) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, order and type of the array in a `.npy` of `size` bytes, checked."""
    version = np.lib.format.read_magic(member)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(f"version {version} of the format is not read")
    shape, fortran, dtype = read_header(member)
    if dtype.kind not in "biufcSUV" or dtype.hasobject:
        raise ValueError(f"its type is {dtype}, not numbers")
    count = math.prod(shape)
    if any(side < 0 for side in shape) or count * dtype.itemsize != size - member.tell():
        raise ValueError(f"its shape {shape} does not fit {size:,} bytes")
    return shape, fortran, dtype


def _array(member, size: int) -> np.ndarray:
    """The array in a `.npy` of `size` bytes, whose checksum is looked at when its end is read."""
    shape, fortran, dtype = _header(member, size)
    count = math.prod(shape)
    array = np.empty(count, dtype)
    view = memoryview(array).cast("B") if array.nbytes else b""
    done = 0
    while done < array.nbytes:
        read = member.readinto(view[done : done + _MIB])
        if not read:
            raise EOFError("it ends too early")
        done += read
    return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)


@contextmanager
def _opened(path: str | os.PathLike) -> Iterator[zipfile.ZipFile]:
    try:
        size = _size(path)
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise ValueError(f"no .npz: {error}") from error
    with archive:
        check_members(archive.infolist(), size)
        yield archive


def _members(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    infos = archive.infolist()
    for info in infos:
        if not info.filename.endswith(".npy"):
            raise ValueError(f"its member {info.filename!r} is no array")
    return [(info.filename.removesuffix(".npy"), info) for info in infos]


def check_members(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Refuses a zip file of `size` bytes that would need far more memory, or is ambiguous.

    Raises:
        ValueError: it would, or is.
    """
    if len(infos) > _MOST_MEMBERS or len({info.filename for info in infos}) < len(infos):
        raise ValueError("it has too many members, or two of one name")
    if sum(info.compress_size for info in infos) > size:
        raise ValueError("its members overlap")
    if sum(info.file_size for info in infos) > max(_HARMLESS, _EXPANSION * size):
        raise ValueError("it is a little file that holds far too much")


def _size(path: str | os.PathLike) -> int:
    """Bytes of a regular file: a pipe or a device would be waited for, or never end."""
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is no file")
    return status.st_size


def _once(pairs: list[tuple]) -> dict:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands there twice")
    return values


def _no_number(text: str):
    raise ValueError(f"{text} is no number")
