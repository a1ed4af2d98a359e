"""Steps in z: gradients, blocks, what is drawn."""

import numpy as np
import tensorflow as tf

from tests.identity import Identity, Linear, starts
from wgan_tf.refine.methods.gradient import Gradient
from wgan_tf.refine.methods.langevin import Langevin

WEIGHTS = np.random.default_rng(4).normal(size=(5, 3))


def curved(z, numbers):
    """Images and a guide's values of them, by TensorFlow or NumPy."""
    images = numbers.tanh(z @ numbers.cast(WEIGHTS))
    return images, numbers.sum(numbers.sin(2 * images) * np.array([1.0, -2.0, 0.5]), -1)


class _Double:
    tanh, sin, sum, cast = np.tanh, np.sin, np.sum, np.asarray


class _Single:
    tanh, sin, sum = tf.tanh, tf.sin, tf.reduce_sum

    @staticmethod
    def cast(values):
        return tf.constant(values, tf.float32)


def test_gradient_through_the_generator_against_finite_differences():
    model = Identity("uniform", 5, one_hot=2)
    model.generator = lambda z, training: curved(z, _Single)[0]
    method = Gradient(model, lambda x: tf.reduce_sum(tf.sin(2 * x) * [1.0, -2.0, 0.5], -1))
    z = starts(model, 4)
    values, gradient = method.gradient(tf.constant(z))
    np.testing.assert_allclose(values, curved(np.float64(z), _Double)[1], rtol=1e-5, atol=1e-6)
    expected = np.zeros((4, 5))
    for place in range(2, 5):  # What is asked for may not move.
        step = np.zeros(5)
        step[place] = 1e-5
        ends = (curved(z + sign * step, _Double)[1] for sign in (1, -1))
        expected[:, place] = np.subtract(*ends) / 2e-5
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)
    assert np.abs(expected[:, 2:]).min() > 1e-3


def test_blocks_draw_numbers_of_their_own():
    model = Identity()
    z = np.tile(starts(model, 1), (260, 1))
    method = Langevin(model, Linear([0, 0]))
    end = method(z, 6, 1).z
    assert len(np.unique(end, axis=0)) == 260
    np.testing.assert_array_equal(method(z[:250], 6, 1).z, end[:250])
    # Nor is every step alike: were it so, three steps would go three times as far as one.
    first = method(z, 2, 1).z - z
    assert not np.allclose(end - z, 3 * first, rtol=0.3)


def test_the_curve_is_the_mean_of_all_blocks():
    model, guide = Identity(), Linear([1.0, 0.0])
    z = np.zeros((300, 2), np.float32)
    z[250:] = 3
    curve = Gradient(model, guide, rate=0.5)(z, 6).curve
    np.testing.assert_allclose(curve, 0.5 + 0.5 * np.arange(3), rtol=1e-5)
