"""A CSV file of numbers that grows by a row now and then, and of which a resumed training cuts off
what it does again.
"""

import errno
import math
import os
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from wgan_tf.errors import UserError

_MOST_LINE, _MOST_BYTES = 2**16, 2**27


class Rows:
    """Appends rows whose first value is a whole number that rises.

    A row is written at once, so a killed process leaves whole rows, or part of the last one, which
    the next cuts off. What is no row of ours, and all behind it, is cut off too.

    Args:
        path: the file.
        last: the first value of the last row that stays; 0: none does.

    Raises:
        UserError: the file cannot be written.
    """

    def __init__(self, path: str | os.PathLike, last: int = 0):
        self.path = Path(path)
        with _told(self.path):
            if self._is_there() and not last:
                self.path.unlink()
            elif self._is_there():
                os.truncate(self.path, _kept(self.path, last))

    def add(self, values: Mapping[str, float]) -> None:
        """Appends a row, behind a head of the names where the file is new. NaN is an empty field.

        Args:
            values: name to value, the same names for every row.

        Raises:
            UserError: the file cannot be written, or has other columns; no part of the row is left.
        """
        head = ",".join(values)
        line = ",".join(_field(value) for value in values.values())
        with _told(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            empty = not self._is_there() or not self.path.stat().st_size
            if not empty and _head(self.path) != head:
                raise UserError(f"{self.path} has other columns: move it elsewhere")
            text = (f"{head}\n{line}\n" if empty else f"{line}\n").encode()
            # A buffer would write what is left of a row when it is closed, on a full disk too.
            with open(self.path, "ab", buffering=0) as file:
                length = file.tell()
                if file.write(text) < len(text):
                    file.truncate(length)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _is_there(self) -> bool:
        """Whether there is a file.

        Raises:
            UserError: it is no plain file.
        """
        if self.path.exists() and not self.path.is_file():
            raise UserError(f"{self.path} is no file: move it elsewhere")
        return self.path.exists()


def read_columns(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Name to float64 (rows,) of a file that `Rows` wrote; NaN for empty fields.

    Raises:
        UserError: it is missing, damaged or larger than 128 MiB.
    """
    path = Path(path)
    try:
        if path.stat().st_size > _MOST_BYTES or not path.is_file():
            raise ValueError("too large, or no file")
        names, *lines = path.read_text(encoding="utf-8").splitlines()
        names = names.split(",")
        rows = [[float(field or "nan") for field in line.split(",")] for line in lines]
        table = np.array(rows, np.float64).reshape(len(rows), len(names))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is missing or damaged ({error})") from error
    return dict(zip(names, table.T, strict=True))


def _kept(path: Path, last: int) -> int:
    """Bytes of the head and of the rows up to `last`."""
    kept, before = 0, 0
    with open(path, "rb") as file:
        while line := file.readline(_MOST_LINE):
            if not line.endswith(b"\n"):
                break
            if kept:
                number = line.split(b",", 1)[0]
                # Digits in bytes are ASCII; more than these would be no iteration.
                if not number.isdigit() or len(number) > 9 or not before < int(number) <= last:
                    break
                before = int(number)
            kept += len(line)
    return kept


def _head(path: Path) -> str:
    with open(path, "rb") as file:
        return file.readline(_MOST_LINE).decode(errors="replace").rstrip("\n")


def _field(value: float) -> str:
    """Nine digits, which a float32 needs."""
    return "" if math.isnan(value) else f"{value:.9g}"


@contextmanager
def _told(path: Path):
    """Makes one line of what the operating system says of a file."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}): free it for writing"
        ) from error
