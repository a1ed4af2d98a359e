"""Where one looks in z, on numbers computed by hand."""

import numpy as np
import pytest

from wgan_tf.refine import latents


def test_ends_are_those_of_each_values_prior():
    np.testing.assert_array_equal(latents.ends(5, 2, 1, "uniform"), [1, 1, 1, 1, 1])
    np.testing.assert_array_equal(latents.ends(5, 2, 1, "normal"), [1, 1, 1, np.inf, np.inf])


def test_a_walk_goes_from_end_to_end():
    np.testing.assert_allclose(latents.walk(1.0, 5), [-1, -0.5, 0, 0.5, 1])
    np.testing.assert_allclose(latents.walk(np.inf, 3), [-2, 0, 2])


def test_quantiles_are_even_in_probability():
    np.testing.assert_allclose(latents.quantiles(1.0, 4), [-1, -1 / 3, 1 / 3, 1], rtol=1e-6)
    normal = latents.quantiles(np.inf, 5)
    # The normal law's 2.5 %, 26.25 %, ... from a table.
    np.testing.assert_allclose(normal, [-1.95996, -0.63566, 0, 0.63566, 1.95996], atol=1e-4)
    assert latents.quantiles(np.inf, 1).tolist() == [0]


def test_one_value_moves_and_the_others_stay():
    z = np.array([[1, 2, 3], [4, 5, 6]])
    every = latents.moved(z, 1, np.array([-1, 7, 9, 8]))
    assert every.shape == (2, 4, 3)
    np.testing.assert_array_equal(every[1, 2], [4, 9, 6])
    np.testing.assert_array_equal(every[0, :, 1], [-1, 7, 9, 8])
    np.testing.assert_array_equal(z, [[1, 2, 3], [4, 5, 6]])


def test_every_class_is_asked_for_once():
    every = latents.asked(np.array([[0, 1, 0.5, 0.2]]), 2)
    expected = np.float32([[[1, 0, 0.5, 0.2], [0, 1, 0.5, 0.2]]])
    np.testing.assert_array_equal(every, expected)


def test_the_square_is_laid_out_as_a_plot():
    every = latents.square(np.array([9, 0, 0]), np.array([-1, 0, 1]), np.array([-5, 5]))
    assert every.shape == (6, 3)
    np.testing.assert_array_equal(every[0], [9, -1, 5])  # upper left
    np.testing.assert_array_equal(every[2], [9, 1, 5])
    np.testing.assert_array_equal(every[4], [9, 0, -5])


def test_the_plane_has_its_corners_where_they_are_named():
    corners = np.array([[1, 0, 0.0, 0.0], [0, 1, 1.0, 0.5], [0, 1, -0.5, 1.0]])
    every = latents.plane(corners, 3, one_hot=2).reshape(3, 3, 4)
    np.testing.assert_allclose(every[0, 0, 2:], [0, 0])
    np.testing.assert_allclose(every[0, 2, 2:], [1, 0.5])
    np.testing.assert_allclose(every[2, 0, 2:], [-0.5, 1])
    np.testing.assert_allclose(every[2, 2, 2:], [0.5, 1.5])
    np.testing.assert_allclose(every[1, 2, 2:], [0.75, 1])
    # The first corner's class everywhere.
    np.testing.assert_array_equal(every[..., :2].reshape(9, 2), np.tile([1, 0], (9, 1)))
    np.testing.assert_allclose(latents.plane(corners, 1, 2)[0, 2:], [0.25, 0.75])


def test_the_straight_way():
    way = latents.linear(np.array([0, 4]), np.array([1, 0]), 5)
    np.testing.assert_allclose(way[1], [0.25, 3])
    np.testing.assert_allclose(way[[0, -1]], [[0, 4], [1, 0]])


def test_the_way_on_the_sphere_turns_evenly_and_changes_length_evenly():
    # A right angle from length 1 to length 4: a third of it is 30 degrees and length 2.
    way = latents.spherical(np.array([1, 0]), np.array([0, 4]), 4)
    np.testing.assert_allclose(way[1], [2 * np.sqrt(3) / 2, 2 * 0.5], rtol=1e-6)
    np.testing.assert_allclose(way[2], [3 * 0.5, 3 * np.sqrt(3) / 2], rtol=1e-6)
    np.testing.assert_allclose(way[[0, 3]], [[1, 0], [0, 4]], atol=1e-6)


def test_a_class_goes_straight_beside_the_sphere():
    way = latents.spherical(np.array([1, 0, 1, 0]), np.array([0, 1, 0, 1]), 3, one_hot=2)
    np.testing.assert_allclose(way[1], [0.5, 0.5, np.sqrt(0.5), np.sqrt(0.5)], rtol=1e-6)


@pytest.mark.parametrize(
    ("first", "last"), [([1, 2], [-2, -4]), ([0, 0], [3, 1]), ([1, 2], [2, 4]), ([1, 2], [1, 2])]
)
def test_without_a_single_great_circle_it_is_the_straight_way(first, last):
    first, last = np.array(first), np.array(last)
    way = latents.spherical(first, last, 5)
    np.testing.assert_allclose(way, latents.linear(first, last, 5), atol=1e-6)


def test_what_leaves_the_prior_is_brought_back_and_counted():
    far = np.array([1, 1, np.inf], np.float32)
    z, share = latents.inside(np.array([[0.5, 1.5, 9], [-2, 1 + 1e-7, 0]], np.float32), far)
    np.testing.assert_allclose(z, [[0.5, 1, 9], [-1, 1, 0]])
    assert share == pytest.approx(2 / 6)
