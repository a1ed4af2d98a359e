"""What no metric can measure is refused in one line, rather than turned into a wrong number."""

import numpy as np

from wgan_tf.errors import UserError, in_words

_SLACK = 1e-3  # rounding at the ends of the ranges


def check_images(images: np.ndarray, name: str = "images", limit: float = 1.0) -> np.ndarray:
    """The images as float32 (n, h, w, c).

    Args:
        images: (n, h, w, c), n at least 2, in [-limit, limit].
        name: what the message calls them, such as "real images".
        limit: of every value; infinite where any will do.

    Raises:
        UserError: another shape, fewer than 2, NaN or infinite values, values outside the limit,
            or all images the same.
    """
    images = _floats(images, 4, name, "(n, height, width, channels)")
    low, high = float(images.min()), float(images.max())
    if max(-low, high) > limit + _SLACK:
        ends = f"[-{limit:g}, {limit:g}]"
        raise UserError(f"the {name} have values from {low:g} to {high:g}: scale them to {ends}")
    return images


def check_features(features: np.ndarray, name: str = "features") -> np.ndarray:
    """The features as float32 (n, d); raises UserError as `check_images`, but for the range."""
    return _floats(features, 2, name, "(n, width)")


def check_probabilities(probabilities: np.ndarray, name: str = "probabilities") -> np.ndarray:
    """The class probabilities as float64 (n, classes), each row summing to 1.

    Raises:
        UserError: as `check_features`, or negative values, or rows that do not sum to 1.
    """
    probabilities = check_features(probabilities, name).astype(np.float64)
    sums = probabilities.sum(1, keepdims=True)
    if (probabilities < -_SLACK).any() or (abs(sums - 1) > _SLACK).any():
        raise UserError(f"the {name} are no probabilities: each row must be >= 0 and sum to 1")
    return np.maximum(probabilities, 0) / sums


def check_image_pair(real, fake, names=("real images", "generated images")):
    """Both sets as `check_images` gives them.

    Raises:
        UserError: as there, or the sets differ in size or channels.
    """
    real, fake = (check_images(x, name) for x, name in zip((real, fake), names, strict=True))
    if real.shape[1:] != fake.shape[1:]:
        ours, theirs = (in_words(x.shape[1:]) for x in (real, fake))
        raise UserError(f"{names[0]} are {ours}, {names[1]} {theirs}: bring them to one size")
    return real, fake


def check_feature_pair(real, fake, names=("real features", "generated features")):
    """Both sets as `check_features` gives them.

    Raises:
        UserError: as there, or the sets differ in width.
    """
    real, fake = (check_features(x, name) for x, name in zip((real, fake), names, strict=True))
    if real.shape[1] != fake.shape[1]:
        raise UserError(
            f"{names[0]} are {real.shape[1]} wide, {names[1]} {fake.shape[1]}: "
            "take both from the same network"
        )
    return real, fake


def check_enough(count: int, least: int, name: str, purpose: str) -> None:
    """Raises UserError where fewer than `least` images are there for `purpose`."""
    if count < least:
        raise UserError(f"{purpose} needs at least {least} {name}, not {count}: take more")


def _floats(array, dimensions: int, name: str, form: str) -> np.ndarray:
    array = np.asarray(array)
    if array.ndim != dimensions or array.dtype.kind not in "fiu" or 0 in array.shape[1:]:
        raise UserError(f"the {name} must be numbers {form}, not {array.dtype} {array.shape}")
    if len(array) < 2:
        raise UserError(f"a measurement needs at least 2 {name}, not {len(array)}: take more")
    array = array.astype(np.float32, copy=False)
    # Image by image: a mask of the whole array would be one more array of its size.
    bad = sum(not np.isfinite(row).all() for row in array)
    if bad:
        raise UserError(
            f"{bad} of {len(array)} {name} hold NaN or infinite values: "
            "leave them out, or find out why"
        )
    if all((row == array[0]).all() for row in array):
        raise UserError(
            f"all {len(array)} {name} are the same: there is nothing to measure; "
            "has the generator collapsed?"
        )
    return array
