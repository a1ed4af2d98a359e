"""Kernel distance between two sets of features: the maximum mean discrepancy."""

import numpy as np

from wgan_tf.metrics.checks import check_enough, check_feature_pair
from wgan_tf.metrics.metric import Metric

BLOCK = 1000
_ORDER = 21  # stream of random numbers


class KernelDistance(Metric):
    """Unbiased estimate of MMD^2 with the kernel (x.y / d + 1)^3; lower is better.

    Both sets are shuffled and cut into as many blocks, of at most 1,000 images each; the value is
    the mean over blocks. Unbiased: it is 0 on average, and as often negative as positive, where
    both sets come from one distribution, whatever the number of images.

    Args:
        real: features (n, d) of real images.
        fake: features (m, d) of generated images.
        seed: of the shuffling.

    Raises:
        UserError: see `checks.check_feature_pair`; or one set so small beside the other that its
            blocks have fewer than 2 images.

    Source: Gretton et al. 2012, "A Kernel Two-Sample Test", equation 3; Binkowski et al. 2018,
    "Demystifying MMD GANs", section 4.
    """

    title = "kernel distance"
    better = "lower"
    limits = (-np.inf, np.inf)
    of_any_number = True

    def __init__(self, real: np.ndarray, fake: np.ndarray, seed: int = 0):
        real, fake = check_feature_pair(real, fake)
        self.real_count, self.fake_count = len(real), len(fake)
        blocks = -(-max(len(real), len(fake)) // BLOCK)
        for features, name in ((real, "real images"), (fake, "generated images")):
            check_enough(len(features), 2 * blocks, name, f"the kernel distance in {blocks} blocks")
        self._real, self._fake = real, fake
        self._rows = [
            np.array_split(np.random.default_rng([_ORDER, seed, side]).permutation(count), blocks)
            for side, count in enumerate((len(real), len(fake)))
        ]

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """MMD^2, float64 (r,), on resamples: counts (r, n) and (r, m), None for all images once.

        Two copies of one image in a resample are no pair: their kernel is no estimate of
        anything, and with it every resample would be biased.
        """
        return np.nanmean(self._blocks(real_counts, fake_counts), axis=0)

    @property
    def standard_error(self) -> float:
        """Of the value, from the spread over blocks; NaN where there is one block only."""
        values = self._blocks(None, None)[:, 0]
        if len(values) == 1:
            return float("nan")
        return float(values.std(ddof=1) / np.sqrt(len(values)))

    def _blocks(self, real_counts, fake_counts) -> np.ndarray:
        """MMD^2 (blocks, r); NaN where a resample has no pair of images in a block."""
        real_weights, fake_weights = self._weights(real_counts, fake_counts)
        values = []
        for rows, columns in zip(*self._rows, strict=True):
            x, y = (z.astype(np.float64) for z in (self._real[rows], self._fake[columns]))
            v, w = (z.astype(np.float64) for z in (real_weights[:, rows], fake_weights[:, columns]))
            across = (v @ _kernel(x, y) * w).sum(1)
            with np.errstate(invalid="ignore", divide="ignore"):
                across = across / (v.sum(1) * w.sum(1))
                values.append(_within(x, v) + _within(y, w) - 2 * across)
        return np.stack(values)


def _within(features: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean kernel (r,) over the pairs of different images."""
    kernel = _kernel(features, features)
    np.fill_diagonal(kernel, 0)
    return (weights @ kernel * weights).sum(1) / (weights.sum(1) ** 2 - (weights**2).sum(1))


def _kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (x @ y.T / x.shape[1] + 1) ** 3
