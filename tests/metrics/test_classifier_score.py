"""Classifier score by hand and against its definition."""

import numpy as np
import pytest

from wgan_tf.metrics.bootstrap import counts
from wgan_tf.metrics.classifier_score import ClassifierScore

RNG = np.random.default_rng(6)
PROBABILITIES = RNG.dirichlet([0.3, 0.5, 1, 2], size=25).astype(np.float32)


def definition(p):
    p = p.astype(np.float64)
    return np.exp(np.mean(np.sum(p * np.log(p / p.mean(0)), axis=1)))


def test_equals_the_definition():
    other = PROBABILITIES[::-1][:9]
    metric = ClassifierScore(other, PROBABILITIES)
    assert metric.estimate()[0] == pytest.approx(definition(PROBABILITIES), rel=1e-6)
    assert (metric.real_count, metric.fake_count) == (9, 25)


def test_by_hand():
    sure = np.eye(3)[[0, 1, 2, 2, 1, 0]]
    assert ClassifierScore(sure, sure).estimate()[0] == pytest.approx(3)
    # Two classes 3:1 and sure: exp of the entropy.
    skewed = np.eye(2)[[0, 0, 0, 1]]
    assert ClassifierScore(sure, skewed).estimate()[0] == pytest.approx(4 / 3**0.75)
    unsure = np.array([[0.5, 0.5], [0.5, 0.5], [0.5001, 0.4999]])
    assert ClassifierScore(sure, unsure).estimate()[0] == pytest.approx(1, abs=1e-6)


def test_resamples_equal_repeated_images():
    drawn = counts(25, 3, 0)
    values = ClassifierScore(PROBABILITIES, PROBABILITIES).estimate(None, drawn)
    expected = [definition(np.repeat(PROBABILITIES, row.astype(int), 0)) for row in drawn]
    np.testing.assert_allclose(values, expected, rtol=1e-6)
