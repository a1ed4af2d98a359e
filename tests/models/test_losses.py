"""Losses against arithmetic done by hand or in NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.models.losses import (
    accuracy,
    class_loss,
    code_loss,
    cross_entropy_critic_loss,
    cross_entropy_generator_loss,
    feature_matching_loss,
    gradient_penalty,
    wasserstein_critic_loss,
    wasserstein_generator_loss,
)

# Unequal, of both signs: a flipped sign cannot cancel.
REAL = np.array([1.0, -2.0, 4.0, 5.0], np.float32)
FAKE = np.array([-3.0, 0.5, -1.0, 2.0], np.float32)


def test_wasserstein_losses():
    assert float(wasserstein_critic_loss(REAL, FAKE)) == pytest.approx(-0.375 - 2.0)
    assert float(wasserstein_generator_loss(FAKE)) == pytest.approx(0.375)


def test_cross_entropy_losses():
    def minus_log_sigmoid(x):
        return np.log1p(np.exp(-x.astype(np.float64)))

    critic = minus_log_sigmoid(REAL).mean() + minus_log_sigmoid(-FAKE).mean()
    assert float(cross_entropy_critic_loss(REAL, FAKE)) == pytest.approx(critic, rel=1e-6)
    generator = minus_log_sigmoid(FAKE).mean()
    assert float(cross_entropy_generator_loss(FAKE)) == pytest.approx(generator, rel=1e-6)


def test_feature_matching_sums_over_the_batch_and_divides_by_the_crop():
    real = np.zeros((2, 1, 1, 2), np.float32)
    fake = np.array([[[[1.0, 2.0]]], [[[3.0, -4.0]]]], np.float32)
    assert float(feature_matching_loss(real, fake, 10)) == pytest.approx(30 / 2 / 100)


def test_penalty_of_a_linear_critic_is_known():
    # f(x) = 3 x_1 + 4 x_2 has a gradient of length 5 everywhere: (5 - 1)^2.
    weights = tf.reshape(tf.constant([3.0, 4.0]), (1, 2, 1, 1))

    def score(images):
        return tf.reduce_sum(images * weights, [1, 2, 3])

    real, fake = tf.ones((3, 2, 1, 1)), tf.zeros((3, 2, 1, 1))
    penalty = gradient_penalty(score, real, fake, tf.fill((3, 1, 1, 1), 0.3))
    assert float(penalty) == pytest.approx(16.0, rel=1e-6)


def test_penalty_is_taken_between_the_images():
    # f(x) = x^2 / 2 has the gradient x: at 0.25 * 2 + 0.75 * (-1) = -0.25, (0.25 - 1)^2; at
    # 0.5 * 4 + 0.5 * 2 = 3, (3 - 1)^2.
    real, fake = np.float32([2, 4]), np.float32([-1, 2])
    mixing = np.float32([0.25, 0.5])
    tensors = (tf.reshape(values, (2, 1, 1, 1)) for values in (real, fake, mixing))
    penalty = gradient_penalty(lambda x: tf.reduce_sum(x**2, [1, 2, 3]) / 2, *tensors)
    assert float(penalty) == pytest.approx((0.5625 + 4) / 2, rel=1e-6)


def test_penalty_of_a_constant_critic_has_a_finite_gradient():
    slope = tf.Variable(0.0)
    image = tf.ones((1, 2, 2, 1))
    with tf.GradientTape() as tape:
        penalty = gradient_penalty(
            lambda x: slope * tf.reduce_sum(x, [1, 2, 3]), image, image, tf.ones((1, 1, 1, 1))
        )
    assert float(penalty) == pytest.approx(1.0, abs=1e-4)
    assert np.isfinite(float(tape.gradient(penalty, slope)))


def test_penalty_and_its_gradient_by_the_weights_against_finite_differences():
    rng = np.random.default_rng(1)
    kernels = [tf.Variable(rng.normal(0, 0.5, shape)) for shape in ((3, 3, 1, 4), (3, 3, 4, 2))]
    real, fake = (tf.constant(rng.uniform(-1, 1, (3, 4, 4, 1))) for _ in range(2))
    mixing = tf.constant(rng.uniform(0, 1, (3, 1, 1, 1)))

    def score(x):
        hidden = tf.tanh(tf.nn.conv2d(x, kernels[0], 1, "SAME"))
        return tf.reduce_sum(tf.tanh(tf.nn.conv2d(hidden, kernels[1], 2, "SAME")), [1, 2, 3])

    images = (mixing * real + (1 - mixing) * fake).numpy()
    lengths = []
    for index in range(3):
        slopes = []
        for pixel in range(16):
            step = np.zeros((1, 16))
            step[0, pixel] = 1e-5
            up, down = (
                score(images[index : index + 1] + sign * step.reshape(1, 4, 4, 1))
                for sign in (1, -1)
            )
            slopes.append(float((up - down)[0]) / 2e-5)
        lengths.append(np.linalg.norm(slopes))
    with tf.GradientTape() as tape:
        penalty = gradient_penalty(score, real, fake, mixing)
    assert float(penalty) == pytest.approx(np.mean((np.array(lengths) - 1) ** 2), rel=1e-6)
    for kernel, gradient in zip(kernels, tape.gradient(penalty, kernels), strict=True):
        where = (1, 2, 0, 1)
        step = np.zeros(kernel.shape)
        step[where] = 1e-5
        values = []
        for sign in (1, -2):
            kernel.assign_add(sign * step)
            values.append(float(gradient_penalty(score, real, fake, mixing)))
        kernel.assign_add(step)
        expected = (values[0] - values[1]) / 2e-5
        assert float(gradient[where]) == pytest.approx(expected, rel=1e-5)


def test_class_loss_by_hand():
    logits = tf.constant([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    expected = -(np.log(shares[0, 1]) + np.log(shares[1, 0])) / 2
    assert float(class_loss(logits, [1, 0])) == pytest.approx(expected, rel=1e-6)
    targets = 0.3 / 3 + 0.7 * np.array([[0, 1, 0], [1, 0, 0]])
    expected = -(targets * np.log(shares)).sum() / 2
    assert float(class_loss(logits, [1, 0], 0.3)) == pytest.approx(expected, rel=1e-6)
    assert float(accuracy(logits, [1, 0])) == 0.5


def test_code_loss_by_hand():
    means, codes = np.float32([[1, -2], [0, 3]]), np.float32([[0.5, 0], [1, -1]])
    # Squares 0.25 + 4 and 1 + 16; halves of their mean.
    assert float(code_loss(means, codes)) == pytest.approx((4.25 + 17) / 4)
