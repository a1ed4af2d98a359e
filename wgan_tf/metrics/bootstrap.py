"""Confidence intervals by the bootstrap over images (Efron, 1979).

A metric here is anything with `real_count` and `fake_count`, its numbers of images, `limits`,
the (lowest, highest) value that it can have, and `estimate(real_counts (r, n), fake_counts (r, m))
-> (r,)`, its value on r resamples of the images.
"""

import dataclasses

import numpy as np

from wgan_tf.metrics.checks import check_enough

# With fewer, resamples that hold a single image are no longer out of the question.
MIN_IMAGES = 10
_REAL, _FAKE, _HALVES = 1, 2, 3  # so that the streams of one seed have nothing in common
_ROWS = 100  # resamples drawn at a time


@dataclasses.dataclass(frozen=True)
class Measurement:
    """One number of a report.

    Attributes:
        name: key of `METRICS`.
        value: the metric on real against generated images.
        low, high: ends of its confidence interval.
        real: the same metric on real against other real images: what perfection would score.
        count: number of generated images.
    """

    name: str
    value: float
    low: float
    high: float
    real: float
    count: int

    def to_json(self) -> dict:
        """The fields as plain Python values; NaN, which JSON lacks, becomes None."""
        plain = {"name": self.name}
        for field in ("value", "low", "high", "real"):
            number = float(getattr(self, field))
            plain[field] = number if np.isfinite(number) else None
        return plain | {"count": int(self.count)}


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


def measure(
    metric, resamples: int = 1000, seed: int = 0, level: float = 0.95
) -> tuple[float, float, float]:
    """The metric's value and the ends of its confidence interval.

    Args:
        metric: see the head of this file.
        resamples: of the bootstrap; real and generated images are drawn independently.
        seed: of the resamples.
        level: coverage of the interval.

    Raises:
        UserError: fewer than 10 images in a set.
    """
    value = float(metric.estimate()[0])
    resampled = metric.estimate(*_resamples(metric, resamples, seed))
    # An interval around a precision of 0.999 would reach beyond 1.
    low, high = np.clip(_interval(value, resampled, level), *metric.limits)
    return value, float(low), float(high)


def paired(
    metric_before, metric_after, resamples: int = 1000, seed: int = 0, level: float = 0.95
) -> tuple[float, float, float]:
    """The difference after - before and the ends of its confidence interval.

    Both metrics see the same resamples, so image i of `before` and image i of `after` must come
    from the same z (and the real images be the same): what varies between z's cancels.

    Raises:
        ValueError: the two metrics hold different numbers of images.
        UserError: fewer than 10 images in a set.
    """
    for field in ("real_count", "fake_count"):
        numbers = getattr(metric_before, field), getattr(metric_after, field)
        if numbers[0] != numbers[1]:
            raise ValueError(f"{field} differs between before and after: {numbers}")
    drawn = _resamples(metric_before, resamples, seed)
    difference = float(metric_after.estimate()[0] - metric_before.estimate()[0])
    resampled = metric_after.estimate(*drawn) - metric_before.estimate(*drawn)
    return difference, *_interval(difference, resampled, level)


def halves(array: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two random halves (n // 2, ...) without common entries, to measure real against real."""
    order = np.random.default_rng([_HALVES, seed]).permutation(len(array))
    half = len(array) // 2
    return array[order[:half]], array[order[half : 2 * half]]


def _resamples(metric, resamples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    for count, name in ((metric.real_count, "real"), (metric.fake_count, "generated")):
        check_enough(count, MIN_IMAGES, f"{name} images", "a confidence interval")
    return (
        counts(metric.real_count, resamples, [_REAL, seed]),
        counts(metric.fake_count, resamples, [_FAKE, seed]),
    )


def _interval(value: float, resampled: np.ndarray, level: float) -> tuple[float, float]:
    """The resamples' spread, laid around the value.

    A resample holds only 63 % of the images, some of them repeatedly, which makes every
    distance between sets larger and coverage smaller. The plain percentile interval would often
    not even contain the value; only the spread around the resamples' own mean is used.
    """
    tail = (1 - level) / 2
    low, high = np.quantile(resampled - resampled.mean(), [tail, 1 - tail])
    return float(value + low), float(value + high)
