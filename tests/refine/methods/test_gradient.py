"""Gradient ascent in z."""

import numpy as np
import pytest

from tests.identity import Identity, Linear, starts
from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.gradient import Gradient


def test_a_step_is_rate_times_gradient():
    model = Identity(factor=0.5)
    z = starts(model)
    refined = Gradient(model, Linear([3.0, -1.0]), rate=0.2)(z, 2)
    np.testing.assert_allclose(refined.z - z, np.tile([0.3, -0.1], (8, 1)), rtol=1e-4)
    assert refined.diagnostics["rate"] == 0.2 and refined.diagnostics["acceptance"] == 1
    three = Gradient(model, Linear([3.0, -1.0]), rate=0.2)(z, 7)
    np.testing.assert_allclose(three.z - z, np.tile([0.9, -0.3], (8, 1)), rtol=1e-4)


def test_steps_are_thrown_back_at_the_ends():
    z = np.float32([[0.9, -0.8]])
    moved = Gradient(Identity("uniform"), Linear([3.0, -5.0]), rate=0.1)(z, 2).z
    np.testing.assert_allclose(moved, [[0.8, -0.7]], atol=1e-6)


def test_a_sample_stays_where_the_median_real_image_is():
    z = np.float32([[-0.5, 0], [0.25, 0], [3.0, 0]])
    refined = Gradient(Identity(), Linear([1.0, 0.0], level=0.6), rate=0.2, stop=True)(z, 20)
    # 0.7 is -0.5 after six steps, 0.65 is 0.25 after two.
    np.testing.assert_allclose(refined.z[:, 0], [0.7, 0.65, 3.0], atol=1e-6)
    assert refined.diagnostics["acceptance"] == pytest.approx(8 / 30)


def test_nowhere_to_stop():
    with pytest.raises(UsageError, match="no level"):
        Gradient(Identity(), Linear([1.0, 0.0], level=None), stop=True)
