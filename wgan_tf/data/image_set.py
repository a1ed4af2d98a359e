"""Images that a user names: a folder of files, records or arrays, a file of these, or one image."""

import os
import tempfile
from pathlib import Path

import numpy as np

from wgan_tf.data import preprocess
from wgan_tf.data.array_files import checked_pixels, is_arrays
from wgan_tf.data.folder import Found, look
from wgan_tf.data.image_file import opened
from wgan_tf.data.order import fixed_indices
from wgan_tf.data.scaling import to_float
from wgan_tf.data.skipped import Skipped, one_line, printable
from wgan_tf.data.source import decode_all
from wgan_tf.data.splits import choose, has_test
from wgan_tf.data.tfrecord_format import Records
from wgan_tf.errors import UserError, in_words
from wgan_tf.files.reading import array_names, array_shapes, read_array, read_arrays

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
    how: str = "squeeze",
    channels: int | None = None,
    names: tuple[str, ...] = NAMES,
) -> np.ndarray:
    """The images of a folder or a file: all that `--mode=generate` writes, and what training
    learns from.

    Args:
        path: what `folder.open_folder` reads; where it has a split "test", that. Of an `.npz` the
            array (n, h, w, 1 or 3), uint8 or float in [-1, 1], that is named as in `names`, else
            the first with four axes.
        most: of more images than that this many are chosen, always the same.
        crop, size, how: in which images in files and records are fitted, see `preprocess.fit`;
            arrays must have the size. None: as they are, which must be one size for all.
        channels: 1 or 3; None: as they are, 3 where a folder has both.
        names: of the arrays that are meant, the first that is there.

    Returns:
        float32 (n, h, w, c) in [-1, 1], n at least 1.

    Raises:
        UserError: there are no images, they have several sizes or another scale, or the file is
            damaged.
    """
    path, skipped = Path(os.path.expanduser(path)), Skipped()
    if path.is_file() and is_arrays(path.name):
        images = _read_arrays(path, [path], most, size, names)
    else:
        if not path.exists():
            raise UserError(f"{path}: there is no such folder or file")
        with tempfile.TemporaryDirectory() as scratch:
            found = _of_test(look(os.fspath(path), skipped, scratch))
            if found.images or found.records:
                images = _read_files(path, found, skipped, most, (crop, size, how), channels)
            else:
                folder = Path(found.place.root)
                files = [folder / name for name in found.arrays]
                images = _read_arrays(path, files, most, size, names)
    return images if channels is None else in_channels(images, channels)


def _of_test(found: Found) -> Found:
    """What there is of a split "test", if there is one: the others are there to be learnt from."""
    splits, names = found.splits, found.images or found.records or found.arrays
    if not has_test(splits):
        return found
    chosen = [names[index] for index in choose(len(names), splits, "test")]
    kind = "images" if found.images else "records" if found.records else "arrays"
    return found._replace(**{kind: chosen}, chosen=True)


def read_image(
    path: str | os.PathLike, *, crop: int | None, size: int, channels: int, how: str = "squeeze"
) -> np.ndarray:
    """One image file, fitted as those of a folder: float32 (1, size, size, channels) in [-1, 1].

    Raises:
        UserError: it is no image, or a damaged one.
    """
    try:
        image = preprocess.read(os.path.expanduser(path), crop, size, channels, how=how)
    except Exception as error:  # Pillow's readers raise nearly anything on damaged files
        raise UserError(f"{path} cannot be read as an image: {one_line(error)}") from error
    return to_float(image[None])


def in_channels(images: np.ndarray, channels: int) -> np.ndarray:
    """Float images (n, h, w, 1 or 3) in grey (1) or colour (3)."""
    if images.shape[-1] == channels:
        return images
    return (images @ _LUMA)[..., None] if channels == 1 else np.repeat(images, 3, axis=-1)


class _Files:
    """Image files by number.

    Args:
        place: where they lie, see `containers`.
        names: of the files there.
    """

    def __init__(self, place, names: list[str]):
        self._place, self._names = place, names

    def choose(self, chosen: np.ndarray) -> None:
        """Leaves these only."""
        self._names = [self._names[index] for index in chosen]

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, index: int) -> str:
        """The name of a file, for a warning."""
        return self._names[index]

    def parse(self, index: int) -> tuple[bytes | str, None]:
        """As that of `Records`: what holds an image, here its file, and its label."""
        return self._place.encoded(self._names[index]), None


