"""Frechet distance against scipy's `sqrtm` formula, closed forms and resamples written out."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from wgan_tf.errors import UserError
from wgan_tf.metrics import frechet
from wgan_tf.metrics.bootstrap import counts
from wgan_tf.metrics.frechet import FrechetDistance, FrechetInfinity

RNG = np.random.default_rng(5)
MIX = RNG.normal(size=(6, 6))
REAL = (RNG.normal(size=(90, 6)) @ MIX + 3).astype(np.float32)
FAKE = (RNG.normal(size=(70, 6)) * [1, 2, 0.5, 1, 1, 3] + [0, 1, 2, 3, 4, 5]).astype(np.float32)


def reference(real, fake):
    """The formula as it is usually written."""
    s_r, s_f = (np.cov(x.astype(np.float64), rowvar=False) for x in (real, fake))
    shift = real.mean(0, dtype=np.float64) - fake.mean(0, dtype=np.float64)
    return shift @ shift + np.trace(s_r + s_f - 2 * sqrtm(s_r @ s_f).real)


def test_equals_scipys_formula():
    (value,) = FrechetDistance(REAL, FAKE).estimate()
    assert value == pytest.approx(reference(REAL, FAKE), rel=1e-9)
    assert value > 1


def test_far_from_the_origin():
    (value,) = FrechetDistance(REAL + 1000, FAKE + 1000).estimate()
    assert value == pytest.approx(reference(REAL + 1000, FAKE + 1000), rel=1e-6)


def test_identical_sets_and_shifted_gaussians():
    assert FrechetDistance(REAL, REAL).estimate()[0] == pytest.approx(0, abs=1e-9)
    shift = np.array([1, 0, -2, 0, 0.5, 0], np.float32)
    (value,) = FrechetDistance(REAL, REAL + shift).estimate()
    assert value == pytest.approx(5.25, rel=1e-5)
    # The same shape, c times as wide: (c - 1)^2 tr S.
    wide = (REAL - REAL.mean(0)) * 3 + REAL.mean(0)
    (value,) = FrechetDistance(REAL, wide).estimate()
    assert value == pytest.approx(4 * np.trace(np.cov(REAL, rowvar=False)), rel=1e-5)


def test_fewer_images_than_features():
    real, fake = RNG.normal(size=(5, 12)), RNG.normal(size=(7, 12)) + 1
    (value,) = FrechetDistance(real, fake).estimate()
    assert value == pytest.approx(reference(np.float32(real), np.float32(fake)), rel=1e-3)


@pytest.mark.parametrize("sides", ["both", "real", "fake"])
def test_resamples_equal_repeated_images(sides):
    resamples = 103  # more than are computed at a time
    real_counts, fake_counts = counts(90, resamples, 1), counts(70, resamples, 2)
    values = FrechetDistance(REAL, FAKE).estimate(
        None if sides == "fake" else real_counts, None if sides == "real" else fake_counts
    )
    assert values.shape == (resamples,) and values.dtype == np.float64
    for i in (0, 1, 102):
        real = REAL if sides == "fake" else np.repeat(REAL, real_counts[i].astype(int), 0)
        fake = FAKE if sides == "real" else np.repeat(FAKE, fake_counts[i].astype(int), 0)
        assert values[i] == pytest.approx(reference(real, fake), rel=1e-6)


def test_wide_features_follow_the_first_order(monkeypatch):
    """The expansion has the exact derivative: small changes of weight change d^2 alike."""
    exact = FrechetDistance(REAL, FAKE)
    monkeypatch.setattr(frechet, "EXACT_WIDTH", 5)
    linear = FrechetDistance(REAL, FAKE)
    assert linear.estimate() == exact.estimate()
    for sides in ((1, 0), (0, 1)):
        for index in (0, 7, 33):
            real_counts, fake_counts = np.ones((1, 90)), np.ones((1, 70))
            real_counts[0, index] += sides[0] * 0.01
            fake_counts[0, index] += sides[1] * 0.01
            changes = [
                metric.estimate(real_counts, fake_counts)[0] - metric.estimate()[0]
                for metric in (exact, linear)
            ]
            # n - 1 instead of n in the covariance makes the rest.
            assert changes[0] == pytest.approx(changes[1], rel=0.03, abs=3e-5)
    drawn = counts(90, 300, 1), counts(70, 300, 2)
    assert linear.estimate(*drawn).std() == pytest.approx(exact.estimate(*drawn).std(), rel=0.15)


def test_extrapolation_removes_the_bias():
    """Two samples of one distribution: the distance is 0, what is measured is bias."""
    biased, extrapolated = [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        real, fake = rng.normal(size=(2, 400, 16))
        biased.append(FrechetDistance(real, fake).estimate()[0])
        extrapolated.append(FrechetInfinity(real, fake, seed).estimate()[0])
    assert np.mean(biased) > 0.3
    assert abs(np.mean(extrapolated)) < 0.25 * np.mean(biased)
    assert FrechetInfinity(real, fake, 5).estimate()[0] == extrapolated[-1]


def test_extrapolation_keeps_what_is_no_bias():
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(2, 3000, 4))
    assert FrechetInfinity(real, fake[:2000] + 2).estimate()[0] == pytest.approx(16, rel=0.05)


def test_extrapolation_of_too_few():
    with pytest.raises(UserError, match="at least 20 images, not 19"):
        FrechetInfinity(REAL[:19], FAKE)


def test_covariance_warning():
    assert FrechetDistance.warning(128, 64) is None
    assert "127 images" in FrechetDistance.warning(127, 64)
    assert "at least 128" in FrechetDistance.warning(127, 64)
