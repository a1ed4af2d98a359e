"""Frechet distance between two sets of features, each taken for a Gaussian.

d^2 = |m_r - m_f|^2 + tr(S_r + S_f - 2 (S_r S_f)^(1/2)), Frechet 1957; on features of a network,
Heusel et al. 2017, "GANs Trained by a Two Time-Scale Update Rule", equation 6.
"""

import functools

import numpy as np
from threadpoolctl import ThreadpoolController

from wgan_tf.metrics.bootstrap import as_weights, weighted_mean
from wgan_tf.metrics.checks import check_enough, check_feature_pair
from wgan_tf.metrics.metric import Metric
from wgan_tf.metrics.remembered import remembered

# Up to this width every resample has its own covariances and eigenvalues: 1,000 resamples of
# 10,000 images take 2 s at 64 and 9 s at 128, but would take ten minutes or more at 1,024.
EXACT_WIDTH = 128
_IMAGES, _RESAMPLES = 1000, 100  # at a time
_SIZES, _DRAWS, _SMALLEST = 10, 3, 4  # of the extrapolation; smallest subset: a quarter


class FrechetDistance(Metric):
    """The squared distance d^2, 0 for equal means and covariances; lower is better.

    Covariances divide by n - 1. The value is biased upward by an amount that falls like 1/n and
    depends on the generator: see `FrechetInfinity`. For features wider than 128, resamples
    follow the first-order expansion around the value instead of being computed one by one.

    Args:
        real: features (n, d) of real images.
        fake: features (m, d) of generated images.

    Raises:
        UserError: see `checks.check_feature_pair`.
    """

    title = "Fréchet distance"
    better = "lower"

    def __init__(self, real: np.ndarray, fake: np.ndarray):
        real, fake = check_feature_pair(real, fake)
        self.real_count, self.fake_count = len(real), len(fake)
        centre = real.mean(0, dtype=np.float64)  # far from 0, the covariances would lose digits
        self._real, self._fake = (x.astype(np.float64) - centre for x in (real, fake))
        moments = _moments(self._real, None), _moments(self._fake, None)
        self._value = _distance(_with_root(moments[0]), moments[1])
        self._slopes = None
        if real.shape[1] > EXACT_WIDTH:
            self._slopes = (
                _slope(self._real, *moments),
                _slope(self._fake, *moments[::-1]),
            )

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """d^2, float64 (r,), on resamples: counts (r, n) and (r, m), None for all images once."""
        if real_counts is None and fake_counts is None:
            return self._value
        if self._slopes is not None:
            changes = map(weighted_mean, self._weights(real_counts, fake_counts), self._slopes)
            return self._value + sum(changes)
        if real_counts is None:
            real = _with_root(_moments(self._real, None))
        else:
            # Every set that is measured against these images asks for the same resamples.
            real = _resampled_real(self._real, real_counts)
        return _distance(real, _moments(self._fake, fake_counts))

    @classmethod
    def warning(cls, count: int, width: int) -> str | None:
        """One line where `count` images are fewer than twice the feature width, else None."""
        if count >= 2 * width:
            return None
        return (
            f"{count} images are too few for covariances of {width} features: the Fréchet distance "
            f"is unreliable; take at least {2 * width} images"
        )


