"""The gradient flow of a divergence."""

import numpy as np
import pytest

from tests.identity import Identity, Linear, starts
from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.flow import Flow


@pytest.mark.parametrize(
    ("divergence", "strength"),
    [
        ("kl", lambda d: 1.0),
        ("js", lambda d: 1 / (1 + np.exp(-d))),
        ("logd", lambda d: 1 / (1 + np.exp(d))),
    ],
)
def test_a_step_without_noise_is_the_divergences_own(divergence, strength):
    model, slopes = Identity(), np.array([2.0, -0.5])
    z = starts(model)
    method = Flow(model, Linear(slopes, 0.7), rate=0.1, noise=0.0, divergence=divergence)
    refined = method(z, 2)
    expected = 0.1 * np.broadcast_to(strength(z @ slopes + 0.7), 8)[:, None] * slopes
    np.testing.assert_allclose(refined.z - z, expected, atol=1e-6)
    assert refined.diagnostics["divergence"] == divergence and refined.diagnostics["noise"] == 0


def test_the_noise_is_as_wide_as_it_says():
    model = Identity("uniform")
    z = np.zeros((3000, 2), np.float32)
    moved = Flow(model, Linear([0, 0]), rate=0.02, noise=0.5)(z, 2).z
    np.testing.assert_allclose(moved.std(0), 0.02**0.5, rtol=0.06)


def test_of_a_normal_prior_noise_shrinks_what_it_widens():
    model, z = Identity(), np.full((3000, 2), 2.0, np.float32)
    moved = Flow(model, Linear([0, 0]), rate=0.1, noise=1.0)(z, 2).z
    np.testing.assert_allclose(moved.mean(0), 2 * 0.8**0.5, atol=0.035)
    np.testing.assert_allclose(moved.var(0), 0.2, rtol=0.1)


def test_steps_are_thrown_back_at_the_ends():
    z = np.float32([[0.9, -0.8]])
    moved = Flow(Identity("uniform"), Linear([3.0, -5.0]), rate=0.1, noise=0.0)(z, 2).z
    np.testing.assert_allclose(moved, [[0.8, -0.7]], atol=1e-6)


def test_settings_that_cannot_be():
    with pytest.raises(UsageError, match="divergence 'tv': one of kl, js, logd"):
        Flow(Identity(), Linear([0, 0]), divergence="tv")
    with pytest.raises(UsageError, match="wider than the prior"):
        Flow(Identity(), Linear([0, 0]), rate=1.0, noise=0.6)
    Flow(Identity(), Linear([0, 0]), rate=1.0, noise=0.5)
