"""What a ratio is worth, by numbers that can be worked out."""

import numpy as np
import pytest
from scipy.special import logit

from wgan_tf.refine.ratio.diagnostics import (
    auc,
    diagnose,
    effective_share,
    gate,
    mean_ratio,
    reliability,
)


def test_auc_counts_ties_for_half():
    # 2 beats all three, 1 beats one and ties with another, of -1 nothing.
    assert auc(np.array([2.0, 1.0, -1.0]), np.array([1.0, 0.0, 1.5])) == (3 + 1.5 + 0) / 9
    assert auc(np.array([1.0, 2.0]), np.array([0.0])) == 1
    assert auc(np.zeros(4), np.zeros(3)) == 0.5


def test_effective_share():
    assert effective_share(np.full(40, -1000.0)) == pytest.approx(1)
    assert effective_share(np.array([1000.0, *np.zeros(39)])) == pytest.approx(1 / 40)
    # Weights 1, 2, 5: 8^2 / (3 * 30).
    assert effective_share(np.log([1.0, 2.0, 5.0]) + 700) == pytest.approx(64 / 90)


def test_mean_ratio():
    assert mean_ratio(np.log([1.0, 2.0, 6.0])) == pytest.approx(3)
    assert mean_ratio(np.array([-2000.0, np.log(4.0)])) == pytest.approx(2)


def test_calibrated_chances_are_what_they_say():
    rng = np.random.default_rng(0)
    stated = rng.uniform(0.02, 0.98, 40_000)
    is_real = rng.uniform(size=40_000) < stated
    rows = reliability(logit(stated[is_real]), logit(stated[~is_real]))
    assert len(rows) == 10
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    for row in rows:
        assert row["observed"] == pytest.approx(row["stated"], abs=0.03)
    # Twice as sure of itself: to the ends it says more than it should.
    bold = reliability(2 * logit(stated[is_real]), 2 * logit(stated[~is_real]))
    assert bold[0]["observed"] > bold[0]["stated"] + 0.05
    assert bold[-1]["observed"] < bold[-1]["stated"] - 0.02


def test_both_kinds_count_the_same_however_many_there_are():
    rows = reliability(np.zeros(10), np.zeros(90))
    assert rows == [pytest.approx({"stated": 0.5, "observed": 0.5, "share": 1.0})]
    certain = reliability(np.full(3, 800.0), np.full(5, -800.0))
    assert [(row["stated"], row["observed"]) for row in certain] == [(0, 0), (1, 1)]


def test_a_constant_tells_nothing():
    for count in range(30, 300, 7):  # Rounded, some means are below log 2.
        assert "no better than chance" in gate(diagnose(np.zeros(count), np.zeros(100)))
    facts = diagnose(np.zeros(601), np.zeros(777))
    assert facts["log_loss"] == pytest.approx(np.log(2)) == facts["log_loss_chance"]
    assert facts["auc"] == 0.5 and facts["log_loss_error"] < 1e-12
    assert facts["mean_ratio"] == pytest.approx(1) and facts["effective_share"] == 1
    assert facts["real_images"] == 601 and facts["generated_images"] == 777


def test_diagnosis_by_hand():
    real = np.log(np.arange(1, 101.0))
    generated = np.log(np.array([0.5, 3.0, 5.0, 10.0, 40.0]))
    facts = diagnose(real, generated)
    # The 5 % quantile of 1 ... 100 lies between 5 and 6.
    assert facts["overlap"] == 2 / 5
    assert facts["real_median"] == pytest.approx(np.log(50.5), abs=1e-3)
    losses = np.log1p(1 / np.arange(1, 101.0)), np.log1p([0.5, 3.0, 5.0, 10.0, 40.0])
    assert facts["log_loss"] == pytest.approx((losses[0].mean() + losses[1].mean()) / 2)
    error = np.sqrt(losses[0].var() / 100 + losses[1].var() / 5) / 2
    assert facts["log_loss_error"] == pytest.approx(error)


def test_the_gate():
    rng = np.random.default_rng(0)

    def normal_logits(distance):
        """Log ratios of real and generated numbers, N(+-distance / 2, 1)."""
        kinds = (rng.normal(sign * distance / 2, 1, 2000) for sign in (1, -1))
        return [distance * values for values in kinds]

    assert "no better than chance" in gate(diagnose(*normal_logits(0.0)))
    assert gate(diagnose(*normal_logits(1.0))) is None
    # Worse than chance: the wrong way round.
    assert "no better than chance" in gate(diagnose(*normal_logits(1.0)[::-1]))
    far = gate(diagnose(*normal_logits(9.0)))
    assert far.startswith("only 0.0% of the samples lie where real images are") and "\n" not in far
