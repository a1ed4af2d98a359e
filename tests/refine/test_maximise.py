"""Images that maximise an output, on functions whose maximum is known."""

import numpy as np
import tensorflow as tf

from wgan_tf.refine.maximise import maximise

WEIGHTS = np.float32([3, -1, 0.5, -2])


def linear(images):
    return tf.linalg.matvec(tf.reshape(images, (-1, 4)), tf.constant(WEIGHTS))


def test_a_linear_output_ends_in_the_corner():
    start = np.zeros((2, 2, 2, 1), np.float32)
    start[1, 0, 0, 0] = -1
    seen = []
    result = maximise(
        linear, start, steps=100, rate=0.1, on_record=lambda *args: seen.append(args)
    )
    np.testing.assert_array_equal(result.images.reshape(2, 4), [np.sign(WEIGHTS)] * 2)
    np.testing.assert_allclose(result.before, [0, -3])
    np.testing.assert_allclose(result.after, [6.5, 6.5])
    assert len(result.curve) == 100 and result.curve[0] == -3 and result.curve[-1] == 13
    assert seen[-1] == (100, 13.0) and len(seen) == 25


def test_first_step_with_weight_decay_by_hand():
    start = np.float32([0.5, -0.25, 0.0, 0.9]).reshape(1, 2, 2, 1)
    result = maximise(linear, start, steps=1, rate=0.1, weight_decay=0.2)
    # x + rate * w - rate * decay * x
    np.testing.assert_allclose(
        result.images.ravel(), [0.5 + 0.3 - 0.01, -0.25 - 0.1 + 0.005, 0.05, 0.9 - 0.2 - 0.018],
        rtol=1e-5,
    )


def test_without_weight_decay_a_pixel_that_decides_nothing_stays():
    start = np.full((1, 2, 2, 1), 0.4, np.float32)

    def first(images):
        return images[:, 0, 0, 0]

    undecayed = maximise(first, start, steps=20, rate=0.01, weight_decay=0.0).images
    np.testing.assert_allclose(undecayed.ravel(), [0.6, 0.4, 0.4, 0.4], rtol=1e-5)
    faded = maximise(first, start, steps=20, rate=0.01, weight_decay=0.5).images
    np.testing.assert_allclose(faded.ravel()[1:], 0.4 * (1 - 0.005) ** 20, rtol=1e-4)


def test_an_image_leaves_a_bound_at_the_first_gradient_that_points_back():
    """Projected gradient: nothing adds up outside."""
    calls = tf.Variable(0.0)

    def turning(images):
        sign = tf.where(calls.assign_add(1.0) <= 10.0, 1.0, -1.0)
        return sign * tf.reduce_sum(images, (1, 2, 3))

    start = np.zeros((1, 1, 1, 1), np.float32)
    result = maximise(turning, start, steps=12, rate=0.5, weight_decay=0)
    np.testing.assert_allclose(result.images.ravel(), 0.0, atol=1e-6)
