"""The flat layer norm against Keras' own."""

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.networks.layer_norm import FlatLayerNormalization


def test_flat_layer_norm_computes_what_keras_does():
    """Outputs, gradients, and the gradients of the gradient by the inputs."""
    arguments = {"axis": (1, 2, 3), "epsilon": 1e-5}
    layers = keras.layers.LayerNormalization(**arguments), FlatLayerNormalization(**arguments)
    x = tf.random.stateless_normal((3, 2, 4, 2), (1, 2)) * 3.0 + 1.0
    weight = tf.random.stateless_normal((3, 2, 4, 2), (3, 4))
    gamma, beta = (tf.random.stateless_normal((2, 4, 2), (5, k)).numpy() for k in (0, 1))
    results = []
    for layer in layers:
        layer.build(x.shape)
        layer.set_weights([gamma, beta])
        watched = [x, layer.gamma.value, layer.beta.value]
        with tf.GradientTape() as outer:
            outer.watch(watched)
            with tf.GradientTape() as inner:
                inner.watch(x)
                outputs = layer(x)
                loss = tf.reduce_sum(outputs * weight) + tf.reduce_sum(outputs**3)
            first = inner.gradient(loss, x)
            second = tf.reduce_sum(first**2)
        results.append([outputs, first, *outer.gradient(second, watched)[:2]])
    for expected, actual in zip(*results, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-3, atol=1e-3)
