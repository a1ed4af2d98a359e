"""Resamples and intervals against theory: the standard error of a mean is known."""

import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.metrics.bootstrap import (
    as_weights,
    counts,
    estimate_of,
    halves,
    weighted_mean,
)
from wgan_tf.metrics.remembered import remembered


class MeanDifference:
    """mean(fake) - mean(real) + offset of the resampled."""

    limits = (-np.inf, np.inf)

    def __init__(self, real, fake, bias=0.0):
        self.real, self.fake, self.bias = real, fake, bias
        self.real_count, self.fake_count = len(real), len(fake)

    def estimate(self, real_counts=None, fake_counts=None):
        real, fake = (
            as_weights(real_counts, len(self.real)),
            as_weights(fake_counts, len(self.fake)),
        )
        value = weighted_mean(fake, self.fake) - weighted_mean(real, self.real)
        return value + (0 if fake_counts is None else self.bias)


def samples(seed, n, deviation):
    x = np.random.default_rng(seed).normal(size=n)
    return (x - x.mean()) / x.std() * deviation


def test_counts_are_multinomial():
    drawn = counts(50, 230, 0)  # more rows than are drawn at a time, not a multiple of them
    assert drawn.shape == (230, 50) and drawn.dtype == np.float32
    np.testing.assert_array_equal(drawn.sum(1), 50)
    assert drawn.mean(0).max() < 1.5 and drawn.mean(0).min() > 0.5
    assert np.mean(drawn == 0) == pytest.approx((1 - 1 / 50) ** 50, abs=0.02)
    assert np.mean(drawn**2) - 1 == pytest.approx(1 - 1 / 50, rel=0.1)
    np.testing.assert_array_equal(drawn, counts(50, 230, 0))
    assert (drawn != counts(50, 230, 1)).any()
    assert len(np.unique(drawn, axis=0)) == 230


def test_interval_of_a_difference_of_means():
    metric = MeanDifference(samples(0, 200, 2.0), 5 + samples(1, 100, 3.0))
    estimate = estimate_of(metric, 4000)
    value, low, high = estimate.value, estimate.low, estimate.high
    error = np.sqrt(2.0**2 / 200 + 3.0**2 / 100)
    assert value == pytest.approx(5)
    assert (value - low, high - value) == pytest.approx((1.96 * error,) * 2, rel=0.08)
    low, high = estimate.interval(0.68)
    assert high - low == pytest.approx(2 * 0.9945 * error, rel=0.08)


def test_bias_of_the_resamples_does_not_move_the_interval():
    real, fake = samples(0, 60, 1.0), samples(1, 60, 1.0)
    biased, plain = (estimate_of(MeanDifference(real, fake, bias=bias)) for bias in (7.0, 0.0))
    assert biased.interval() == pytest.approx(plain.interval())


def test_the_two_sides_are_drawn_independently():
    # Drawn together, the same numbers on both sides would cancel.
    x = samples(0, 100, 1.0)
    low, high = estimate_of(MeanDifference(x, x)).interval()
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(2 / 100), rel=0.15)


def test_interval_stays_within_the_limits():
    metric = MeanDifference(samples(0, 50, 1.0), samples(1, 50, 1.0) + 0.01)
    metric.limits = (0.0, 0.1)
    assert estimate_of(metric).interval() == (0.0, 0.1)


def test_paired_difference_loses_what_both_share():
    real, fake = samples(0, 80, 1.0), samples(1, 80, 10.0)
    after = fake + 0.5 + samples(2, 80, 0.1)
    before = estimate_of(MeanDifference(real, fake), resamples=2000)
    difference, low, high = estimate_of(MeanDifference(real, after), resamples=2000).minus(before)
    assert difference == pytest.approx(0.5)
    assert high - low == pytest.approx(2 * 1.96 * 0.1 / np.sqrt(80), rel=0.1)


def test_a_pair_needs_the_same_resamples():
    x = samples(0, 20, 1.0)
    before = estimate_of(MeanDifference(x, x), 50)
    with pytest.raises(ValueError, match="no pair"):
        estimate_of(MeanDifference(x, x[:10]), 50).minus(before)
    with pytest.raises(ValueError, match="no pair"):
        estimate_of(MeanDifference(x, x), 50, seed=1).minus(before)


def test_without_resamples_there_is_a_value_but_no_interval():
    x = samples(0, 20, 1.0)
    estimate = estimate_of(MeanDifference(x, x[:4] + 2), resamples=0)
    assert estimate.value == pytest.approx(x[:4].mean() + 2)
    assert np.isnan(estimate.interval()).all()


def test_too_few_images_for_an_interval():
    x = samples(0, 20, 1.0)
    with pytest.raises(UserError, match="at least 10 generated images, not 9"):
        estimate_of(MeanDifference(x, x[:9]))


def test_wrong_counts():
    with pytest.raises(ValueError, match=r"must be \(resamples, 5\), not \(2, 4\)"):
        as_weights(np.ones((2, 4)), 5)
    with pytest.raises(ValueError, match="no images"):
        as_weights(np.zeros((2, 4)), 4)


def test_weighted_mean():
    weights = np.array([[1, 2, 0], [0, 0, 3]], np.float32)
    np.testing.assert_allclose(weighted_mean(weights, [3, 6, 9]), [5, 9])
    values = np.array([[3, 0], [6, 1], [9, 2]])
    np.testing.assert_allclose(weighted_mean(weights, values), [[5, 2 / 3], [9, 2]])


def test_halves():
    array = np.arange(11)[:, None]
    first, second = halves(array, seed=3)
    assert first.shape == second.shape == (5, 1)
    assert len(set(first.ravel()) | set(second.ravel())) == 10
    assert sorted(first.ravel()) != list(range(5))  # data may be sorted by class
    np.testing.assert_array_equal(first, halves(array, seed=3)[0])
    assert (first != halves(array, seed=4)[0]).any()


def test_remembered_compares_contents():
    calls = []
    build = remembered(lambda *arrays: calls.append(arrays) or len(calls))
    a, b = np.arange(4.0), np.arange(4.0)[::-1]
    assert build(a, b) == build(a.copy(), b.copy()) == 1
    assert build(b, a) == 2
    a[0] = 9
    assert build(a, b) == 3
    assert build(a.reshape(2, 2), b) == 4
    assert [build(np.full(2, x), b) for x in range(4)] == [5, 6, 7, 8]
    assert build(a, b) == 9  # no longer among the last four
