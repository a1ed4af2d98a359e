"""Sliced Wasserstein distance: pyramid by hand, slices against scipy, closed forms."""

import numpy as np
import pytest
from scipy.ndimage import convolve
from scipy.stats import wasserstein_distance

from wgan_tf.metrics import sliced_wasserstein as sliced
from wgan_tf.metrics.bootstrap import counts
from wgan_tf.metrics.sliced_wasserstein import SlicedWasserstein

RNG = np.random.default_rng(10)


def images(n, height, width, channels, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return (scale * rng.uniform(-1, 1, (n, height, width, channels))).astype(np.float32)


def test_pyramid_adds_up_to_the_image():
    x = images(2, 67, 70, 3)
    bands = sliced._pyramid(x)
    assert [band.shape[1:3] for band in bands] == [(67, 70), (34, 35), (17, 18)]
    whole = bands[-1]
    for band in bands[-2::-1]:
        larger = np.zeros_like(band)
        larger[:, ::2, ::2] = whole
        whole = band + sliced._blurred(larger, 2 * sliced._FILTER)
    np.testing.assert_allclose(whole, x, atol=1e-5)


def test_pyramid_filters_and_halves():
    x = images(1, 32, 32, 1)
    detail, rest = sliced._pyramid(x)
    taps = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
    expected = convolve(x[0, :, :, 0], taps, mode="mirror")[::2, ::2]
    np.testing.assert_allclose(rest[0, :, :, 0], expected, atol=1e-6)
    # Details of what is smooth are nothing.
    flat = np.full((1, 32, 32, 1), 0.5, np.float32)
    assert np.abs(sliced._pyramid(flat)[0]).max() < 1e-6
    assert np.abs(detail).max() > 0.3


@pytest.mark.parametrize(
    ("shape", "levels", "side"),
    [((32, 32, 1), 2, 7), ((31, 40, 3), 1, 7), ((5, 9, 1), 1, 5), ((64, 64, 3), 3, 7)],
)
def test_any_size(shape, levels, side):
    patches = sliced._patches(images(3, *shape), 0)
    assert len(patches) == levels
    assert {x.shape[:3] for x in patches} == {(3, sliced.PATCHES, shape[2])}
    assert patches[0].shape[3] == side
    (value,) = SlicedWasserstein(images(20, *shape), images(20, *shape, 0.7, 1)).estimate()
    assert 0.01 < value < 1


def test_patches_are_cut_out_of_their_image(monkeypatch):
    monkeypatch.setattr(sliced, "_IMAGES", 4)  # several chunks
    x = images(10, 9, 9, 3)
    (patches,) = sliced._patches(x, 0)
    for i in range(10):
        windows = np.lib.stride_tricks.sliding_window_view(x[i], (7, 7), (0, 1)).reshape(9, 3, 7, 7)
        for patch in patches[i]:
            assert (windows == patch).all((1, 2, 3)).any()
    # The same places whatever the other images and their number are.
    (fewer,) = sliced._patches(x[:6], 0)
    np.testing.assert_array_equal(fewer, patches[:6])


def test_identical_sets():
    x = images(30, 32, 32, 3)
    metric = SlicedWasserstein(x, x.copy())
    assert metric.estimate()[0] == 0
    drawn = counts(30, 4, 0)
    np.testing.assert_allclose(metric.estimate(drawn, drawn), 0, atol=1e-6)


def test_shift_of_all_pixels():
    """One level, deviation s: a shift t moves each projection by t/s times |sum of direction|."""
    real = images(200, 8, 8, 1, 0.5)
    (value,) = SlicedWasserstein(real, real + 0.2).estimate()
    deviation = real.std()
    # sum of a random unit vector of 49 is nearly standard normal, its mean size sqrt(2 / pi).
    assert value == pytest.approx(0.2 / deviation * np.sqrt(2 / np.pi), rel=0.2)
    (twice,) = SlicedWasserstein(real, real + 0.4).estimate()
    assert twice == pytest.approx(2 * value, rel=1e-3)


def test_contrast_shows():
    real = images(100, 8, 8, 1, 0.5)
    equal = SlicedWasserstein(real, images(100, 8, 8, 1, 0.5, 1)).estimate()[0]
    assert SlicedWasserstein(real, images(100, 8, 8, 1, 0.3, 1)).estimate()[0] > 2 * equal


def test_the_real_images_deviation_is_the_unit():
    """W1 of x and c x is (1 - c) mean |x| then; by the paler set's it were (1 - c) / c as much."""
    real = images(100, 8, 8, 1, 0.5)
    real -= real.mean()
    half, most = (SlicedWasserstein(real, c * real).estimate()[0] for c in (0.5, 0.75))
    assert half == pytest.approx(2 * most, rel=0.01)


def test_empty_channel():
    real, fake = images(20, 8, 8, 3), images(20, 8, 8, 3, seed=1)
    real[..., 2] = 0
    assert np.isfinite(SlicedWasserstein(real, fake).estimate()).all()


def test_slices_under_weights_equal_scipy():
    """Weights belong to images, so to each of their patches."""
    a, b = RNG.normal(size=2 * 150), RNG.normal(size=2 * 90) * 1.3 + 0.4
    part = sliced._Slice(a, b)
    v, w = counts(150, 5, 1), counts(90, 5, 2)
    values = part.distance(np.ascontiguousarray(v.T), np.ascontiguousarray(w.T))
    for i in range(5):
        exact = wasserstein_distance(a, b, np.repeat(v[i], 2), np.repeat(w[i], 2))
        assert values[i] == pytest.approx(exact, rel=0.01)
    assert part.whole[0] == pytest.approx(wasserstein_distance(a, b), rel=0.01)


def test_estimate_without_resampling_is_exact_and_one_side_may_stay():
    real, fake = images(40, 8, 8, 1), images(30, 8, 8, 1, 0.5, 1)
    metric = SlicedWasserstein(real, fake)
    once = metric.estimate(np.ones((1, 40)), np.ones((1, 30)))
    assert once == pytest.approx(metric.estimate(), rel=1e-6)
    drawn = counts(30, 6, 0)
    one = metric.estimate(None, drawn)
    assert one.shape == (6,)
    np.testing.assert_allclose(one, metric.estimate(np.ones((6, 40)), drawn), rtol=1e-6)
    assert np.abs(one - metric.estimate()).min() > 1e-6
