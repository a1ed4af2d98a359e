"""Variety against all pairs in loops."""

import numpy as np
import pytest

from wgan_tf.metrics import variety
from wgan_tf.metrics.bootstrap import counts
from wgan_tf.metrics.variety import Variety

RNG = np.random.default_rng(8)
IMAGES = RNG.uniform(-1, 1, (11, 4, 3, 3)).astype(np.float32)


def naive(images, batches, weights):
    total = pairs = 0
    for rows in batches:
        for i in rows:
            for j in rows:
                if i != j:
                    distance = np.sqrt(np.mean((images[i] - images[j]).astype(np.float64) ** 2))
                    total += weights[i] * weights[j] * distance
                    pairs += weights[i] * weights[j]
    return total / pairs


def test_by_hand():
    # Pairs: black and white are 2 apart, black and grey 1, grey and white 1.
    images = np.float32([-1, 0, 1])[:, None, None, None] * np.ones((1, 2, 2, 3), np.float32)
    assert Variety(IMAGES[:, :2, :2, :1].repeat(3, 3), images).estimate()[0] == pytest.approx(4 / 3)


def test_only_the_second_set_counts():
    assert Variety(IMAGES * 0.1, IMAGES).estimate() == Variety(IMAGES, IMAGES).estimate()
    halved = Variety(IMAGES, IMAGES / 2).estimate()
    assert halved == pytest.approx(Variety(IMAGES, IMAGES).estimate() / 2, rel=1e-6)


@pytest.mark.parametrize("batch", [64, 4])
def test_pairs_within_batches(monkeypatch, batch):
    monkeypatch.setattr(variety, "BATCH", batch)
    metric = Variety(IMAGES, IMAGES)
    assert [len(rows) for rows in metric._batches] == ([11] if batch == 64 else [4, 4, 3])
    assert sorted(np.concatenate(metric._batches)) == list(range(11))
    drawn = counts(11, 3, 0)
    expected = [naive(IMAGES, metric._batches, row) for row in [np.ones(11), *drawn]]
    assert metric.estimate()[0] == pytest.approx(expected[0])
    np.testing.assert_allclose(metric.estimate(None, drawn), expected[1:], rtol=1e-6)
