"""The difference picture's grey, its signs and its gain."""

import numpy as np
import pytest

from wgan_tf.data.scaling import to_uint8
from wgan_tf.visualize.difference import MAX_GAIN, difference, signed


def test_no_change_is_flat_mid_grey_with_gain_one():
    images = np.linspace(-1, 1, 48, dtype=np.float32).reshape(1, 4, 4, 3)
    picture, gain = difference(images, images)
    assert gain == 1.0
    assert picture.dtype == np.float32
    assert (to_uint8(picture) == 128).all()


def test_brighter_is_lighter_by_the_gain():
    before = np.zeros((1, 1, 3, 1), np.float32)
    after = np.array([0.1, -0.2, 0.0], np.float32).reshape(1, 1, 3, 1)
    picture, gain = difference(before, after, gain=2.5)
    assert gain == 2.5
    np.testing.assert_allclose(picture.ravel(), [0.25, -0.5, 0.0], rtol=1e-6)


def test_automatic_gain_takes_an_invisible_change_to_full_range():
    generator = np.random.default_rng(0)
    before = generator.uniform(-0.9, 0.9, (4, 16, 16, 3)).astype(np.float32)
    change = generator.uniform(-0.003, 0.003, before.shape)
    picture, gain = difference(before, (before + change).astype(np.float32))
    assert gain == pytest.approx(1 / (0.995 * 0.003), rel=0.01)
    clipped = np.mean(np.abs(picture) == 1.0)
    assert 0.003 < clipped < 0.007
    assert np.abs(picture).max() == 1.0


def test_black_turned_white_halves_the_difference():
    picture, gain = difference(-np.ones((1, 2, 2, 1)), np.ones((1, 2, 2, 1)))
    assert gain == 0.5
    assert (picture == 1.0).all()


def test_one_changed_pixel_is_seen():
    before, after = np.zeros((2, 1, 20, 20, 1), np.float32)
    after[0, 3, 5, 0] = -0.25
    picture, gain = difference(before, after)
    assert gain == 4.0
    assert picture[0, 3, 5, 0] == -1.0
    assert np.count_nonzero(picture) == 1


def test_gain_is_capped():
    before = np.zeros((1, 2, 2, 1), np.float32)
    picture, gain = difference(before, before + np.float32(1e-6))
    assert gain == MAX_GAIN
    np.testing.assert_allclose(picture, 0.01, rtol=1e-4)


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="differ in shape"):
        difference(np.zeros((1, 2, 2, 1)), np.zeros((1, 2, 2, 3)))


def test_signed_shows_each_image_on_its_own_scale():
    values = np.zeros((3, 2, 2, 1), np.float32)
    values[0, 0, 0], values[0, 1, 1] = 1e-6, -1e-6
    values[1, 0, 0], values[1, 1, 1] = 400, -200
    shown = signed(values)
    np.testing.assert_allclose(shown[0, :, :, 0], [[1, 0], [0, -1]])
    np.testing.assert_allclose(shown[1, :, :, 0], [[1, 0], [0, -0.5]], atol=0.02)
    assert (shown[2] == 0).all() and shown.dtype == np.float32
