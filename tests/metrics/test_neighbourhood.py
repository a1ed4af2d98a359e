"""Pure neighbourhoods, and how much images change along ways, on numbers computed by hand."""

import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.metrics import ways
from wgan_tf.metrics.neighbourhood import chance, purity


def test_purity_is_the_mean_share_of_the_nearest():
    # On a line, two neighbours each: 1, 1; 1/2 of the third (its neighbours 1 and 3); ...
    points = np.array([[0.0], [1.0], [2.1], [3.3], [10.0]])
    classes = np.array([4, 4, 4, 7, 7])
    # 0: 1, 2 both 4. 1: 0, 2 both. 2: 1 (1.1), 3 (1.2): half. 3: 2, 1: none. 10: 3, 2: half.
    shares = np.array([1, 1, 0.5, 0, 0.5])
    found = purity(points, classes, k=2)
    assert found.value == pytest.approx(shares.mean())
    assert found.error == pytest.approx(shares.std(ddof=1) / np.sqrt(5))
    assert found.chance == pytest.approx((3 * 2 + 2 * 1) / (5 * 4))


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


def way(*values, side=2):
    """Images of one value each, but for a pixel of four that stays 0."""
    images = np.zeros((len(values), side, side, 1))
    images += np.reshape(values, (-1, 1, 1, 1))
    images[:, 0, 0] = 0
    return images


def test_steps_are_root_mean_squares_over_pixels():
    images = way(0, 0.2, -0.4)
    np.testing.assert_allclose(ways.steps(images), np.sqrt(0.75) * np.array([0.2, 0.6]))
    assert ways.length(images) == pytest.approx(np.sqrt(0.75) * 0.8)
    assert ways.unevenness(images) == pytest.approx(0.6 / 0.4)
    assert ways.unevenness(way(0, 0, 0, 0.5)) == pytest.approx(3)
    assert np.isnan(ways.unevenness(way(0.3, 0.3)))


def test_neighbours_of_a_square_are_to_the_right_and_below():
    # 0 1
    # 3 7: changes 1, 4, 3, 6.
    mean, over = ways.grid_unevenness(way(0, 0.1, 0.3, 0.7), 2)
    assert mean == pytest.approx(np.sqrt(0.75) * 0.35)
    assert over == pytest.approx(0.6 / 0.35)
    assert np.isnan(ways.grid_unevenness(way(0.5), 1)).all()


def test_spread_is_the_standard_deviation_along_each_way():
    images = np.stack([way(-1, 0, 1), way(0.5, 0.5, 0.5)])
    np.testing.assert_allclose(ways.spread(images), [np.sqrt(0.75 * 2 / 3), 0], atol=1e-12)


def test_effects_are_worth_as_many_equal_ones():
    assert ways.effective_number([2, 2, 2]) == pytest.approx(3)
    assert ways.effective_number([0, 5, 0]) == pytest.approx(1)
    assert ways.effective_number([1, 3]) == pytest.approx(16 / 10)
    assert np.isnan(ways.effective_number([0, 0]))
