"""What the images of a folder show: by a file that says so, else by their sub-folders."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from absl import logging

from wgan_tf.data.skipped import one_line

# The first that is there wins.
LABEL_FILES = ("labels.json", "labels.csv", "metadata.csv")
# Labels are the numbers of classes where they are small ones, else names.
_MOST_CLASSES = 10_000
_FILE = ("file", "file_name", "filename", "path", "image", "image_id", "name", "id")
_LABEL = ("label", "labels", "class", "class_name", "category", "target")


class Labels(NamedTuple):
    """Of some images.

    Attributes:
        numbers: int64 (n,), -1 for images of which nothing says what they show.
        names: of the classes 0, 1, ...
        origin: what they are taken from, for people.
    """

    numbers: np.ndarray
    names: list[str]
    origin: str


def labels_of(
    names: Sequence[str],
    inner: Sequence[str | None],
    files: Sequence[str],
    read: Callable[[str], bytes],
) -> Labels | None:
    """Labels of images, or None where nothing gives any.

    Args:
        names: of the images, relative to the data, with slashes between.
        inner: the same without what is no class, the folder of the split; None: in no split.
        files: all label files that there are, by names as those of the images.
        read: gives the bytes of a file by its name.
    """
    for kind in LABEL_FILES:
        there = sorted(file for file in files if file.rpartition("/")[2].lower() == kind)
        labels = _by_files(names, there, read) if there else None
        if labels:
            return labels
    return _by_folders(inner)


def without_common_folder(names: Sequence[str]) -> list[str]:
    """Names without the folders in which all of them are, as `zip -r x.zip folder` makes one."""
    names = list(names)
    while names:
        first = names[0].partition("/")[0]
        if not all(name.startswith(first + "/") for name in names):
            break
        names = [name[len(first) + 1 :] for name in names]
    return names


def _by_folders(inner: Sequence[str | None]) -> Labels | None:
    """Folders are classes, sorted by name, if all images are in two or more."""
    rows = [row for row, name in enumerate(inner) if name is not None]
    within = without_common_folder([inner[row] for row in rows])
    folders = [name.partition("/")[0] for name in within if "/" in name]
    classes = sorted(set(folders))
    if len(folders) < len(within) or len(classes) < 2:
        return None
    place = {name: number for number, name in enumerate(classes)}
    numbers = np.full(len(inner), -1, np.int64)
    numbers[rows] = [place[name] for name in folders]
    return Labels(numbers, classes, "sub-folders")


def _by_files(names: Sequence[str], files: Sequence[str], read) -> Labels | None:
    known: dict[int, str | int] = {}
    missing = 0
    for file in files:
        folder = file.rpartition("/")[0]
        try:
            pairs = _pairs(file, read(file))
        except (OSError, ValueError, csv.Error, RecursionError) as error:
            logging.warning("%s is not used: %s", file, one_line(error))
            continue
        found = _matched(names, folder + "/" if folder else "", pairs)
        known.update(found)
        missing += len(pairs) - len(found)
    if not known:
        return None
    if missing:
        logging.warning("%s: %d of its files are not among the images", files[0], missing)
    values = list(known.values())
    if all(_is_number(value) for value in values):
        classes = [str(number) for number in range(max(map(int, values)) + 1)]
        numbers = {number: int(value) for number, value in known.items()}
    else:
        classes = sorted({str(value) for value in values})
        place = {name: number for number, name in enumerate(classes)}
        numbers = {number: place[str(value)] for number, value in known.items()}
    labels = np.full(len(names), -1, np.int64)
    labels[list(numbers)] = list(numbers.values())
    return Labels(labels, classes, files[0])


def _is_number(value: str | int) -> bool:
    text = str(value)
    return text.isdecimal() and len(text) <= 5 and int(text) < _MOST_CLASSES


def _matched(names: Sequence[str], folder: str, pairs: list[tuple]) -> dict[int, str | int]:
    """Numbers of images to their labels: by path, else by name, else by name without ending."""
    inside = [(n, name[len(folder) :]) for n, name in enumerate(names) if name.startswith(folder)]
    keys: tuple[dict, ...] = ({}, {}, {})
    for number, name in inside:
        base = name.rpartition("/")[2]
        for key, text in zip(keys, (name, base, base.rpartition(".")[0] or base), strict=True):
            # Two of one name are neither.
            key[text] = None if text in key else number
    found = {}
    for file, label in pairs:
        file = str(file).replace("\\", "/").removeprefix("./")
        number = next((key[file] for key in keys if key.get(file) is not None), None)
        if number is not None:
            found[number] = label
    return found


def _pairs(file: str, content: bytes) -> list[tuple]:
    """(file, label) of a label file.

    Raises:
        ValueError: it has another form.
    """
    text = content.decode("utf-8-sig")
    values = _json(text) if file.lower().endswith(".json") else _csv(text)
    pairs = [(name, _plain(label)) for name, label in values]
    return [(name, label) for name, label in pairs if label not in (None, "")]


def _plain(label):
    if isinstance(label, str):
        # Tables with a gap make floats of whole numbers.
        return re.sub(r"^(\d+)\.0*$", r"\1", label.strip())
    if isinstance(label, float) and label.is_integer():
        return int(label)
    if label is None or (isinstance(label, int) and not isinstance(label, bool)):
        return label
    if isinstance(label, bool):
        return int(label)
    raise ValueError("its labels are neither numbers nor names")


def _json(text: str) -> list[tuple]:
    values = json.loads(text)
    if isinstance(values, dict) and isinstance(values.get("labels"), list | dict):
        values = values["labels"]
    if isinstance(values, dict):
        return list(values.items())
    if isinstance(values, list) and all(isinstance(row, list) and len(row) == 2 for row in values):
        return [tuple(row) for row in values]
    if isinstance(values, list) and values and all(isinstance(row, dict) for row in values):
        columns = _columns(list(values[0]))
        if columns:
            return [(row.get(columns[0]), row.get(columns[1])) for row in values]
    raise ValueError('neither {"file": label, ...} nor [["file", label], ...]')


def _csv(text: str) -> list[tuple]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    columns = _columns(rows[0]) if rows else None
    if columns:
        places = [rows[0].index(name) for name in columns]
        wide = [row for row in rows[1:] if len(row) > max(places)]
        return [tuple(row[place].strip() for place in places) for row in wide]
    if rows and all(len(row) == 2 for row in rows):  # no head
        return [(row[0].strip(), row[1]) for row in rows]
    raise ValueError("no columns file and label")


def _columns(names: list[str]) -> tuple[str, str] | None:
    plain = {str(name).strip().lower(): name for name in reversed(names)}
    file = next((plain[name] for name in _FILE if name in plain), None)
    label = next((plain[name] for name in _LABEL if name in plain), None)
    return None if file is None or label is None else (file, label)
