"""What an array of images must be before anything is computed from it: one check for all doors."""

import numpy as np

from wgan_tf.errors import UserError, in_words

_SLACK = 1e-3  # rounding at the ends of the range, as of float16
_HALF = 0.5


def as_numbers(array, form: tuple[str, ...], name: str, *, of=None) -> np.ndarray:
    """An array as float32, of which nothing is NaN or infinite.

    Args:
        array: what a user gives: (n, ...).
        form: the names of its axes, for the message, such as ("n", "width").
        name: what the message calls its rows, such as "real images".
        of: lengths of all axes but the first that are wanted; None: any but 0.

    Raises:
        UserError: no numbers, of another form, none, or some that are no finite numbers.
    """
    try:
        array = np.asarray(array)
    except ValueError as error:  # rows of several lengths
        raise UserError(f"the {name} must be one array ({', '.join(form)})") from error
    wanted = ", ".join(form if of is None else ("n", *map(str, of)))
    # NumPy has no kind of its own for bfloat16.
    numbers = array.dtype.kind in "fiu" or array.dtype.name == "bfloat16"
    if not numbers or of is None and (array.ndim != len(form) or 0 in array.shape[1:]):
        raise UserError(
            f"the {name} must be numbers ({wanted}), not {array.dtype} {array.shape}"
        )
    if of is not None and (array.ndim != len(form) or array.shape[1:] != tuple(of)):
        raise UserError(f"{name} {array.shape}: numbers ({wanted}) are wanted{_moved(array, of)}")
    if not len(array):
        raise UserError(f"there are no {name}: numbers ({wanted}) are wanted")
    array = array.astype(np.float32, copy=False)
    # Row by row: a mask of the whole array would be one more array of its size.
    bad = sum(not np.isfinite(row).all() for row in array)
    if bad:
        advice = "leave them out, or find out why"
        if of is not None:
            advice = f"finite numbers ({wanted}) are wanted"
        raise UserError(f"{bad} of {len(array)} {name} hold NaN or infinite values: {advice}")
    return array


def as_images(images, name: str = "images", *, of=None) -> np.ndarray:
    """Images as float32 (n, height, width, channels) in [-1, 1].

    Args:
        images: what a user gives.
        name: what the message calls them.
        of: (height, width, channels) that are wanted; None: any with 1 or 3 channels.

    Raises:
        UserError: see `as_numbers` and `check_scale`; or the channels do not come last.
    """
    images = as_numbers(images, ("n", "height", "width", "channels"), name, of=of)
    check_channels(images, name)
    check_scale(images, name)
    return images


def check_channels(images: np.ndarray, name: str = "images") -> None:
    """Refuses images (n, h, w, c) that are neither grey (c 1) nor in colour (c 3)."""
    if images.shape[-1] not in (1, 3):
        raise UserError(
            f"the {name} have {images.shape[-1]} channels ({in_words(images.shape)}), 1 or 3 are "
            f"wanted{_moved(images)}"
        )


def check_scale(images: np.ndarray, name: str = "images", limit: float = 1.0) -> None:
    """Refuses images that are scaled otherwise than to [-limit, limit].

    Those from 0 to 1 are inside of [-1, 1], and everything that is measured of them is wrong. They
    are known by what no set of pictures is: bright and mid-grey pixels, and not one dark one.

    Args:
        images: finite numbers, any shape but none.
        name: what the message calls them.
        limit: infinite where any values will do.

    Raises:
        UserError: naming the values.
    """
    if limit == np.inf:
        return
    low, high = float(images.min()), float(images.max())
    if max(-low, high) > limit * (1 + _SLACK) or 0 <= low / limit <= _HALF <= high / limit:
        raise UserError(
            f"the {name} have values from {low:g} to {high:g}: scale them to "
            f"[-{limit:g}, {limit:g}]"
        )


def _moved(images: np.ndarray, of=None) -> str:
    """What to do where the channels come first."""
    shape = images.shape
    if len(shape) != 4 or shape[1] not in (1, 3) or shape[-1] in (1, 3) and of is None:
        return ""
    if of is not None and (*shape[2:], shape[1]) != tuple(of):
        return ""
    return ": move the channels to the end with np.moveaxis(images, 1, -1)"
