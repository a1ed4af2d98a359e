"""The one path from an encoded image, whatever its source, to uint8 pixels.

Pillow decodes everything, JPEG with its accurate DCT: metrics compare images from different
sources, and decoders differ by more than a good generator does.
"""

import os

import numpy as np
from PIL import Image, ImageOps

from wgan_tf.data.form import CELEBA_SIZE, Form
from wgan_tf.data.image_file import MAX_PIXELS, Allowance, opened, pixels

# Where the original cuts CelebA's aligned images.
CELEBA_ROW, CELEBA_COLUMN = 55, 35

# How much larger than needed a JPEG may be decoded when most of it is thrown away. At 4 the
# result differs from a full decode by 0.2 of 255 on average and 3 at most, in a third of the time.
DRAFT_MARGIN = 4

_ORIENTATION = 0x0112
# Modes of Pillow that have no colour.
_GREY = {"1", "L", "LA", "La", "I", "F"}
_WHITE = (255, 255, 255, 255)
# Pixels converted at a time: converting takes several copies.
_BAND = 2**20
# Pixels being decoded: several threads together take no more memory than one large image.
_DECODING = Allowance(MAX_PIXELS)


def read(
    encoded: bytes | str | os.PathLike,
    crop: int | None,
    size: int,
    channels: int,
    *,
    how: str = "squeeze",
    quick: bool = False,
    shapes: list | None = None,
) -> np.ndarray:
    """`decode` and `fit`, at a memory that has a limit over all threads.

    Args:
        encoded, crop, size, channels, how: as there.
        quick: decodes a JPEG at a lower resolution where `decode` does so.
        shapes: takes what `shape_of` says of the image, before anything is cut off.

    Returns:
        uint8 (size, size, channels).

    Raises:
        Exception: as `decode`.
    """
    with opened(encoded) as image:
        whole, shape = pixels(image), _upright(image)
        if quick and crop is None:
            _draft(image, size)
        # libjpeg keeps all of a progressive JPEG, however small it is decoded.
        amount = whole if image.info.get("progressive") else pixels(image)
        with _DECODING.take(amount):
            loaded = _loaded(image)
            fitted = fit(loaded, crop, size, channels, how)
            if shapes is not None:
                shapes.append((*shape, _largest(loaded)))
            return fitted


def shape_of(encoded: bytes | str | os.PathLike) -> tuple[int, int, tuple | None]:
    """Width and height of an image in pixels as it is seen upright and, where its values may be
    more than bytes, its mode and the largest of them, else None.

    Raises:
        Exception: as `opened`.
    """
    with opened(encoded) as image:
        return (*_upright(image), _largest(image) if _is_deep(image) else None)


def form_of(encoded: bytes | str | os.PathLike) -> Form:
    """Width, height and channels of an image by its header alone.

    Raises:
        Exception: as `opened`.
    """
    with opened(encoded) as image:
        grey = image.mode in _GREY or image.mode.startswith("I;16")
        return Form(*_upright(image), 1 if grey else 3)


