"""Features that are learnt from images alone."""

import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.files.keras_file import load_network
from wgan_tf.networks.batch_norm import plain
from wgan_tf.refine.ratio import self_supervised as module


def images(count, size=16, channels=1, seed=0):
    """Black, with a bright bar each, somewhere, lying or standing."""
    rng = np.random.default_rng(seed)
    every = np.full((count, size, size, channels), -1, np.float32)
    for row, (y, x) in enumerate(rng.integers(2, size // 2, (count, 2))):
        height, width = (2, size // 2) if row % 2 else (size // 2, 2)
        every[row, y : y + height, x : x + width] = rng.uniform(0.5, 1)
    return every


@pytest.mark.parametrize(("size", "channels"), [(16, 1), (48, 3)])
def test_its_file_opens_without_code(size, channels, tmp_path):
    real = images(40, size, channels)
    network, rows = module.self_supervised(None, real, None, 3, 2)
    np.testing.assert_array_equal(rows, np.arange(40))
    assert network.output_shape == (None, 64)
    plain(network).save(tmp_path / "network.keras")
    opened = load_network(tmp_path / "network.keras")
    np.testing.assert_allclose(
        opened(real, training=False), network(real, training=False), atol=1e-5
    )


def test_the_seed_decides_it_and_no_label():
    real = images(60)
    ways = ((3, None), (3, np.arange(60) % 7), (4, None))
    first, again, other = (
        module.self_supervised(None, real, labels, seed, 4)[0](real, training=False)
        for seed, labels in ways
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


def test_features_of_damaged_images_are_others():
    real = images(200)
    damaged = real.copy()
    damaged[:, 6:8] = -1  # a row of each stroke is torn out
    network, _ = module.self_supervised(None, real, None, 3, 30)
    noise = np.random.default_rng(0).normal(0, 0.02, real.shape).astype(np.float32)
    whole, torn, noisy = (network(x, training=False).numpy() for x in (real, damaged, real + noise))
    assert np.isfinite(whole).all()
    change = [np.linalg.norm(x - whole, axis=1).mean() for x in (torn, noisy)]
    assert change[0] > 3 * change[1]


def test_contrast_is_the_cross_entropy_of_the_other_view(monkeypatch):
    monkeypatch.setattr(module, "_TEMPERATURE", 0.5)
    x = np.float32([[3, 4], [1, 0], [0, 2], [2, 0]])
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    likeness = np.exp(unit @ unit.T / 0.5)
    np.fill_diagonal(likeness, 0)
    chances = [likeness[i, (i + 2) % 4] / likeness[i].sum() for i in range(4)]
    np.testing.assert_allclose(module._contrast(x), -np.log(chances).mean(), rtol=1e-5)


def test_a_view_that_may_do_nothing_does_nothing(monkeypatch):
    for name in ("_TURN", "_SCALE", "_SHEAR", "_SHIFT", "_BOX", "_NOISE", "_CONTRAST", "_TINT"):
        monkeypatch.setattr(module, name, 0.0)
    real = images(6, 17)
    view = module._view(tf.constant(real), tf.constant([1, 2], tf.int64))
    np.testing.assert_allclose(view, real, atol=1e-5)


def test_a_shift_moves_each_image_by_its_own_way(monkeypatch):
    for name in ("_TURN", "_SCALE", "_SHEAR"):
        monkeypatch.setattr(module, name, 0.0)
    dots = np.full((50, 21, 21, 1), -1, np.float32)
    dots[:, 10, 10] = 1
    moved = module._warped(tf.constant(dots), tf.constant([1, 2], tf.int64)).numpy() + 1
    mass = moved.sum((1, 2, 3))
    np.testing.assert_allclose(mass, 2, rtol=1e-3)
    places = [(moved[..., 0] * np.arange(21)[:, None]).sum((1, 2)) / mass - 10]
    places += [(moved[..., 0] * np.arange(21)).sum((1, 2)) / mass - 10]
    for place in places:
        assert place.std() > 0.8
        assert 1.5 < np.abs(place).max() <= 2.1 + 1e-3
