"""Shapes, names and initial weights of the networks, and their files in plain Keras."""

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.networks import NETWORKS
from wgan_tf.networks.batch_norm import FusedBatchNormalization, plain
from wgan_tf.networks.layer_norm import FlatLayerNormalization

ORIGINAL = {
    "size": 64,
    "channels": 3,
    "z_dim": 100,
    "generator_widths": (1024, 512, 256, 128),
    "critic_widths": (64, 128, 256, 512),
}


def build(**changes):
    return NETWORKS["dcgan"](**{**ORIGINAL, **changes})


def test_original_wgan_has_the_originals_shapes():
    small = build(generator_widths=(32, 16, 8, 4), critic_widths=(8, 16, 32, 64), z_dim=10)
    shapes = {v.path: tuple(v.shape) for v in small.build_generator().trainable_variables}
    assert shapes["W_z/kernel"] == (10, 4 * 4 * 32)
    assert shapes["W_0/kernel"] == (4, 4, 16, 32)
    assert shapes["W_pred/kernel"] == (4, 4, 3, 4)
    assert not any(path.endswith("bias") for path in shapes)
    critic = small.build_critic()
    shapes = {v.path: tuple(v.shape) for v in critic.trainable_variables}
    assert shapes["W_3/kernel"] == (4, 4, 32, 64)
    assert shapes["W_pred/kernel"] == (4, 4, 64, 1)
    assert "disc_bn0/gamma" not in shapes and "disc_bn1/gamma" in shapes
    assert critic.get_layer("W_pred").output.shape == (None, 2, 2, 1)


def test_gan_style():
    gan = build(
        generator_widths=(8, 4, 4, 4),
        critic_widths=(4, 4, 4, 8),
        kernel_size=5,
        bias=True,
        dense_score=True,
    )
    shapes = {v.path: tuple(v.shape) for v in gan.build_critic().trainable_variables}
    assert shapes["W_pred/kernel"] == (4 * 4 * 8, 1) and shapes["W_pred/bias"] == (1,)
    assert shapes["W_0/kernel"] == (5, 5, 3, 4)


@pytest.mark.parametrize(("size", "layers"), [(16, 2), (28, 2), (32, 3), (48, 4), (128, 5)])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("style", [{}, {"kernel_size": 5, "bias": True, "dense_score": True}])
def test_any_size_that_the_layers_divide(size, layers, channels, style):
    net = build(
        size=size,
        channels=channels,
        z_dim=5,
        generator_widths=(4,) * layers,
        critic_widths=(3,) * layers,
        **style,
    )
    z = np.random.default_rng(0).uniform(-1, 1, (2, 5)).astype(np.float32)
    images = net.build_generator()(z)
    assert images.shape == (2, size, size, channels)
    assert np.abs(images).max() <= 1
    assert net.build_critic()(images).shape == (2,)


def test_initial_weights():
    wide = build(size=16, generator_widths=(512, 256), critic_widths=(128, 512))
    kernel = wide.build_critic().get_layer("W_1").kernel.numpy()
    # A normal of deviation 0.02 cut at two deviations has 0.88 of it.
    assert np.abs(kernel).max() <= 0.04
    assert kernel.std() == pytest.approx(0.02, rel=0.15)
    gamma = wide.build_generator().get_layer("gen_bnz").gamma.numpy()
    assert gamma.mean() == pytest.approx(1, abs=0.005)
    assert gamma.std() == pytest.approx(0.02, rel=0.15)


def test_seed_decides_the_weights_and_layers_differ():
    def kernels(seed):
        net = build(size=16, generator_widths=(8, 8, 8), critic_widths=(4, 4), seed=seed)
        return [v.numpy() for v in net.build_generator().trainable_variables if "W_" in v.path]

    for first, again, other in zip(kernels(1), kernels(1), kernels(2), strict=True):
        assert (first == again).all()
        assert not (first == other).any()
    assert not (kernels(1)[1] == kernels(1)[2]).any()


