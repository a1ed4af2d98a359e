"""Confidence intervals by the bootstrap over images (Efron, 1979).

A metric is drawn on by its `real_count` and `fake_count`, `limits` and `estimate`, see `metric`.
"""

import dataclasses
import functools

import numpy as np

from wgan_tf.metrics.checks import check_enough

# With fewer, resamples that hold a single image are no longer out of the question.
MIN_IMAGES = 10
_REAL, _FAKE, _HALVES = 1, 2, 3  # so that the streams of one seed have nothing in common
_ROWS = 100  # resamples drawn at a time


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A metric's value and what it is on resamples of the images.

    Attributes:
        value: on all images once.
        resampled: float64 (r,), on the resamples; empty where none were drawn.
        limits: the lowest and highest possible value.
        drawn: (real images, generated images, r, seed), which decide the resamples.
    """

    value: float
    resampled: np.ndarray
    limits: tuple[float, float]
    drawn: tuple[int, int, int, int]

    @property
    def low(self) -> float:
        """Lower end of the 95 % confidence interval; NaN without resamples."""
        return self.interval()[0]

    @property
    def high(self) -> float:
        """Upper end of the 95 % confidence interval; NaN without resamples."""
        return self.interval()[1]

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Ends of the confidence interval of a coverage; NaN without resamples."""
        # An interval around a precision of 0.999 would reach beyond 1.
        low, high = np.clip(_interval(self.value, self.resampled, level), *self.limits)
        return float(low), float(high)

    def minus(self, before: "Estimate", level: float = 0.95) -> tuple[float, float, float]:
        """The difference to the same metric before, and the ends of its confidence interval.

        Both saw the same resamples, so image i of `before` and image i of this must come from the
        same z (and the real images be the same): what varies between z's cancels.

        Raises:
            ValueError: the two saw different resamples, or different numbers of images.
        """
        if self.drawn != before.drawn:
            raise ValueError(f"no pair: resamples {before.drawn} before, {self.drawn} after")
        difference = self.value - before.value
        return difference, *_interval(difference, self.resampled - before.resampled, level)


def counts(n: int, resamples: int, seed) -> np.ndarray:
    """How often each of n images occurs in each resample, float32 (resamples, n), rows sum to n.

    Args:
        n: number of images, drawn n times with replacement.
        resamples: number of rows.
        seed: an int or a sequence of ints.
    """
    rng = np.random.default_rng(seed)
    drawn = np.empty((resamples, n), np.float32)
    for start in range(0, resamples, _ROWS):
        rows = drawn[start : start + _ROWS]
        draws = rng.integers(n, size=rows.shape) + n * np.arange(len(rows))[:, None]
        rows[:] = np.bincount(draws.ravel(), minlength=rows.size).reshape(rows.shape)
    return drawn


def as_weights(image_counts: np.ndarray | None, n: int) -> np.ndarray:
    """Counts as float32 (r, n); None is every image once, r = 1.

    Raises:
        ValueError: counts of another number of images, or a resample that has none.
    """
    if image_counts is None:
        return np.ones((1, n), np.float32)
    weights = np.asarray(image_counts, np.float32)
    if weights.ndim != 2 or weights.shape[1] != n:
        raise ValueError(f"counts must be (resamples, {n}), not {weights.shape}")
    if not (weights.sum(1) > 0).all():
        raise ValueError("a resample has no images")
    return weights


def weighted_mean(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Means float64 (r, ...) of values (n, ...) under weights (r, n)."""
    values = np.asarray(values, np.float64)
    totals = weights.sum(1, dtype=np.float64)
    return (weights @ values) / totals.reshape(-1, *[1] * (values.ndim - 1))


def estimate_of(metric, resamples: int = 1000, seed: int = 0) -> Estimate:
    """The metric's value with its bootstrap.

    Args:
        metric: see `metric`.
        resamples: of the bootstrap; real and generated images are drawn independently. 0: none.
        seed: of the resamples.

    Raises:
        UserError: fewer than 10 images in a set, where there are resamples.
    """
    value = float(metric.estimate()[0])
    resampled = np.empty(0)
    numbers = metric.real_count, metric.fake_count
    if resamples:
        for count, name in zip(numbers, ("real", "generated"), strict=True):
            check_enough(count, MIN_IMAGES, f"{name} images", "a confidence interval")
        resampled = metric.estimate(
            *(
                _drawn(count, resamples, stream, seed)
                for count, stream in zip(numbers, (_REAL, _FAKE), strict=True)
            )
        )
    return Estimate(value, resampled, metric.limits, (*numbers, resamples, seed))


def halves(array: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two random halves (n // 2, ...) without common entries, to measure real against real."""
    order = np.random.default_rng([_HALVES, seed]).permutation(len(array))
    half = len(array) // 2
    return array[order[:half]], array[order[half : 2 * half]]


@functools.lru_cache(maxsize=2)  # every metric of a report asks for the same two
def _drawn(count: int, resamples: int, stream: int, seed: int) -> np.ndarray:
    drawn = counts(count, resamples, [stream, seed])
    drawn.flags.writeable = False
    return drawn


def _interval(value: float, resampled: np.ndarray, level: float) -> tuple[float, float]:
    """The resamples' spread, laid around the value.

    A resample holds only 63 % of the images, some of them repeatedly, which makes every
    distance between sets larger and coverage smaller. The plain percentile interval would often
    not even contain the value; only the spread around the resamples' own mean is used.
    """
    if not len(resampled):
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    low, high = np.quantile(resampled - resampled.mean(), [tail, 1 - tail])
    return float(value + low), float(value + high)
