"""What no metric can measure is refused in one line, rather than turned into a wrong number."""

import numpy as np

from wgan_tf.data.image_values import as_numbers, check_channels, check_scale
from wgan_tf.errors import UserError, in_words

_SLACK = 1e-3  # rounding of sums


def check_images(images: np.ndarray, name: str = "images", limit: float = 1.0) -> np.ndarray:
    """The images as float32 (n, h, w, c).

    Args:
        images: (n, h, w, c), n at least 2, c 1 or 3, in [-limit, limit].
        name: what the message calls them, such as "real images".
        limit: of every value; infinite where any will do, of any number of channels.

    Raises:
        UserError: another shape, fewer than 2, NaN or infinite values, values of another scale
            (see `image_values.check_scale`), or all images the same.
    """
    images = _floats(images, ("n", "height", "width", "channels"), name)
    if limit != np.inf:
        check_channels(images, name)
    check_scale(images, name, limit)
    return images


def check_features(features: np.ndarray, name: str = "features") -> np.ndarray:
    """The features as float32 (n, d); raises UserError as `check_images`, but for the range."""
    return _floats(features, ("n", "width"), name)


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
    forms = [np.shape(x)[1:] for x in (real, fake)]
    if forms[0] != forms[1] and all(len(form) == 3 and 0 not in form for form in forms):
        ours, theirs = map(in_words, forms)
        raise UserError(f"{names[0]} are {ours}, {names[1]} {theirs}: bring them to one size")
    return tuple(check_images(x, name) for x, name in zip((real, fake), names, strict=True))


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


def _floats(array, form: tuple[str, ...], name: str) -> np.ndarray:
    array = as_numbers(array, form, name)
    if len(array) < 2:
        raise UserError(f"a measurement needs at least 2 {name}, not {len(array)}: take more")
    if all((row == array[0]).all() for row in array):
        raise UserError(
            f"all {len(array)} {name} are the same: there is nothing to measure; "
            "has the generator collapsed?"
        )
    return array