def test_files_open_in_plain_keras(tmp_path):
    net = build(size=16, generator_widths=(8, 4), critic_widths=(4, 8))
    generator, critic = net.build_generator(), net.build_critic()
    plain(generator).save(tmp_path / "generator.keras")
    plain(critic).save(tmp_path / "critic.keras")
    z = np.linspace(-1, 1, 200, dtype=np.float32).reshape(2, 100)
    np.save(tmp_path / "z.npy", z)
    code = (
        "import keras, numpy as np, sys; assert 'wgan_tf' not in sys.modules;"
        "g, c = keras.saving.load_model('generator.keras'), keras.saving.load_model('critic.keras')"
        ";np.save('scores.npy', c(g(np.load('z.npy'))))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    expected = critic(generator(z)).numpy()
    np.testing.assert_allclose(np.load(tmp_path / "scores.npy"), expected, atol=1e-6)


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
    for expected, found in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5)
    assert (np.asarray(results[1][-1]) != np.float32([1, 4, 2])).all() == training


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
    for expected, found in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_the_homeworks_networks_have_its_shapes():
    networks = NETWORKS["homework"](32, 3, 100, (196,), (196,), classes=10)
    critic = networks.build_critic()
    sides = [critic.get_layer(f"leaky_{number}").output.shape[1] for number in range(1, 9)]
    assert sides == [32, 16, 16, 8, 8, 8, 8, 4]
    assert {critic.get_layer(f"leaky_{number}").output.shape[3] for number in range(1, 9)} == {196}
    assert critic.get_layer("pool").output.shape == (None, 1, 1, 196)
    assert [output.shape for output in critic.outputs] == [(None,), (None, 10)]
    assert critic.get_layer("norm_2").gamma.shape == (16, 16, 196)
    generator = networks.build_generator()
    sides = [generator.get_layer(f"relu_{number}").output.shape[1] for number in range(1, 9)]
    assert sides == [4, 8, 8, 8, 8, 16, 16, 32]
    assert generator.output.shape == (None, 32, 32, 3)
    # The classifier is the same network without the score.
    alone = networks.build_classifier()
    shapes = [
        {v.path: v.shape for v in network.variables if "score" not in v.path}
        for network in (critic, alone)
    ]
    assert shapes[0] == shapes[1]
    for one, two in zip(critic.variables, alone.variables, strict=False):
        if "score" in one.path:
            break
        np.testing.assert_array_equal(one.numpy(), two.numpy(), err_msg=one.path)


@pytest.mark.parametrize("size", [16, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_one_width_networks_of_other_sizes(size, channels):
    networks = NETWORKS["homework"](size, channels, 7, (4,), (5,))
    images = networks.build_generator()(np.zeros((2, 7), np.float32))
    assert images.shape == (2, size, size, channels)
    assert networks.build_critic()(images).shape == (2,)


@pytest.mark.parametrize("name", ["homework", "fast", "judge"])
def test_classifiers_give_features_and_logits_and_open_in_plain_keras(name, tmp_path):
    network = NETWORKS[name](16, 3, critic_widths=(8,), classes=4, seed=3).build_classifier()
    images = np.random.default_rng(0).uniform(-1, 1, (5, 16, 16, 3)).astype(np.float32)
    features, logits = network(images, training=False)
    kernel, bias = (v.numpy() for v in network.get_layer("logits").variables)
    np.testing.assert_allclose(features @ kernel + bias, logits, atol=1e-5)
    assert logits.shape == (5, 4)
    path = tmp_path / "classifier.keras"
    plain(network).save(path)
    code = (
        "import keras, numpy as np; "
        f"network = keras.saving.load_model({str(path)!r}, safe_mode=True); "
        "images = np.random.default_rng(0).uniform(-1, 1, (5, 16, 16, 3)).astype(np.float32); "
        "print(*np.ravel(network(images, training=False)[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    found = np.array(done.stdout.split(), float).reshape(5, 4)
    np.testing.assert_allclose(found, logits, rtol=1e-3, atol=1e-4)
