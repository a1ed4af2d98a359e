"""Optimal transport by the critic."""

import numpy as np
import pytest

from tests.identity import Identity, Linear, starts
from wgan_tf.refine.methods.transport import Transport


def test_steepness_is_at_most_the_slope_and_near_it():
    # Among 100 directions in the plane the steepest is all but that of the slope.
    method = Transport(Identity(), Linear([3.0, -4.0]))
    assert 4.9 < method.steepness <= 5.0001
    assert method(starts(Identity()), 2).diagnostics["steepness"] == method.steepness


def test_steepness_is_within_a_class():
    # 1,000 pairs and 3 classes: the second of a pair would be of another class.
    model = Identity(z_dim=5, one_hot=3)
    method = Transport(model, Linear([500.0, 0, -500.0, 3.0, -4.0]))
    assert 4.9 < method.steepness <= 5.01


def test_the_first_step_is_rate_times_gradient_by_the_steepness():
    model, slopes = Identity(), np.array([3.0, -4.0])
    method, z = Transport(model, Linear(slopes), rate=0.2), starts(Identity())
    expected = np.tile(0.2 * slopes / method.steepness, (8, 1))
    np.testing.assert_allclose(method(z, 2).z - z, expected, atol=1e-6)


def test_the_second_step_is_drawn_back_to_the_start():
    model, slopes = Identity(), np.array([3.0, -4.0])
    method, z = Transport(model, Linear(slopes), rate=0.2), starts(Identity())
    # Both are of the slope's direction; the way back has length 1.
    first = 0.2 * slopes / method.steepness
    second = first + 0.2 * (slopes / method.steepness - slopes / 5)
    np.testing.assert_allclose(method(z, 4).z - z, np.tile(second, (8, 1)), atol=1e-6)


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_a_constant_guide_moves_nothing(prior):
    model = Identity(prior)
    z = starts(model)
    np.testing.assert_allclose(Transport(model, Linear([0, 0], 2.0))(z, 20).z, z, atol=1e-6)


def test_steps_are_thrown_back_at_the_ends():
    model, z = Identity("uniform", 1), np.float32([[0.9], [-0.9]])
    moved = Transport(model, Linear([5.0]), rate=0.3)(z, 2).z
    np.testing.assert_allclose(moved, [[0.8], [-0.6]], atol=1e-3)
