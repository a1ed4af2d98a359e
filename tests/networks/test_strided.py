"""Shapes, names and initial weights of the DCGAN networks."""

import numpy as np
import pytest

from wgan_tf.networks import NETWORKS

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


def test_resized_maps_have_no_checkerboard():
    """Far from the edges a flat map stays flat, which a transposed 5x5 kernel cannot do."""
    spread = {}
    for upsampling in ("transposed", "resize"):
        net = build(size=32, generator_widths=(8, 4), kernel_size=5, upsampling=upsampling)
        generator = net.build_generator()
        layers = ("W_0",) if upsampling == "transposed" else ("twice_W_0", "W_0")
        x = np.ones((1, 8, 8, 8), np.float32)
        for name in layers:
            x = generator.get_layer(name)(x)
        assert x.shape == (1, 16, 16, 4)
        spread[upsampling] = np.ptp(x[0, 4:-4, 4:-4], axis=(0, 1)).max()
    assert spread["resize"] < 1e-6 < 1e-3 < spread["transposed"]


def test_resized_maps_by_hand():
    sizes = {"size": 16, "generator_widths": (3, 2), "bias": True}
    generator = build(**sizes, upsampling="resize").build_generator()
    names, plain = (
        [layer.name for layer in network.layers]
        for network in (generator, build(**sizes).build_generator())
    )
    assert [name for name in names if not name.startswith("twice_")] == plain
    layer = generator.get_layer("W_0")
    assert layer.kernel.shape == (4, 4, 3, 2) and layer.bias.shape == (2,)
    x = np.random.default_rng(0).normal(size=(1, 4, 4, 3)).astype(np.float32)
    image = layer(generator.get_layer("twice_W_0")(x)).numpy()
    # A kernel of four with its padding begins one pixel above and left of where it is.
    twice = np.pad(x.repeat(2, 1).repeat(2, 2), ((0, 0), (1, 2), (1, 2), (0, 0)))
    kernel = layer.kernel.numpy()
    expected = [(twice[0, 5:9, 3:7, :, None] * kernel).sum((0, 1, 2)), image[0, 5, 3]]
    np.testing.assert_allclose(*expected, atol=1e-5)
    images = generator(np.zeros((2, 100), np.float32))
    assert images.shape == (2, 16, 16, 3)


def test_seed_decides_the_weights_and_layers_differ():
    def kernels(seed):
        net = build(size=16, generator_widths=(8, 8, 8), critic_widths=(4, 4), seed=seed)
        return [v.numpy() for v in net.build_generator().trainable_variables if "W_" in v.path]

    for first, again, other in zip(kernels(1), kernels(1), kernels(2), strict=True):
        assert (first == again).all()
        assert not (first == other).any()
    assert not (kernels(1)[1] == kernels(1)[2]).any()
