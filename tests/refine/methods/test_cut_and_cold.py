"""Two slips in public code, by hand: what they come to where the laws are known."""

import numpy as np
import pytest

from tests.identity import Identity, Linear, starts
from tests.scenarios.cut_and_cold import PUBLISHED, CutOff
from wgan_tf.refine.methods.gradient import Gradient
from wgan_tf.refine.methods.langevin import Langevin


def test_a_gradient_that_is_cut_off_refines_nothing():
    model = Identity()
    z, guide = starts(model, 20), Linear([0.5, -1.0])
    connected, cut = (cls(model, guide)(z, 20) for cls in (Gradient, CutOff))
    # Ten steps of 0.01 along (0.5, -1).
    np.testing.assert_allclose(connected.z - z, np.tile([0.05, -0.1], (20, 1)), atol=1e-5)
    np.testing.assert_array_equal(cut.z, z)
    np.testing.assert_array_equal(cut.values_after, cut.values_before)
    assert cut.evaluations == 20  # they are spent all the same


def test_a_walk_at_the_published_temperature_is_ascent():
    """Prior times exp(a z) is N(a, 1): at temperature 1 the walk has its width, at 2e-4 all come
    together at a, as without noise.
    """
    model, guide = Identity(), Linear([1.5, 0.0])
    z = starts(model, 2000)
    ends = [
        Langevin(model, guide, rate=0.2, temperature=t)(z, 200, 1).z for t in (1.0, PUBLISHED, 0.0)
    ]
    for end in ends:
        np.testing.assert_allclose(end.mean(0), [1.5, 0.0], atol=0.08)
    # Steps of 0.2 widen the law by 1 / (1 - 0.2 / 4).
    assert (ends[0] - ends[0].mean(0)).std() == pytest.approx((1 / 0.95) ** 0.5, rel=0.03)
    assert (ends[1] - ends[1].mean(0)).std() == pytest.approx((PUBLISHED / 0.95) ** 0.5, rel=0.05)
    assert (ends[2] - ends[2].mean(0)).std() < 1e-3
