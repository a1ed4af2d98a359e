"""Budgets and verdicts of the study of matched mini-batches, by hand."""

import numpy as np
import pytest

from wgan_tf.study.matched_findings import (
    findings_by_budget,
    matched_in_words,
    value_at,
    with_budgets,
)


def curve(seconds, *frechet, n_critic=2, images=100):
    measurements = [
        {
            "iteration": 10 * (k + 1),
            "seconds": seconds * (k + 1),
            "metrics": {"frechet": value, "variety": value / 10},
        }
        for k, value in enumerate(frechet)
    ]
    return with_budgets(measurements, n_critic, images)


def test_values_lie_between_measurements():
    one = curve(2.0, 30.0, 20.0, 10.0)
    assert [row["critic_updates"] for row in one] == [20, 40, 60]
    assert value_at(one, "seconds", 5.0, "frechet") == pytest.approx(15.0)
    assert value_at(one, "images", 2500, "variety") == pytest.approx(1.5)


def test_findings_at_equal_budgets():
    # Matching costs three times the seconds and twice the images.
    pairs = [
        {
            "seed": 0,
            "with": curve(6.0, 20.0, 10.0, images=200),
            "without": curve(2.0, 30.0, 16.0, 9.0, 8.0, 4.0, 2.0),
        },
        {
            "seed": 1,
            "with": curve(6.0, 24.0, 12.0, images=200),
            "without": curve(2.0, 30.0, 13.0, 9.0, 13.0, 4.0, 8.0),
        },
    ]
    findings = findings_by_budget(pairs)
    updates = findings["critic_updates"]["metrics"]["frechet"]
    assert findings["critic_updates"]["amount"] == 40
    np.testing.assert_allclose(updates["difference"], [-6.0, -1.0])
    assert updates["verdict"] == "better" and updates["mean"] == -3.5
    # Two trainings: Student's t with one degree of freedom, 12.706 standard errors of 2.5.
    assert updates["high"] == pytest.approx(-3.5 + 12.706 * 2.5, rel=1e-3)
    seconds = findings["seconds"]
    assert seconds["amount"] == 12
    np.testing.assert_allclose(seconds["metrics"]["frechet"]["difference"], [8.0, 4.0])
    assert seconds["metrics"]["frechet"]["verdict"] == "worse"
    images = findings["images"]["metrics"]["frechet"]
    np.testing.assert_allclose(images["without"], [8.0, 13.0])
    assert images["verdict"] == "unclear"
    # Variety has no better side.
    assert updates["better"] == "lower"
    assert findings["seconds"]["metrics"]["variety"]["verdict"] == "higher"
    text = matched_in_words(findings, 1, {"frechet": 0.5, "variety": 0.1})
    assert "At equal critic updates matching helps by the Frechet distance: 14.5 without, " in text
    assert "At equal seconds of training matching does harm" in text


def test_one_training_has_no_interval():
    pairs = [{"seed": 0, "with": curve(1.0, 5.0), "without": curve(1.0, 4.0)}]
    row = findings_by_budget(pairs)["seconds"]["metrics"]["frechet"]
    assert row["low"] is None and row["verdict"] == "worse"
    text = matched_in_words(findings_by_budget(pairs), 1, {"frechet": 0, "variety": 0})
    assert "to" not in text.split("|")[13]
