"""Images that a user names: a folder of them, an array in an `.npz`, or one file."""

import os
from pathlib import Path

import numpy as np

from wgan_tf.data import preprocess
from wgan_tf.data.file_search import walk
from wgan_tf.data.image_file import opened
from wgan_tf.data.order import fixed_indices
from wgan_tf.data.scaling import to_float
from wgan_tf.data.skipped import Skipped, one_line, printable
from wgan_tf.data.source import decode_all
from wgan_tf.errors import UserError, in_words
from wgan_tf.files.reading import array_names, read_arrays

# The array that is taken where several could be meant, and the one that an iterator began with.
NAMES = ("images", "generated", "after")
BEFORE = ("before",)
_GREY = ("1", "L", "LA", "I", "F")
_LUMA = np.float32([0.299, 0.587, 0.114])  # ITU-R 601, as Pillow's conversion


def read_images(
    path: str | os.PathLike,
    most: int,
    *,
    crop: int | None = None,
    size: int | None = None,
    channels: int | None = None,
    names: tuple[str, ...] = NAMES,
) -> np.ndarray:
    """The images of a folder or an `.npz`.

    Args:
        path: a folder, searched recursively, or an `.npz` with an array (n, h, w, 1 or 3), uint8 or
            float in [-1, 1]: the one named as in `names`, else the first with four axes.
        most: of more images than that this many are chosen, always the same.
        crop, size: how the images of a folder are fitted, see `preprocess.fit`; arrays must have
            the size. None: as they are, which must be one size for all.
        channels: 1 or 3; None: as they are, 3 where a folder has both.
        names: of the arrays that are meant, the first that is there.

    Returns:
        float32 (n, h, w, c), n at least 1. What their values are is not checked.

    Raises:
        UserError: there are no images, they have several sizes, or the file is damaged.
    """
    path = Path(path)
    if path.is_dir():
        images = _read_folder(path, most, crop, size, channels)
    elif path.suffix.lower() == ".npz":
        images = _read_npz(path, names)
        if size is not None and images.shape[1:3] != (size, size):
            raise UserError(
                f"{path}: its images are {in_words(images.shape[2:0:-1])}, {size}x{size} is "
                "wanted: arrays are not resized"
            )
        if len(images) > most:
            images = images[fixed_indices(len(images), most, 0)]
        images = _scaled(images, path)
    else:
        raise UserError(f"{path} is neither a folder of images nor an .npz")
    return images if channels is None else in_channels(images, channels)


def read_image(
    path: str | os.PathLike, *, crop: int | None, size: int, channels: int
) -> np.ndarray:
    """One image file, fitted as those of a folder: float32 (1, size, size, channels) in [-1, 1].

    Raises:
        UserError: it is no image, or a damaged one.
    """
    try:
        image = preprocess.read(path, crop, size, channels)
    except Exception as error:  # Pillow's readers raise nearly anything on damaged files
        raise UserError(f"{path} cannot be read as an image: {one_line(error)}") from error
    return to_float(image[None])


def in_channels(images: np.ndarray, channels: int) -> np.ndarray:
    """Float images (n, h, w, 1 or 3) in grey (1) or colour (3)."""
    if images.shape[-1] == channels:
        return images
    return (images @ _LUMA)[..., None] if channels == 1 else np.repeat(images, 3, axis=-1)


def _read_folder(root: Path, most: int, crop, size, channels) -> np.ndarray:
    skipped = Skipped()
    names = sorted(walk(os.fspath(root), skipped=skipped))
    if not names:
        raise UserError(f"{root}: no images in this folder or below it")
    if len(names) > most:
        names = [names[index] for index in np.sort(fixed_indices(len(names), most, 0))]
    if size is None or channels is None:
        forms = _forms(root, names)
        if channels is None:
            channels = 1 if all(mode in _GREY for _, mode in forms) else 3
        if size is None:
            crop, size = None, _common_side(root, {form for form, _ in forms})

    def load(index: int) -> np.ndarray:
        return preprocess.read(root / names[index], crop, size, channels)

    title = f"reading {printable(root.name)}"
    images, good = decode_all(load, names, (size, size, channels), title, skipped)
    if not len(good):
        raise UserError(f"{root}: none of its {len(names)} images can be decoded, see the warnings")
    return to_float(images)


def _forms(root: Path, names: list[str]) -> set[tuple[tuple[int, int], str]]:
    """((width, height), mode) of the files that are images; `decode_all` warns of the others."""
    forms = set()
    for name in names:
        try:
            with opened(root / name) as image:
                forms.add((image.size, image.mode.split(";")[0]))
        except Exception:  # Pillow's readers raise nearly anything on damaged files
            continue
    if not forms:
        raise UserError(f"{root}: none of its {len(names)} images can be decoded")
    return forms


def _common_side(root: Path, sizes: set[tuple[int, int]]) -> int:
    width, height = min(sizes)
    if len(sizes) == 1 and width == height:
        return width
    what = f"are {in_words((width, height))}"
    if len(sizes) > 1:
        what = f"have {len(sizes)} sizes, such as {in_words(min(sizes))} and {in_words(max(sizes))}"
    raise UserError(
        f"{root}: the images {what}; say what square to bring them to with --image_size=SIZE or "
        "--image_size=CROP,SIZE"
    )


def holds_before(path: str | os.PathLike) -> bool:
    """Whether a path is an `.npz` of images before and after, as the iterators write them."""
    try:
        return {"before", "after"} <= set(array_names(path))
    except ValueError:
        return False


def _read_npz(path: Path, names: tuple[str, ...]) -> np.ndarray:
    """The array of images as it is stored, (n, h, w, 1 or 3)."""
    try:
        there = array_names(path)
        named = [name for name in names if name in there]
        for name in [*named, *(name for name in there if name not in named)]:
            array = read_arrays(path, (name,))[name]
            if array.ndim == 4 and array.shape[-1] in (1, 3) and 0 not in array.shape:
                return array
    except ValueError as error:
        raise UserError(
            f"{path} is damaged, or no .npz of plain arrays ({error}): write it with numpy.savez"
        ) from error
    raise UserError(f"{path} holds no images: an array (n, height, width, 1 or 3) is wanted")


def _scaled(images: np.ndarray, path: Path) -> np.ndarray:
    """float32 in [-1, 1] from bytes, or as it is from floats."""
    if images.dtype == np.uint8:
        return to_float(images)
    if images.dtype.kind != "f":
        raise UserError(
            f"{path}: its images are {images.dtype}: uint8, or floats in [-1, 1], are wanted"
        )
    if images.min() >= 0 and images.max() > images.min():
        # Not one pixel darker than grey: from 0 to 1, which would be measured wrongly.
        raise UserError(
            f"{path}: its images have values from {images.min():g} to {images.max():g}: scale them "
            "to [-1, 1]"
        )
    return images.astype(np.float32, copy=False)
