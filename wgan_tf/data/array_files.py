"""Arrays of images in `.npz` and `.npy` files: what NumPy, Keras and `--mode=generate` write."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from wgan_tf.data import file_systems
from wgan_tf.data.form import Form
from wgan_tf.data.image_values import as_images
from wgan_tf.data.scaling import to_uint8
from wgan_tf.data.skipped import Skipped, printable
from wgan_tf.data.source import ArraySource, Request, decode_all, described
from wgan_tf.data.splits import choose, part
from wgan_tf.errors import UserError, in_words
from wgan_tf.files.reading import array_shapes, read_array, read_arrays

ENDINGS = (".npz", ".npy")
# The array that is taken where several could be meant.
NAMES = ("images", "generated", "after")
LABELS = ("labels", "label", "y")
# As Keras' own files have them (x_train, y_test), and others (train_images, test_labels).
_OF_SPLIT = re.compile(r"(train|test|val)_(\w+)|(\w+)_(train|test|val)")


class Arrays(NamedTuple):
    """What the files of a data set hold.

    Attributes:
        parts: split, or None where the arrays do not say one, to (file, name of the images' array,
            name of the labels' or None).
    """

    parts: dict[str | None, list[tuple[Path, str, str | None]]]

    @property
    def labelled(self) -> bool:
        """Whether all images have labels."""
        return all(label for rows in self.parts.values() for *_, label in rows)

    @property
    def has_test(self) -> bool:
        """Whether some were set apart."""
        return bool({"test", "val"} & self.parts.keys())


def is_arrays(name: str) -> bool:
    """Whether a file holds arrays, by its name."""
    return name.lower().endswith(ENDINGS)


def splits_of_arrays(root: str, names: Sequence[str]) -> Arrays:
    """What the files below a folder hold, without reading any array.

    Raises:
        UserError: one is damaged, or holds no images.
    """
    parts: dict[str | None, list] = {}
    for name in names:
        path = Path(file_systems.join(root, name))
        for split, images, labels in _named(path):
            parts.setdefault(split, []).append((path, images, labels))
    return Arrays(parts)


def form_of_arrays(path: str) -> Form:
    """The form of the images in a file, by its header alone.

    Raises:
        UserError: it is damaged, or holds none.
        OSError, ValueError: so does NumPy.
    """
    if path.lower().endswith(".npy"):
        # `_shapes` reads all of it.
        shapes = {"images": np.load(path, mmap_mode="r", allow_pickle=False).shape}
        name = "images"
    else:
        shapes = _shapes(Path(path))
        name = _named(Path(path))[0][1]
    _, height, width, *channels = shapes[name]
    return Form(width, height, channels[0] if channels else 1)


def open_arrays(
    request: Request, root: str, names: list[str], splits: dict[str, list[int]], skipped: Skipped
) -> ArraySource:
    """The images of arrays, in memory.

    Args:
        request: the images' form and split.
        root: the files' folder.
        names: of the files in it, in order.
        splits: of the files, see `splits.splits_of`.
        skipped: what was left out before.

    Raises:
        UsageError: there is no such split.
        UserError: a file is damaged, or holds none or others than images.
    """
    names, rows, split = _of_split(root, names, splits, request.split)
    images, labels = _read(rows)
    chosen = part(len(images), split)
    images = images[chosen]
    # Of all of them: a part may lack a class.
    classes = None if labels is None else [str(k) for k in range(int(labels.max()) + 1)]
    labels = None if labels is None else labels[chosen]
    images = fitted(images, request)
    skipped.total += len(images)
    named = names[0] if len(names) == 1 else ""
    where = f"arrays in {printable(file_systems.join(root, named) if named else root)}"
    words = f"{len(classes)} classes" if classes else ""
    has_splits = split != request.split
    description = described(request, where, len(images), skipped, words, "in memory", has_splits)
    return ArraySource(images, description, labels, classes, skipped)


def fitted(images: np.ndarray, request: Request) -> np.ndarray:
    """Images, uint8 (n, h, w, 1 or 3), in the form of a request, which notes what they had."""
    height, width = images.shape[1:3]
    request.shapes.append((width, height, None))
    if images.shape[1:] == request.shape:
        return images
    pictures = images[..., 0] if images.shape[-1] == 1 else images
    return decode_all(
        lambda index: request.fit(Image.fromarray(pictures[index])),
        [f"image {row}" for row in range(len(images))],
        request.shape,
        "fitting images",
    )[0]


def _of_split(root: str, names: list[str], splits: dict, split: str):
    """The files of a split, what to read of them, and the part of all that these have."""
    whole = split.partition("[")[0]
    inside = f"train{split[len(whole):]}"
    if splits:
        names = [names[index] for index in choose(len(names), splits, whole)]
        parts = splits_of_arrays(root, names).parts
        return names, [row for rows in parts.values() for row in rows], inside
    parts = splits_of_arrays(root, names).parts
    named = {name: [number] for number, name in enumerate(parts) if name}
    if not named:
        return names, parts[None], split
    (number,) = choose(len(parts), named, whole)
    return names, list(parts.values())[number], inside


def image_bytes(images: np.ndarray, path: Path) -> np.ndarray:
    """Bytes (n, h, w, c) from bytes, or from floats in [-1, 1].

    Raises:
        UserError: they are none of these.
    """
    images = checked_pixels(images, path)
    return images if images.dtype == np.uint8 else to_uint8(images)


def checked_pixels(images: np.ndarray, path: Path) -> np.ndarray:
    """The images (n, h, w, c) of a file: bytes as they are, or float32 in [-1, 1].

    Raises:
        UserError: they are none of these.
    """
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind != "f":
        raise UserError(
            f"{path}: its images are {images.dtype}: uint8, or floats in [-1, 1], are wanted"
        )
    try:
        return as_images(images)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def _named(path: Path) -> list[tuple[str | None, str, str | None]]:
    """Split, array of images and array of labels of a file."""
    shapes = _shapes(path)
    images = {name: shape for name, shape in shapes.items() if _are_images(shape)}
    if not images:
        raise UserError(f"{path} holds no images: an array (n, height, width, 1 or 3) is wanted")
    by_split = []
    for name, shape in images.items():
        match = _OF_SPLIT.fullmatch(name)
        if match:
            split = match[1] or match[4]
            labels = [
                other
                for other, form in shapes.items()
                if other != name and split in other.split("_") and _are_labels(form, shape[0])
            ]
            by_split.append((split, name, labels[0] if labels else None))
    if any(split == "train" for split, *_ in by_split):
        return by_split
    named = [name for name in NAMES if name in images]
    name = (named or list(images))[0]
    labels = [other for other in LABELS if _are_labels(shapes.get(other), shapes[name][0])]
    return [(None, name, labels[0] if labels else None)]


def _shapes(path: Path) -> dict[str, tuple]:
    try:
        if path.name.lower().endswith(".npz"):
            return array_shapes(path)
        return {"images": read_array(path).shape}
    except ValueError as error:
        raise UserError(
            f"{path} is damaged, or no file of plain arrays ({error}): write it with numpy.savez"
        ) from error


def _are_images(shape: tuple) -> bool:
    if 0 in shape:
        return False
    # Grey ones may lack their last axis.
    return len(shape) == 4 and shape[-1] in (1, 3) or len(shape) == 3 and min(shape[1:]) > 3


def _are_labels(shape: tuple | None, count: int) -> bool:
    return shape is not None and shape in ((count,), (count, 1))


def _read(rows: list[tuple[Path, str, str | None]]) -> tuple[np.ndarray, np.ndarray | None]:
    """The images as bytes (n, h, w, 1 or 3), and labels (n,) or None."""
    images, labels = [], []
    for path, name, label in rows:
        try:
            if path.name.lower().endswith(".npz"):
                arrays = read_arrays(path, [name, *([label] if label else [])])
            else:
                arrays = {"images": read_array(path)}
        except ValueError as error:
            raise UserError(f"{path} is damaged: {error}") from error
        array = arrays[name]
        images.append(image_bytes(array if array.ndim == 4 else array[..., None], path))
        labels.append(_numbers(arrays[label], path) if label else None)
    forms = sorted({array.shape[1:] for array in images})
    if len(forms) > 1:
        some = " and ".join(in_words(form) for form in forms[:2])
        raise UserError(
            f"{rows[0][0].parent}: its arrays hold images of several shapes, such as {some}"
        )
    known = [label for label in labels if label is not None]
    whole = np.concatenate(known) if len(known) == len(labels) else None
    return images[0] if len(images) == 1 else np.concatenate(images), whole


def _numbers(labels: np.ndarray, path: Path) -> np.ndarray:
    labels = labels.reshape(len(labels))
    if labels.dtype.kind == "f" and (labels == np.rint(labels)).all():
        labels = labels.astype(np.int64)
    if labels.dtype.kind not in "iu" or labels.min() < 0:
        raise UserError(f"{path}: its labels are {labels.dtype}: classes from 0 on are wanted")
    return labels.astype(np.int64)