def _upright(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    try:
        turned = image.getexif().get(_ORIENTATION, 1) >= 5
    except Exception:  # a damaged EXIF block, see `_is_turned`
        turned = False
    return (height, width) if turned else (width, height)


def _is_deep(image: Image.Image) -> bool:
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def _largest(image: Image.Image) -> tuple[str, float] | None:
    if not _is_deep(image):
        return None
    return ("F" if image.mode == "F" else "I"), float(np.asarray(image).max())


def decode(encoded: bytes | str | os.PathLike, *, resized_to: int | None = None) -> Image.Image:
    """Reads an image (its first frame) and turns it upright by its EXIF orientation.

    Args:
        encoded: the bytes of an image file, or its path.
        resized_to: the whole image will be resized to this many pixels a side; a JPEG more than
            `DRAFT_MARGIN` times larger is then decoded at a half, a quarter or an eighth.

    Returns:
        The loaded image in whatever mode the file has.

    Raises:
        Exception: as `opened`.
    """
    with opened(encoded) as image:
        if resized_to is not None:
            _draft(image, resized_to)
        return _loaded(image)


def fit(
    image: Image.Image, crop: int | None, size: int, channels: int, how: str = "squeeze"
) -> np.ndarray:
    """Crops, converts and resizes one image.

    Args:
        image: any mode and size. Transparent parts are shown on white, the page that drawings
            with transparency are made for (the colour stored under them is arbitrary).
        crop: side of the square that is cut out: at (row 55, column 35) of a 178x218 (CelebA)
            image where it fits there, at the centre otherwise; a crop larger than the image
            becomes its largest centred square. None: as `how` says.
        size: side of the result; resized bilinearly with antialiasing if it differs.
        channels: 1 (grey) or 3 (RGB).
        how: without a crop an image becomes a square by "crop", its largest centred one, "pad",
            black beside it, or "squeeze", all of it with another aspect ratio.

    Returns:
        uint8 (size, size, channels).
    """
    if crop is not None:
        image = image.crop(_crop_box(*image.size, crop))
    elif how == "crop" and image.width != image.height:
        image = image.crop(_centre(*image.size, min(image.size)))
    image = _convert(image, "L" if channels == 1 else "RGB")
    if crop is None and how == "pad" and image.width != image.height:
        image = _padded(image, size)
    if image.size != (size, size):
        image = image.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(image).reshape(size, size, channels)


def _draft(image: Image.Image, resized_to: int) -> None:
    if image.format in ("JPEG", "MPO"):
        image.draft(None, (DRAFT_MARGIN * resized_to, DRAFT_MARGIN * resized_to))


def _loaded(image: Image.Image) -> Image.Image:
    image.load()
    return ImageOps.exif_transpose(image) if _is_turned(image) else image


def _is_turned(image: Image.Image) -> bool:
    try:
        return image.getexif().get(_ORIENTATION, 1) != 1
    except Exception:  # a damaged EXIF block is no reason to lose the picture
        return False


def _crop_box(width: int, height: int, crop: int) -> tuple[int, int, int, int]:
    """(left, upper, right, lower) of the square that `fit` keeps."""
    fits_celeba = CELEBA_COLUMN + crop <= width and CELEBA_ROW + crop <= height
    if (width, height) == CELEBA_SIZE and fits_celeba:
        return CELEBA_COLUMN, CELEBA_ROW, CELEBA_COLUMN + crop, CELEBA_ROW + crop
    return _centre(width, height, min(width, height, crop))


def _centre(width: int, height: int, side: int) -> tuple[int, int, int, int]:
    left, upper = (width - side) // 2, (height - side) // 2
    return left, upper, left + side, upper + side


def _padded(image: Image.Image, size: int) -> Image.Image:
    """The image, its longer side `size`, in the middle of a black square."""
    longer = max(image.size)
    width, height = (max(1, round(side * size / longer)) for side in image.size)
    square = Image.new(image.mode, (size, size))
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    square.paste(resized, ((size - width) // 2, (size - height) // 2))
    return square


def _convert(image: Image.Image, mode: str) -> Image.Image:
    """The image in "L" or "RGB"; a large one in bands, at the memory of the result."""
    width, height = image.size
    if pixels(image) <= _BAND or (image.mode == mode and not image.has_transparency_data):
        return _converted(image, mode)
    result, rows = Image.new(mode, image.size), max(1, _BAND // width)
    for upper in range(0, height, rows):
        box = (0, upper, width, min(upper + rows, height))
        result.paste(_converted(image.crop(box), mode), box)
    return result


def _converted(image: Image.Image, mode: str) -> Image.Image:
    if image.mode == "I" or image.mode.startswith("I;16"):
        # Pillow's own conversion clips 16-bit values at 255 instead of scaling them.
        wide = np.clip(np.asarray(image).astype(np.int64), 0, 65535)
        image = Image.fromarray(((wide + 128) // 257).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, _WHITE), image)
    if image.mode == "P":
        image = image.convert("RGB")
    return image if image.mode == mode else image.convert(mode)