class FrechetInfinity(Metric):
    """d^2 extrapolated to infinitely many images: its bias goes, its noise grows.

    The distance of random subsets of n real and n generated images is regressed on 1/n, for ten
    n from a quarter to all of the smaller set, three draws each; the result is the intercept.
    It can be negative where the sets hardly differ. n should stay above twice the feature width.

    Args:
        real, fake: features (n, d) and (m, d).
        seed: of the subsets.

    Raises:
        UserError: see `checks.check_feature_pair`, or fewer than 20 images.

    Source: Chong and Forsyth 2020, "Effectively Unbiased FID and Inception Score", section 3.
    """

    title = f"{FrechetDistance.title}, infinitely many images"
    better = "lower"
    limits = (-np.inf, np.inf)
    has_interval = False

    def __init__(self, real: np.ndarray, fake: np.ndarray, seed: int = 0):
        self._real, self._fake = check_feature_pair(real, fake)
        self.real_count, self.fake_count, self._seed = len(real), len(fake), seed
        most = min(len(real), len(fake))
        check_enough(most, 20, "images", "the extrapolation of the Fréchet distance")

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The intercept, float64 (1,), of all images; counts are not heeded."""
        rng = np.random.default_rng(self._seed)
        most = min(self.real_count, self.fake_count)
        sizes = np.linspace(most / _SMALLEST, most, _SIZES).round().astype(int)
        points = []
        for size in np.repeat(sizes, _DRAWS):
            subsets = (
                rng.choice(features, size, replace=False).astype(np.float64)
                for features in (self._real, self._fake)
            )
            real, fake = (_moments(features, None) for features in subsets)
            points.append((1 / size, _distance(_with_root(real), fake)[0]))
        return np.polynomial.Polynomial.fit(*np.transpose(points), 1).convert().coef[:1]


def _moments(features: np.ndarray, counts) -> tuple[np.ndarray, np.ndarray]:
    """Means (r, d) and covariances (r, d, d) of features (n, d) under counts (r, n) or None."""
    if counts is None:
        mean = features.mean(0)
        centred = features - mean
        return mean[None], (centred.T @ centred / (len(features) - 1))[None]
    weights = as_weights(counts, len(features))
    rows, columns = np.triu_indices(features.shape[1])
    # One matrix product with all products of two features beats a covariance per resample.
    second = np.zeros((len(weights), len(rows)))
    for start in range(0, len(features), _IMAGES):
        some = features[start : start + _IMAGES]
        second += weights[:, start : start + _IMAGES] @ (some[:, rows] * some[:, columns])
    totals = weights.sum(1, dtype=np.float64)[:, None]
    mean = weighted_mean(weights, features)
    second = (second - totals * mean[:, rows] * mean[:, columns]) / (totals - 1)
    covariance = np.empty((len(weights), features.shape[1], features.shape[1]))
    covariance[:, rows, columns] = covariance[:, columns, rows] = second
    return mean, covariance


def _with_root(moments: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, covariances, and the covariances' square roots."""
    return *moments, _power(moments[1], 0.5)


@remembered
def _resampled_real(features: np.ndarray, counts: np.ndarray) -> tuple:
    return _with_root(_moments(features, counts))


def _distance(real: tuple, fake: tuple) -> np.ndarray:
    """d^2 (r,) from means (r, d), covariances (r, d, d) and, of the real side, their roots; r may
    be 1 on one side.
    """
    resamples = max(len(real[0]), len(fake[0]))
    parts = []
    for start in range(0, resamples, _RESAMPLES):
        some = slice(start, start + _RESAMPLES)
        (m_r, s_r, root), (m_f, s_f) = (
            tuple(x if len(x) == 1 else x[some] for x in moments) for moments in (real, fake)
        )
        # (S_r S_f)^(1/2) has the trace of the square root of this symmetric matrix.
        with _one_thread():
            eigenvalues = np.linalg.eigvalsh(root @ s_f @ root)
        overlap = np.sqrt(np.maximum(eigenvalues, 0)).sum(-1)
        traces = sum(np.trace(x, axis1=1, axis2=2) for x in (s_r, s_f))
        parts.append(((m_r - m_f) ** 2).sum(-1) + traces - 2 * overlap)
    return np.maximum(np.concatenate(parts), 0)  # minus a rounding error


def _one_thread():
    """Threads that share matrices this small wait for each other, the longer the busier the
    machine: eigenvalues of a thousand of width 64 took 12 s instead of 1 s beside other work.
    """
    return _blas().limit(limits=1, user_api="blas")


@functools.cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def _slope(features: np.ndarray, this: tuple, other: tuple) -> np.ndarray:
    """How d^2 changes with the weight of each image, (n,), mean 0.

    With T the optimal map of one Gaussian onto the other, d^2 changes with the covariance S as
    I - T, T = O^(1/2) (O^(1/2) S O^(1/2))^(-1/2) O^(1/2), O the other's covariance (Takatsu 2011,
    "Wasserstein geometry of Gaussian measures").
    """
    root = _power(other[1][0], 0.5)
    transport = root @ _power(root @ this[1][0] @ root, -0.5) @ root
    centred = features - this[0]
    slope = 2 * centred @ (this[0] - other[0])[0]
    slope += ((centred - centred @ transport) * centred).sum(1)
    return slope - slope.mean()


def _power(matrices: np.ndarray, exponent: float) -> np.ndarray:
    """Powers of symmetric positive matrices (..., d, d); directions without variance stay 0."""
    with _one_thread():
        values, vectors = np.linalg.eigh(matrices)
    floor = values[..., -1:] * values.shape[-1] * np.finfo(np.float64).eps
    powers = np.where(values > floor, np.maximum(values, floor), 1) ** exponent
    powers = np.where(values > floor, powers, 0)
    return (vectors * powers[..., None, :]) @ np.swapaxes(vectors, -1, -2)