def _read_files(root: Path, found: Found, skipped, most: int, frame: tuple, channels):
    """The images (n, h, w, c) of image files or of TFRecords."""
    crop, size, how = frame
    if found.images:
        images = _Files(found.place, found.images)
    else:
        images = Records(found.place.root, found.records, skipped)
        if not len(images):
            raise UserError(f"{root}: no whole record in its TFRecord files, see the warnings")
    if len(images) > most:
        images.choose(np.sort(fixed_indices(len(images), most, 0)))
    if size is None or channels is None:
        forms = _forms(root, images)
        if channels is None:
            channels = 1 if all(mode in _GREY for _, mode in forms) else 3
        if size is None:
            crop, size = None, _common_side(root, {form for form, _ in forms})

    def load(index: int) -> np.ndarray:
        return preprocess.read(images.parse(index)[0], crop, size, channels, how=how)

    title = f"reading {printable(root.name)}"
    decoded, good = decode_all(load, images, (size, size, channels), title, skipped)
    if not len(good):
        raise UserError(
            f"{root}: none of its {len(images)} images can be decoded, see the warnings"
        )
    return to_float(decoded)


def _forms(root: Path, images) -> set[tuple[tuple[int, int], str]]:
    """((width, height), mode) of those that are images; `decode_all` warns of the others."""
    forms = set()
    for index in range(len(images)):
        try:
            with opened(images.parse(index)[0]) as image:
                forms.add((image.size, image.mode.split(";")[0]))
        except Exception:  # Pillow's readers raise nearly anything on damaged files
            continue
    if not forms:
        raise UserError(f"{root}: none of its {len(images)} images can be decoded")
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


def _read_arrays(path: Path, files: list[Path], most: int, size, names) -> np.ndarray:
    """The images (n, h, w, c) of the arrays in one `.npz` or several, one size for all.

    Args:
        path: what the user named, for messages.
    """
    shapes = [_array_of_images(file, names)[1] for file in files]
    different = {shape[1:] for shape in shapes}
    if len(different) > 1:
        some = " and ".join(in_words(shape) for shape in sorted(different)[:2])
        raise UserError(f"{path}: its arrays hold images of several shapes, such as {some}")
    (shape,) = different
    if size is not None and shape[:2] != (size, size):
        raise UserError(
            f"{path}: its images are {in_words(shape[1::-1])}, {size}x{size} is "
            "wanted: arrays are not resized"
        )
    firsts = np.cumsum([0, *(shape[0] for shape in shapes)])
    chosen = np.arange(firsts[-1])
    if len(chosen) > most:
        chosen = fixed_indices(len(chosen), most, 0)
    if len(files) == 1:
        images = _read_npz(files[0], names)
        return _floats(images if len(chosen) == len(images) else images[chosen], path)
    chosen, parts = np.sort(chosen), []
    # At the memory of what is chosen and one file: a million images may be more than there is.
    for file, first, last in zip(files, firsts, firsts[1:], strict=False):
        rows = chosen[(first <= chosen) & (chosen < last)] - first
        if len(rows):
            parts.append(_read_npz(file, names)[rows])
    if len({part.dtype for part in parts}) > 1:
        raise UserError(f"{path}: some of its arrays are bytes and some are not")
    return _floats(np.concatenate(parts), path)


def _read_npz(path: Path, names: tuple[str, ...]) -> np.ndarray:
    """The array of images as it is stored, (n, h, w, 1 or 3)."""
    name, _ = _array_of_images(path, names)
    try:
        array = read_array(path) if _is_npy(path) else read_arrays(path, (name,))[name]
        return array if array.ndim == 4 else array[..., None]
    except ValueError as error:
        raise _damaged(path, error) from error


def _array_of_images(path: Path, names: tuple[str, ...]) -> tuple[str, tuple[int, ...]]:
    """Name and shape of the array of images in an `.npz`."""
    try:
        there = {"images": read_array(path).shape} if _is_npy(path) else array_shapes(path)
    except ValueError as error:
        raise _damaged(path, error) from error
    named = [name for name in names if name in there]
    for name in [*named, *(name for name in there if name not in named)]:
        shape = there[name]
        if len(shape) == 4 and shape[-1] in (1, 3) and 0 not in shape:
            return name, shape
        if len(shape) == 3 and min(shape) > 3 and (_is_npy(path) or name in names):
            return name, (*shape, 1)  # grey ones without their last axis
    raise UserError(f"{path} holds no images: an array (n, height, width, 1 or 3) is wanted")


def _is_npy(path: Path) -> bool:
    return path.name.lower().endswith(".npy")


def _damaged(path: Path, error: ValueError) -> UserError:
    return UserError(
        f"{path} is damaged, or no .npz of plain arrays ({error}): write it with numpy.savez"
    )


def _floats(images: np.ndarray, path: Path) -> np.ndarray:
    """float32 in [-1, 1]; see `array_files.checked_pixels`."""
    images = checked_pixels(images, path)
    return to_float(images) if images.dtype == np.uint8 else images
