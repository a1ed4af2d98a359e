"""How different the images of a batch are from each other: a collapsed generator shows here."""

import numpy as np
from scipy.spatial.distance import pdist, squareform

from wgan_tf.metrics.bootstrap import as_weights
from wgan_tf.metrics.checks import check_image_pair
from wgan_tf.metrics.metric import Metric

BATCH = 64
_ORDER = 31  # stream of random numbers


class Variety(Metric):
    """Mean distance of two images of a batch, in [0, 2]; to be compared with real images' own.

    The distance is the root mean square over pixels and channels, in units of the [-1, 1] scale;
    batches are random and hold at most 64 images.

    Args:
        real: images (n, h, w, c); only their number and size are used.
        fake: images (m, h, w, c) whose variety is measured.
        seed: of the batches.

    Raises:
        UserError: see `checks.check_image_pair`.
    """

    title = "variety in a batch"
    needs = "images"
    limits = (0.0, 2.0)
    of_any_number = True

    def __init__(self, real: np.ndarray, fake: np.ndarray, seed: int = 0):
        real, fake = check_image_pair(real, fake)
        self.real_count, self.fake_count = len(real), len(fake)
        self._batches = _batches(len(fake), seed)
        self._distances = [squareform(_distances(fake[rows])) for rows in self._batches]

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The mean distance, float64 (r,), on resamples of the second set: counts (r, m) or None.

        Two copies of one image in a resample are no pair.
        """
        weights = as_weights(fake_counts, self.fake_count)
        total, pairs = np.zeros(len(weights)), np.zeros(len(weights))
        for rows, distances in zip(self._batches, self._distances, strict=True):
            w = weights[:, rows].astype(np.float64)
            total += (w @ distances * w).sum(1)
            pairs += w.sum(1) ** 2 - (w**2).sum(1)
        return total / pairs


def variety_of(images: np.ndarray, seed: int = 0) -> float:
    """The same mean of any images (n, h, w, c), n at least 2: those that are all the same and those
    with values that are no numbers are not refused; NaN for the latter.
    """
    distances = [_distances(images[rows]) for rows in _batches(len(images), seed)]
    return float(np.concatenate(distances).mean())


def _batches(count: int, seed: int) -> list[np.ndarray]:
    order = np.random.default_rng([_ORDER, seed]).permutation(count)
    return np.array_split(order, -(-count // BATCH))


def _distances(images: np.ndarray) -> np.ndarray:
    """Of all pairs of images, (n (n - 1) / 2,)."""
    pixels = images.reshape(len(images), -1)
    return pdist(pixels) / np.sqrt(pixels.shape[1])
