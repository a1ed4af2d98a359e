"""Langevin dynamics reaches prior times ratio."""

import numpy as np
import tensorflow as tf

from tests.identity import Identity, Linear, starts
from wgan_tf.refine.methods.langevin import Langevin

COUNT = 1500


def uniform_mean(slope):
    """Of the density exp(slope * z) on [-1, 1]."""
    return 1 / np.tanh(slope) - 1 / slope


def test_small_steps_reach_a_shifted_normal_law():
    model, mean = Identity(), np.array([1.2, -0.5])
    refined = Langevin(model, Linear.towards(mean), rate=0.1)(starts(model, COUNT), 200)
    # Without an accept step the variance is 1 / (1 - rate / 4).
    np.testing.assert_allclose(refined.z.mean(0), mean, atol=0.09)
    np.testing.assert_allclose(refined.z.var(0), 1 / 0.975, rtol=0.12)
    assert refined.diagnostics["acceptance"] == 1


def test_small_steps_reach_a_tilted_uniform_law():
    model = Identity("uniform")
    refined = Langevin(model, Linear([2.0, -3.0]), rate=0.1)(starts(model, COUNT), 200)
    expected = [uniform_mean(2), -uniform_mean(3)]
    np.testing.assert_allclose(refined.z.mean(0), expected, atol=0.04)
    assert np.abs(refined.z).max() <= 1


def test_steps_of_any_length_are_exact_with_an_accept_step():
    model, mean = Identity(), np.array([1.2, -0.5])
    method = Langevin(model, Linear.towards(mean), rate=1.8, adjusted=True)
    refined = method(starts(model, COUNT), 80)
    np.testing.assert_allclose(refined.z.mean(0), mean, atol=0.09)
    np.testing.assert_allclose(refined.z.var(0), 1, rtol=0.12)
    assert 0.3 < refined.diagnostics["acceptance"] < 0.9
    # Without one they would be far from it: 1 / (1 - 1.8 / 4) = 1.8.
    wide = Langevin(model, Linear.towards(mean), rate=1.8)(starts(model, COUNT), 40)
    np.testing.assert_allclose(wide.z.var(0), 1 / 0.55, rtol=0.12)


def test_large_adjusted_steps_reach_a_tilted_uniform_law():
    model = Identity("uniform")
    method = Langevin(model, Linear([2.0, -3.0]), rate=1.0, adjusted=True)
    refined = method(starts(model, COUNT), 80)
    expected = [uniform_mean(2), -uniform_mean(3)]
    np.testing.assert_allclose(refined.z.mean(0), expected, atol=0.045)
    # The slope's derivative of the mean.
    variance = [1 - 1 / np.tanh(b) ** 2 + 1 / b**2 for b in (2, 3)]
    np.testing.assert_allclose(refined.z.var(0), variance, rtol=0.15)


def test_temperature_is_the_variance():
    model = Identity()
    method = Langevin(model, Linear([0, 0]), 0.8, temperature=0.5, adjusted=True)
    refined = method(starts(model, COUNT), 60)
    np.testing.assert_allclose(refined.z.var(0), 0.5, rtol=0.14)
    assert refined.diagnostics["temperature"] == 0.5


def test_at_temperature_nought_it_is_ascent_of_the_posterior():
    model, z = Identity(), np.float32([[1.0, -2.0]])
    moved = Langevin(model, Linear([3.0, 0.0]), rate=0.2, temperature=0.0)(z, 2).z
    np.testing.assert_allclose(moved, z + 0.1 * (np.array([3.0, 0.0]) - z), rtol=1e-5)


def test_a_rejected_state_is_repeated():
    model = Identity("uniform")
    z = starts(model, 20)

    def guide(images):
        # Of the starts alone the ratio is not tiny.
        near = tf.reduce_min(tf.norm(images[:, 0, 0, None] - z, axis=-1), 1) < 1e-4
        return tf.where(near, 0.0, -1e9) + 0 * tf.reduce_sum(images, (1, 2, 3))

    refined = Langevin(model, guide, rate=0.3, adjusted=True)(z, 12)
    np.testing.assert_allclose(refined.z, z, atol=2e-6)
    assert refined.diagnostics["acceptance"] == 0
