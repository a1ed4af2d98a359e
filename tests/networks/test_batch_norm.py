"""The fused batch norm against Keras' own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.networks.batch_norm import FusedBatchNormalization


@pytest.mark.parametrize("training", [True, False])
def test_fused_batch_norm_computes_what_keras_does(training):
    """Outputs, gradients by all inputs, and what becomes of the moving statistics."""
    settings = {"momentum": 0.9, "epsilon": 1e-5}
    layers = keras.layers.BatchNormalization(**settings), FusedBatchNormalization(**settings)
    # Few values per channel, so that biased and unbiased variance differ by a seventh.
    x = tf.random.stateless_normal((2, 2, 2, 3), (1, 2)) * [1.0, 2.0, 5.0] + 0.5
    weight = tf.random.stateless_normal((2, 2, 2, 3), (3, 4))
    results = []
    for layer in layers:
        layer.build(x.shape)
        layer.set_weights(np.float32([[1, 0.5, -2], [0, 1, 3], [0.5, 0.2, 0.1], [1, 4, 2]]))
        watched = [x, layer.gamma.value, layer.beta.value]
        with tf.GradientTape() as tape:
            tape.watch(watched)
            outputs = layer(x, training=training)
            loss = tf.reduce_sum(outputs * weight)
        results.append([outputs, *tape.gradient(loss, watched), *layer.get_weights()])
    for expected, actual in zip(*results, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=2e-5, atol=2e-5)
    assert (np.asarray(results[1][-1]) != np.float32([1, 4, 2])).all() == training
