"""How much images change along ways, on numbers computed by hand."""

import numpy as np
import pytest

from wgan_tf.metrics import image_changes


def way(*values, side=2):
    """Images of one value each, but for a pixel of four that stays 0."""
    images = np.zeros((len(values), side, side, 1))
    images += np.reshape(values, (-1, 1, 1, 1))
    images[:, 0, 0] = 0
    return images


def test_steps_are_root_mean_squares_over_pixels():
    images = way(0, 0.2, -0.4)
    np.testing.assert_allclose(image_changes.steps(images), np.sqrt(0.75) * np.array([0.2, 0.6]))
    assert image_changes.length(images) == pytest.approx(np.sqrt(0.75) * 0.8)
    assert image_changes.unevenness(images) == pytest.approx(0.6 / 0.4)
    assert image_changes.unevenness(way(0, 0, 0, 0.5)) == pytest.approx(3)
    assert np.isnan(image_changes.unevenness(way(0.3, 0.3)))


def test_neighbours_of_a_square_are_to_the_right_and_below():
    # 0 1
    # 3 7: changes 1, 4, 3, 6.
    mean, over = image_changes.grid_unevenness(way(0, 0.1, 0.3, 0.7), 2)
    assert mean == pytest.approx(np.sqrt(0.75) * 0.35)
    assert over == pytest.approx(0.6 / 0.35)
    assert np.isnan(image_changes.grid_unevenness(way(0.5), 1)).all()


def test_spread_is_the_standard_deviation_along_each_way():
    images = np.stack([way(-1, 0, 1), way(0.5, 0.5, 0.5)])
    np.testing.assert_allclose(image_changes.spread(images), [np.sqrt(0.75 * 2 / 3), 0], atol=1e-12)


def test_effects_are_worth_as_many_equal_ones():
    assert image_changes.effective_number([2, 2, 2]) == pytest.approx(3)
    assert image_changes.effective_number([0, 5, 0]) == pytest.approx(1)
    assert image_changes.effective_number([1, 3]) == pytest.approx(16 / 10)
    assert np.isnan(image_changes.effective_number([0, 0]))
