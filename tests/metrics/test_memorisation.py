"""Memorisation against scikit-learn's neighbours, and on copies."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from wgan_tf.errors import UserError
from wgan_tf.metrics import memorisation
from wgan_tf.metrics.bootstrap import counts, estimate_of
from wgan_tf.metrics.memorisation import Memorisation

RNG = np.random.default_rng(9)
TRAIN = RNG.uniform(-1, 1, (40, 4, 4, 1)).astype(np.float32)
HELD = RNG.uniform(-0.5, 0.5, (40, 4, 4, 1)).astype(np.float32)
FAKE = RNG.uniform(-1, 1, (30, 4, 4, 1)).astype(np.float32)


def nearest(images, others):
    images, others = (x.reshape(len(x), -1).astype(np.float64) for x in (images, others))
    return NearestNeighbors(n_neighbors=1, algorithm="kd_tree").fit(others).kneighbors(images)[0]


def test_equals_scikit_learn(monkeypatch):
    expected = nearest(FAKE, TRAIN).mean() / nearest(FAKE, HELD).mean()
    assert Memorisation(TRAIN, FAKE, HELD).estimate()[0] == pytest.approx(expected, rel=1e-6)
    assert abs(expected - 1) > 0.05
    monkeypatch.setattr(memorisation, "_ROWS", 7)
    assert Memorisation(TRAIN, FAKE, HELD).estimate()[0] == pytest.approx(expected, rel=1e-6)
    flat = (x.reshape(len(x), -1) for x in (TRAIN, FAKE, HELD))
    assert Memorisation(*flat).estimate()[0] == pytest.approx(expected, rel=1e-6)


def test_copies():
    assert Memorisation(TRAIN, TRAIN[:30], HELD).estimate()[0] == 0
    assert Memorisation(TRAIN + 0, HELD[:20] * 0.5 + TRAIN[:20] * 0.5, HELD).estimate()[0] > 0.1
    with pytest.raises(UserError, match="among the held-out"):
        Memorisation(TRAIN, HELD[:5], HELD)


def test_unequal_sets_are_compared_in_equal_parts():
    """Against four times as many images, the nearest would be nearer without any copying."""
    rng = np.random.default_rng(0)
    train, held, fake = (rng.uniform(-1, 1, (n, 2, 2, 1)) for n in (400, 100, 300))
    unfair = nearest(fake, train).mean() / nearest(fake, held).mean()
    assert unfair < 0.8
    assert Memorisation(train, fake, held).estimate()[0] == pytest.approx(1, abs=0.06)
    assert Memorisation(held, fake, train).estimate()[0] == pytest.approx(1, abs=0.06)
    # A copy is a copy of one part in four.
    assert Memorisation(train, train[:300], held).estimate()[0] == pytest.approx(0.75, abs=0.06)


def test_every_part_of_the_larger_set_is_looked_at():
    rng = np.random.default_rng(1)
    train, held = rng.uniform(-1, 1, (90, 2, 2, 1)), rng.uniform(-1, 1, (30, 2, 2, 1))
    metric = Memorisation(train, train, held)
    # Each copy is found in one of three parts: never at 0 in the mean, below the other two's.
    assert metric._to_training.min() > 0
    others = [np.sort(np.linalg.norm((train - x).reshape(90, -1), axis=1))[1] for x in train]
    assert (metric._to_training >= 2 / 3 * np.array(others) * (1 - 1e-5)).all()


def test_resamples_are_ratios_of_weighted_means():
    drawn = counts(30, 3, 0)
    values = Memorisation(TRAIN, FAKE, HELD).estimate(None, drawn)
    a, b = nearest(FAKE, TRAIN)[:, 0], nearest(FAKE, HELD)[:, 0]
    np.testing.assert_allclose(values, (drawn @ a) / (drawn @ b), rtol=1e-6)


def test_interval_holds_one_for_fresh_images():
    rng = np.random.default_rng(3)
    train, held, fake = rng.uniform(-1, 1, (3, 200, 3, 3, 1))
    estimate = estimate_of(Memorisation(train, fake, held))
    value, low, high = estimate.value, estimate.low, estimate.high
    assert low < value < high and high - low < 0.1
