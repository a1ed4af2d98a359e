"""Files that are written whole or not at all."""

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from wgan_tf.errors import UserError


@contextmanager
def written_whole(path: str | os.PathLike) -> Iterator[Path]:
    """Yields a temporary name beside `path`; the file takes its place if the block succeeds.

    Raises:
        UserError: the folder or the file cannot be written.
    """
    path = Path(path)
    unfinished = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
        os.replace(unfinished, path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}): choose another folder "
            "or free it for writing"
        ) from error
    finally:
        # A folder that could not be made has no unfinished file; one that is a file raises.
        if unfinished.parent.is_dir():
            unfinished.unlink(missing_ok=True)


def write_json(path: str | os.PathLike, values: dict) -> None:
    """Writes values, NumPy numbers and arrays among them, as JSON; null for NaN and infinity.

    Raises:
        UserError: the file cannot be written.
    """

    def plain(value):
        if isinstance(value, np.ndarray | np.generic):
            value = value.tolist()
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [plain(each) for each in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    with written_whole(path) as unfinished:
        unfinished.write_text(json.dumps(plain(values), indent=2) + "\n", encoding="utf-8")
