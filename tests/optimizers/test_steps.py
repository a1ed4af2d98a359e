"""Optimizers against arithmetic in NumPy and TensorFlow 1's own kernels."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.optimizers import OPTIMIZERS, make_optimizer
from wgan_tf.optimizers.steps import SignDescent, TF1RMSprop
from wgan_tf.refine.loop import refine


def test_tf1_rmsprop_slot_starts_at_one():
    gradients = [np.array([0.5, -2.0]), np.array([-0.25, 1.0])]
    value, mean_square = np.array([1.0, 1.0]), np.ones(2)
    variable = keras.Variable(value)
    optimizer = TF1RMSprop(0.1, rho=0.9)
    for gradient in gradients:
        mean_square = 0.9 * mean_square + 0.1 * gradient**2
        value = value - 0.1 * gradient / np.sqrt(mean_square + 1e-10)
        optimizer.apply([tf.constant(gradient, tf.float32)], [variable])
    np.testing.assert_allclose(variable.numpy(), value, rtol=1e-6)


def test_tf1_rmsprop_equals_tensorflow_1s_own_kernel():
    """`ResourceApplyRMSProp` is the kernel that `tf.compat.v1.train.RMSPropOptimizer` calls."""
    rng = np.random.default_rng(0)
    theirs = tf.Variable(rng.normal(size=5).astype(np.float32))
    ours = keras.Variable(theirs.numpy())
    mean_square, momentum = tf.Variable(tf.ones(5)), tf.Variable(tf.zeros(5))
    optimizer = TF1RMSprop(1e-2, rho=0.8)
    for _ in range(4):
        gradient = tf.constant(rng.normal(size=5), tf.float32)
        tf.raw_ops.ResourceApplyRMSProp(
            var=theirs.handle,
            ms=mean_square.handle,
            mom=momentum.handle,
            lr=1e-2,
            rho=0.8,
            momentum=0.0,
            epsilon=1e-10,
            grad=gradient,
        )
        optimizer.apply([gradient], [ours])
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-6)


def test_tf1_adam_equals_tensorflow_1s_own_kernel():
    """Bit for bit, where Keras' own Adam drifts: see `TF1Adam`."""
    rng = np.random.default_rng(1)
    theirs = tf.Variable(rng.normal(size=5).astype(np.float32))
    ours, other = keras.Variable(theirs.numpy()), keras.Variable(np.zeros(2, np.float32))
    m, v = tf.Variable(tf.zeros(5)), tf.Variable(tf.zeros(5))
    powers = np.array([0.5, 0.999], np.float32)
    optimizer = make_optimizer("Adam", 1e-2, 0.5)
    optimizer.build([ours, other])
    for _ in range(200):
        gradient = tf.constant(rng.normal(size=5), tf.float32)
        tf.raw_ops.ResourceApplyAdam(
            var=theirs.handle,
            m=m.handle,
            v=v.handle,
            beta1_power=powers[0],
            beta2_power=powers[1],
            lr=1e-2,
            beta1=0.5,
            beta2=0.999,
            epsilon=1e-8,
            grad=gradient,
        )
        optimizer.apply([gradient], [ours])
        # An update of the other network's variables advances the shared powers too.
        optimizer.apply([tf.ones(2)], [other])
        for _ in range(2):
            powers = powers * np.array([0.5, 0.999], np.float32)
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_optimizers_round_trip(name):
    optimizer = make_optimizer(name, 0.25, 0.75)
    copy = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert type(copy) is type(optimizer)
    assert copy.get_config() == optimizer.get_config()
    assert float(copy.learning_rate) == 0.25


def test_sign_descent_by_hand_and_its_configuration():
    records, *_ = refine(
        lambda value: tf.reduce_sum(value * tf.constant([5.0, -1e-6, 0.0])),
        [0.0, 0.25, 0.5],
        SignDescent(0.125),
        3,
    )
    assert records[-1].tolist() == [-0.375, 0.625, 0.5]
    copy = SignDescent.from_config(SignDescent(0.5).get_config())
    assert float(copy.learning_rate) == 0.5
