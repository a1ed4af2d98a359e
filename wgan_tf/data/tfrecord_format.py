"""The records of TFRecord files, read in any order.

In a file each record is 8 bytes of its length, 4 of their checksum, the record, and 4 of its
checksum: CRC-32C, masked (tensorflow/core/lib/io/record_writer.h). Here a record is a
`tf.train.Example` that holds the bytes of an image file under one of `IMAGE_KEYS` and, where there
are labels, an int64 under one of `LABEL_KEYS`.
"""

import re
import struct
from array import array

import google_crc32c
import numpy as np
from tqdm import tqdm

from wgan_tf.data import file_systems
from wgan_tf.data.image_file import MAX_BYTES, TooLarge
from wgan_tf.data.skipped import Skipped

IMAGE_KEYS = ("image/encoded", "image", "image_raw")
LABEL_KEYS = ("image/class/label", "label")
_NAME = re.compile(r".*\.tfrecords?(-\d+-of-\d+)?", re.IGNORECASE | re.DOTALL)
_HEADER, _CHECK = struct.Struct("<QI"), struct.Struct("<I")
_AROUND = _HEADER.size + _CHECK.size
# What the two ways of compression begin with that TensorFlow writes.
_COMPRESSED = (b"\x1f\x8b", b"\x78\x9c", b"\x78\x01", b"\x78\xda")


class Damaged(ValueError):
    """A record that is not as it was written, or lacks what the others have."""


def is_records(name: str) -> bool:
    """Whether a file holds records, by its name: `x.tfrecord`, `x.tfrecord-00000-of-00010`."""
    return bool(_NAME.fullmatch(name))


class Records:
    """The records of several files, by one number. Holds 16 bytes for each.

    Args:
        root: the files' folder.
        names: of the files in it.
        skipped: takes what cannot be used of the files.
    """

    def __init__(self, root: str, names: list[str], skipped: Skipped):
        self._root, self._names, self.skipped = root, names, skipped
        with tqdm(names, desc="indexing records", unit=" files", delay=1, leave=False) as bar:
            # Where each record begins, and where the last one ends.
            self._offsets = [record_offsets(root, name, skipped) for name in bar]
        self._first = np.cumsum([0, *(len(offsets) - 1 for offsets in self._offsets)])
        self._chosen = np.arange(self._first[-1])

    def choose(self, chosen: np.ndarray) -> None:
        """Leaves these records only."""
        self._chosen = self._chosen[chosen]

    def __len__(self) -> int:
        return len(self._chosen)

    def __getitem__(self, index: int) -> str:
        """The name of a record, for a warning."""
        file, number = self._place(index)
        return f"{self._names[file]} record {number}"

    def read(self, index: int) -> bytes:
        """A record.

        Raises:
            Damaged: its checksum says so.
            OSError: the file cannot be read.
        """
        file, number = self._place(index)
        first, last = self._offsets[file][number : number + 2].tolist()
        length = last - first - _AROUND
        if length > MAX_BYTES:
            raise TooLarge(f"{length / 2**20:.0f} MiB, more than {MAX_BYTES / 2**20:.0f}")
        with file_systems.reading(file_systems.join(self._root, self._names[file])) as part_of:
            stored = part_of(first + _HEADER.size, length + _CHECK.size)
        if len(stored) < length + _CHECK.size:
            raise Damaged("the file has become shorter")
        if _CHECK.unpack(stored[-_CHECK.size :])[0] != _checksum(stored[: -_CHECK.size]):
            raise Damaged("its checksum differs")
        return stored[: -_CHECK.size]

    def parse(self, index: int) -> tuple[bytes, int | None]:
        """The bytes of a record's image, and its label.

        Raises:
            Exception: as `read`, or the record is no example with an image.
        """
        import tensorflow as tf

        feature = tf.train.Example.FromString(self.read(index)).features.feature
        # Asking a map of protobuf's for what it lacks would add it.
        images = (feature[key].bytes_list.value for key in IMAGE_KEYS if key in feature)
        image = next((values[0] for values in images if values), None)
        if image is None:
            listed = ", ".join(sorted(feature)[:8]) or "nothing"
            raise Damaged(f"no image under {', '.join(IMAGE_KEYS)}, but {listed}")
        labels = (feature[key].int64_list.value for key in LABEL_KEYS if key in feature)
        return image, next((int(values[0]) for values in labels if values), None)

    def _place(self, index: int) -> tuple[int, int]:
        """The file of a record, and its number there."""
        record = int(self._chosen[index])
        file = int(np.searchsorted(self._first, record, "right")) - 1
        return file, record - int(self._first[file])


def record_offsets(root: str, name: str, skipped: Skipped) -> np.ndarray:
    """Where the records of a file begin, and where the last one ends: int64 (n + 1,).

    Only the lengths are read. What follows a damaged length cannot be found, and what is cut off
    is not used; both are noted.
    """
    offsets = array("q", [0])
    try:
        path = file_systems.join(root, name)
        size = file_systems.size(path)
        with file_systems.reading(path) as part_of:
            problem = "" if size else "the file is empty"
            while offsets[-1] < size and not problem:
                header = part_of(offsets[-1], _HEADER.size)
                problem = _problem(header, size - offsets[-1])
                if not problem:
                    offsets.append(offsets[-1] + _HEADER.unpack(header)[0] + _AROUND)
    except OSError as error:
        skipped.add_error(name, error)
        skipped.total += 1
        return np.asarray(offsets, np.int64)
    if problem:
        skipped.total += 1
        skipped.add(f"{name} record {len(offsets) - 1}", "damaged", problem)
    return np.asarray(offsets, np.int64)


def _problem(header: bytes, left: int) -> str:
    """What is wrong with a record of which these are the first bytes, or nothing.

    Args:
        header: its length and the checksum of that.
        left: bytes from its beginning to the end of the file.
    """
    if len(header) < _HEADER.size:
        return f"cut off after {left} bytes"
    length, check = _HEADER.unpack(header)
    if check != _checksum(header[:8]):
        if header.startswith(_COMPRESSED):
            return "a compressed file, which is not read: write it without compression"
        return f"its length is damaged; the last {left} bytes of the file are left out"
    return f"cut off after {left} of {length + _AROUND} bytes" if length + _AROUND > left else ""


def _checksum(data: bytes) -> int:
    """CRC-32C, rotated and shifted so that the checksum of what holds checksums is one, too."""
    crc = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
