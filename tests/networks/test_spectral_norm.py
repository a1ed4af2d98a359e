"""Kernels of spectral norm 1: the norm, its gradient, its vector, and files in plain Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.networks import NETWORKS
from wgan_tf.networks.batch_norm import plain
from wgan_tf.networks.spectral_norm import SpectralConv2D, SpectralDense

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (3, 16, 16, 1)).astype(np.float32)


def layers():
    for layer, shape in (
        (SpectralConv2D(6, 3, 2, padding="same", use_bias=True), (2, 8, 8, 4)),
        (SpectralDense(5, use_bias=False), (2, 7)),
    ):
        layer.build((None, *shape[1:]))
        layer.kernel.assign(RNG.normal(0, 2, layer.kernel.shape))
        yield layer, RNG.normal(size=shape).astype(np.float32)


def matrix(kernel):
    return np.asarray(kernel).reshape(-1, kernel.shape[-1])


def test_one_power_iteration_by_hand():
    layer = SpectralDense(2)
    layer.build((None, 2))
    # W = diag(3, 1) up to the order of its axes; u = (1, 1) leads to v = (3, 1) / sqrt(10), then
    # to u = (9, 1) / sqrt(82), and the norm is u W v = 82 / sqrt(820).
    layer.kernel.assign([[3.0, 0.0], [0.0, 1.0]])
    layer.u.assign([1.0, 1.0])
    kernel = layer.normal_kernel(training=True).numpy()
    np.testing.assert_allclose(kernel, np.diag([3, 1]) / (82 / np.sqrt(820)), rtol=1e-6)
    np.testing.assert_allclose(layer.u.numpy(), np.array([9, 1]) / np.sqrt(82), rtol=1e-6)


def test_the_norm_is_one_after_some_passes_and_inference_moves_nothing():
    for layer, inputs in layers():
        before = layer.u.numpy()
        layer(inputs, training=False)
        np.testing.assert_array_equal(layer.u.numpy(), before)
        for _ in range(200):
            layer(inputs, training=True)
        assert not (layer.u.numpy() == before).all()
        for training in (False, True):
            largest = np.linalg.svd(matrix(layer.normal_kernel(training)), compute_uv=False)[0]
            assert largest == pytest.approx(1, rel=1e-3)
        assert np.linalg.norm(matrix(layer.kernel.numpy()), 2) > 2


def test_the_gradient_flows_through_the_norm():
    """Scaling a kernel changes nothing, so its gradient has no part along the kernel."""
    for layer, inputs in layers():
        weight = RNG.normal(size=layer(inputs).shape).astype(np.float32)
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(weight * layer(inputs, training=True))
        gradient = tape.gradient(total, layer.kernel.value).numpy()
        kernel = layer.kernel.numpy()
        along = (gradient * kernel).sum()
        assert abs(along) < 1e-4 * np.linalg.norm(gradient) * np.linalg.norm(kernel)
        assert np.linalg.norm(gradient) > 0.1


def test_outputs_are_those_of_the_plain_layer():
    for layer, inputs in layers():
        other = type(layer).plain.from_config(layer.get_config())
        other.build((None, *inputs.shape[1:]))
        other.set_weights(layer.plain_weights())
        np.testing.assert_allclose(layer(inputs), other(inputs), atol=1e-5)


@pytest.mark.parametrize("dense_score", [True, False])
def test_all_layers_up_to_the_score_have_it_and_none_batch_norm(dense_score, tmp_path):
    style = {"kernel_size": 5, "bias": True, "dense_score": dense_score, "spectral_norm": True}
    net = NETWORKS["dcgan"](16, 1, 3, (8, 4), (4, 8), categories=3, **style)
    critic = net.build_critic()
    spectral = [layer.name for layer in critic.layers if hasattr(layer, "plain_weights")]
    assert spectral == ["W_0", "W_1", "W_pred"]
    assert [v.path for v in critic.non_trainable_variables] == [f"{name}/u" for name in spectral]
    critic(IMAGES, training=True)
    copy = plain(critic)
    assert {type(layer).__module__.split(".")[0] for layer in copy.layers} == {"keras"}
    copy.save(tmp_path / "critic.keras")
    loaded = keras.models.load_model(tmp_path / "critic.keras")
    for ours, theirs in zip(critic(IMAGES), loaded(IMAGES), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
