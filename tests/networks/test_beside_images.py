"""The layers next to images, against Keras' own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.networks import beside_images
from wgan_tf.networks.batch_norm import plain


def _pair(ours, shape, filters, kernel, bias=True):
    options = {"padding": "same", "use_bias": bias, "bias_initializer": "random_normal"}
    layers = [kind(filters, kernel, 2, **options) for kind in (ours, ours.plain)]
    for layer in layers:
        layer.build((None, *shape))
    layers[1].set_weights(layers[0].get_weights())
    return layers


def _derivatives(layer, inputs):
    """Outputs, first gradients by inputs and kernel, and the kernel's gradient of a norm of the
    first, as penalties have it.
    """
    inputs = tf.constant(inputs)
    with tf.GradientTape() as outer:
        with tf.GradientTape(persistent=True) as inner:
            inner.watch(inputs)
            outputs = layer(inputs)
            loss = tf.reduce_sum(tf.sin(outputs))
        by_inputs = inner.gradient(loss, inputs)
        norm = tf.reduce_sum(tf.square(by_inputs))
    by_kernel = inner.gradient(loss, layer.kernel.value)
    return [outputs, by_inputs, by_kernel, outer.gradient(norm, layer.kernel.value)]


@pytest.mark.parametrize("kernel", [2, 3, 4, 5])
@pytest.mark.parametrize("channels", [1, 3])
def test_both_compute_what_keras_does(kernel, channels):
    rng = np.random.default_rng(kernel)
    images = rng.normal(size=(2, 6, 10, channels)).astype(np.float32)
    maps = rng.normal(size=(2, 3, 5, 7)).astype(np.float32)
    for kind, inputs, filters in (
        (beside_images.ImageConv2D, images, 7),
        (beside_images.ImageConv2DTranspose, maps, channels),
    ):
        ours, theirs = (_derivatives(x, inputs) for x in _pair(
            kind, inputs.shape[1:], filters, kernel
        ))
        for value, expected in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-4)


def test_without_bias():
    layer, keras_layer = _pair(beside_images.ImageConv2D, (4, 4, 1), 2, 4, bias=False)
    images = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    np.testing.assert_allclose(layer(images), keras_layer(images), rtol=1e-5)


def test_of_images_gives_keras_own_where_there_is_a_gpu(monkeypatch):
    assert beside_images.of_images(keras.layers.Conv2D) is beside_images.ImageConv2D
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["gpu"])
    assert beside_images.of_images(keras.layers.Conv2D) is keras.layers.Conv2D


def test_plain_copies_have_keras_layers():
    images = keras.Input((4, 4, 1))
    network = keras.Model(images, beside_images.ImageConv2D(2, 4, 2, padding="same")(images))
    copy = plain(network)
    assert type(copy.layers[1]) is keras.layers.Conv2D
    x = np.ones((1, 4, 4, 1), np.float32)
    np.testing.assert_allclose(copy(x), network(x), rtol=1e-6)
