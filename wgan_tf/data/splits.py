"""Splits of a user's own images: the folders `train`, `test` and `val`, or parts of one heap.

Without such folders nothing is held out unless a part is asked for: `train[:90%]`, what labels are
learnt from, leaves `train[90%:]` to measure with.
"""

import re
from collections.abc import Sequence

import numpy as np

from wgan_tf.errors import UsageError, UserError

# What is learnt from where a mode needs images that are not.
SEEN = "train[:90%]"
_SEEN_PERCENT = 90
_NAMES = {
    "train": "train", "training": "train", "test": "test", "testing": "test",
    "val": "val", "valid": "val", "validation": "val",
}  # fmt: skip
# Of TFRecords and arrays, which are files of many images.
_IN_FILE_NAME = re.compile(
    rf"(?:^|[-_.])({'|'.join(sorted(_NAMES, key=len, reverse=True))})(?=[-_.]|$)", re.IGNORECASE
)
_PART = re.compile(r"(train|test|val)\[(?:(\d+)%)?:(?:(\d+)%)?\]")
_ORDER = 5  # seed of the order from which parts are taken


def splits_of(names: Sequence[str], in_file_names: bool = False) -> dict[str, list[int]]:
    """Which files belong to which split; empty where the files are one heap.

    The folders at the top are splits where one is `train` and another `test` or `val` (also
    `valid`, `validation`), or where `train` is alone: `train` beside `car` and `bus` is a class.

    Args:
        names: of files, relative to the data, with slashes between.
        in_file_names: whether the files' names may say it, too, as `x-train.tfrecord`.

    Returns:
        "train", "test", "val" to numbers of the names, in order.
    """
    splits, others = _sorted_by(names, lambda name: _NAMES.get(_folder(name).lower()))
    if not _are_splits(splits, others) and in_file_names:
        splits, others = _sorted_by(names, _named_in)
        if others:
            return {}
    return splits if _are_splits(splits, others) else {}


def has_test(splits: dict) -> bool:
    """Whether some of the images were set apart by whoever made the folder."""
    return bool({"test", "val"} & splits.keys())


def choose(count: int, splits: dict[str, list[int]], split: str) -> np.ndarray:
    """Which of `count` images belong to a split: int64 indices, in order.

    Args:
        count: images in all.
        splits: what `splits_of` gave.
        split: "train", "test", "val", or a part of one, as "train[:50%]", in a fixed random order;
            "test" is "val" where there is only that.

    Raises:
        UsageError: another split is asked for.
        UserError: the part is empty.
    """
    if not splits:
        return part(count, split)
    match = _PART.fullmatch(split)
    name = match[1] if match else _NAMES.get(split, split)
    if name == "test" and name not in splits and "val" in splits:
        name = "val"
    if name not in splits:
        raise UsageError(
            f"--split={split}: this data has the splits {', '.join(splits)}, and parts of them as "
            "train[:50%]"
        )
    rows = np.asarray(splits[name], np.int64)
    return rows[part(len(rows), f"train{split[len(match[1]):]}")] if match else rows


def unseen(split: str) -> str | None:
    """The part of one heap that a training on another part never saw; None where there is none.

    It is the last tenth, or less where training reaches into that.
    """
    match = _PART.fullmatch(split)
    last = int(match[3] or 100) if match and match[1] == "train" else 100
    return f"train[{max(last, _SEEN_PERCENT)}%:]" if last < 100 else None


def part(count: int, split: str) -> np.ndarray:
    """As `choose`, of a heap, which has "train" and parts of it only."""
    if split == "train":
        return np.arange(count)
    match = _PART.fullmatch(split)
    inside = match and match[1] == "train"
    first, last = (int(match[2] or 0), int(match[3] or 100)) if inside else (0, 0)
    if not 0 <= first < last <= 100:
        raise UsageError(
            f"--split={split}: a folder has the split train, and parts of it as train[:50%] or "
            "train[50%:75%]; folders train and test in it are splits"
        )
    # Folders are often sorted by what the images show.
    order = np.random.default_rng(_ORDER).permutation(count)
    chosen = order[count * first // 100 : count * last // 100]
    if not len(chosen):
        raise UserError(f"--split={split}: no image of the {count} falls into this part")
    return np.sort(chosen)


def _sorted_by(names: Sequence[str], key) -> tuple[dict[str, list[int]], set[str]]:
    """Numbers of the names by split, and the folders or files that belong to none."""
    splits: dict[str, list[int]] = {}
    others = set()
    for number, name in enumerate(names):
        split = key(name)
        if split is None:
            others.add(_folder(name))
        else:
            splits.setdefault(split, []).append(number)
    return {name: splits[name] for name in ("train", "test", "val") if name in splits}, others


def _are_splits(splits: dict, others: set) -> bool:
    return "train" in splits and (len(splits) > 1 or not others)


def _folder(name: str) -> str:
    first, slash, _ = name.replace("\\", "/").partition("/")
    return first if slash else ""


def _named_in(name: str) -> str | None:
    match = _IN_FILE_NAME.search(name.rpartition("/")[2])
    return match and _NAMES[match[1].lower()]
