"""Pure neighbourhoods, on numbers computed by hand."""

import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.metrics.purity import chance, purity


def test_purity_is_the_mean_share_of_the_nearest():
    # On a line, two neighbours each: 1, 1; 1/2 of the third (its neighbours 1 and 3); ...
    points = np.array([[0.0], [1.0], [2.1], [3.3], [10.0]])
    classes = np.array([4, 4, 4, 7, 7])
    # 0: 1, 2 both 4. 1: 0, 2 both. 2: 1 (1.1), 3 (1.2): half. 3: 2, 1: none. 10: 3, 2: half.
    shares = np.array([1, 1, 0.5, 0, 0.5])
    estimate = purity(points, classes, k=2)
    assert estimate.value == pytest.approx(shares.mean())
    assert estimate.error == pytest.approx(shares.std(ddof=1) / np.sqrt(5))
    assert estimate.chance == pytest.approx((3 * 2 + 2 * 1) / (5 * 4))


def test_chance_is_what_shuffling_gives():
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (300, 3))
    classes = np.repeat([0, 1, 2], [200, 70, 30])
    values = [purity(points, rng.permutation(classes)).value for _ in range(40)]
    error = np.std(values) / np.sqrt(40)
    assert abs(np.mean(values) - chance(classes)) < 4 * error
    # Its spread over shuffles is reported too.
    assert purity(points, classes).chance_spread == pytest.approx(np.std(values), rel=0.5)


def test_classes_that_lie_apart_are_pure_and_equal_ones_too():
    rng = np.random.default_rng(1)
    classes = np.repeat([0, 1], [20, 30])
    points = rng.normal(0, 1, (50, 4)) + 100 * classes[:, None]
    assert purity(points, classes).value == 1
    assert purity(points, np.zeros(50, int)).chance == 1


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(UserError, match="at least 11 points"):
        purity(np.random.default_rng(0).normal(size=(10, 2)), np.zeros(10, int))
    with pytest.raises(ValueError, match="classes must be"):
        purity(np.random.default_rng(0).normal(size=(12, 2)), np.zeros(11, int))
