"""What of a data set cannot be used: every file or record once, and why."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from absl import logging
from PIL import Image, UnidentifiedImageError

from wgan_tf.data.file_systems import Unreachable
from wgan_tf.data.image_file import Empty, TooLarge
from wgan_tf.files.writing import write_json

FILE = "skipped.json"
# Warnings; a folder of a million broken files must not fill a log.
_LINES = 20
_TOO_LARGE = (TooLarge, Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Skip:
    """One file or record: its path relative to the data, a word or two that are counted, and
    what exactly is wrong with it.
    """

    name: str
    reason: str
    detail: str


class Skipped:
    """Collects what is skipped, each name once, and warns of the first. Several threads may add.

    Args:
        quiet: whether nobody is warned, where the same files will be read again.

    Attributes:
        total: files or records that were looked for, the skipped ones included.
        complete: whether all of them were read, so that no more can come.
    """

    def __init__(self, quiet: bool = False):
        self._quiet = quiet
        self.total, self.complete = 0, True
        self._skips: dict[str, Skip] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._skips)

    def __iter__(self) -> Iterator[Skip]:
        with self._lock:
            return iter(list(self._skips.values()))

    def add(self, name: str, reason: str, detail: str = "") -> None:
        """Notes a file or record."""
        name = printable(name)
        with self._lock:
            if name in self._skips:
                return
            self._skips[name] = Skip(name, reason, detail)
            count = len(self._skips)
        if self._quiet:
            return
        if count <= _LINES:
            logging.warning("skipping %s: %s", name, f"{reason}: {detail}" if detail else reason)
        if count == _LINES:
            logging.warning("what else is skipped is counted without a line")

    def add_error(self, name: str, error: Exception) -> None:
        """Notes a file or record by the error that reading it raised."""
        self.add(name, reason_of(error), one_line(error))


def reason_of(error: Exception) -> str:
    """The word or two for an error that reading an image raised."""
    if isinstance(error, Empty):
        return "empty"
    if isinstance(error, _TOO_LARGE):
        return "too large"
    if isinstance(error, UnidentifiedImageError):
        return "no image"
    if isinstance(error, MemoryError):
        return "out of memory"
    # Pillow's own OSErrors have no number.
    if isinstance(error, Unreachable) or (isinstance(error, OSError) and error.errno):
        return "unreadable"
    return "damaged"


def write_skipped(logs_dir: str | os.PathLike, source, file: str = FILE) -> str | None:
    """Writes `skipped.json` into a run's folder; where nothing ever was skipped there is none.

    A source that decodes as it reads learns of bad images as it comes to them, so it also keeps
    what the file names from before the run was interrupted.

    Args:
        logs_dir: the run's folder.
        source: of images.
        file: another name for it.

    Returns:
        A line for the user, or None if nothing is skipped.

    Raises:
        UserError: the file cannot be written.
    """
    skipped, path = source.skipped, Path(logs_dir) / file
    skips = {skip.name: asdict(skip) for skip in skipped}
    stored = _stored(path)
    if not skipped.complete and stored.get("data") == source.description:
        skips = {**{skip["name"]: skip for skip in stored["files"]}, **skips}
    if not skips and not stored:
        return None
    values = {
        "data": source.description,
        "found": skipped.total,
        "skipped": len(skips),
        # Where images are decoded as they are needed there may be more.
        "all_read": skipped.complete,
        "reasons": dict(Counter(skip["reason"] for skip in skips.values()).most_common()),
        "files": [skips[name] for name in sorted(skips)],
    }
    if values != stored:
        write_json(path, values)
    far = "" if skipped.complete else " so far"
    line = f"{len(skips):,} of {skipped.total:,} images skipped{far}, see {path}"
    return line if skips else None


def _stored(path: Path) -> dict:
    """What the file holds, or nothing if it is not there or not of this form."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        skips = [Skip(**entry) for entry in stored["files"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    plain = all(isinstance(text, str) for skip in skips for text in asdict(skip).values())
    return stored if plain else {}


def printable(text: str) -> str:
    """On one line, and without what a terminal obeys or cannot show: `\\udcff` for a byte of a
    file name that is no text.
    """
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def one_line(error: Exception) -> str:
    """The message of an error that was not written for users, on one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
