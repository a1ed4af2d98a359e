"""Whether generated images are copies of training images."""

import numpy as np

from wgan_tf.errors import UserError
from wgan_tf.metrics.bootstrap import as_weights, weighted_mean
from wgan_tf.metrics.checks import check_feature_pair, check_image_pair
from wgan_tf.metrics.metric import Metric

_ORDER = 41  # stream of random numbers
_ROWS = 500  # images at a time


class Memorisation(Metric):
    """Mean distance to the nearest training image over that to the nearest held-out image.

    1 for images that know no more of the training images than of others, below 1 for copies.
    The nearest of many is nearer than the nearest of few, so both sets are cut into parts of the
    size of the smaller one and the distances averaged over parts.

    Args:
        real: training images (n, h, w, c), or their features (n, d).
        fake: generated images (m, h, w, c), or their features (m, d).
        held_out: real images (k, h, w, c) that the generator was not trained on, or features.
        seed: of the parts.

    Raises:
        UserError: see `checks`; or the generated images are the held-out ones.
    """

    title = "distance to training / held-out images"
    needs = "images"
    of_training = True
    of_any_number = True

    def __init__(self, real, fake, held_out, seed: int = 0):
        check = check_feature_pair if np.ndim(real) == 2 else check_image_pair
        real, fake = check(real, fake, ("training images", "generated images"))
        held_out, _ = check(held_out, fake, ("held-out images", "generated images"))
        self.real_count, self.fake_count = len(real), len(fake)
        size = min(len(real), len(held_out))
        rng = np.random.default_rng([_ORDER, seed])
        self._to_training = _mean_nearest(fake, real, size, rng)
        self._to_held_out = _mean_nearest(fake, held_out, size, rng)
        if not self._to_held_out.any():
            raise UserError(
                "every generated image is among the held-out images: hold out others to measure "
                "memorisation"
            )

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The ratio, float64 (r,), on resamples of the generated images: counts (r, m) or None.

        The real images are the yardstick and stay as they are.
        """
        weights = as_weights(fake_counts, self.fake_count)
        nearest = weighted_mean(weights, np.stack([self._to_training, self._to_held_out], 1))
        return nearest[:, 0] / nearest[:, 1]


def _mean_nearest(images: np.ndarray, others: np.ndarray, size: int, rng) -> np.ndarray:
    """Distance (m,) to the nearest of `size` others, averaged over as many parts as there are."""
    images, others = (x.reshape(len(x), -1) for x in (images, others))
    order = rng.permutation(len(others))
    parts = [order[start : start + size] for start in range(0, len(others) - size + 1, size)]
    return np.mean([_nearest(images, others[rows]) for rows in parts], axis=0)


def _nearest(images: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Distance (m,), float64, to the nearest of the others."""
    centre = others.mean(0)  # keeps the squares below small, so that they lose fewer digits
    others = others - centre
    squares = (others**2).sum(1)
    distances = []
    for start in range(0, len(images), _ROWS):
        some = images[start : start + _ROWS] - centre
        nearest = others[np.argmin(squares - 2 * some @ others.T, axis=1)]
        distances.append(np.linalg.norm((some - nearest).astype(np.float64), axis=1))
    return np.concatenate(distances)
