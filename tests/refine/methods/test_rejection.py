"""Rejection within a budget."""

import numpy as np
import pytest

from tests.identity import Identity, Linear, starts
from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.rejection import (
    Rejection,
    budgeted_chances,
    drs_chances,
    systematic,
)


@pytest.mark.parametrize("spread", [0.0, 1.0, 8.0, 1e6])
@pytest.mark.parametrize("mean", [0.02, 0.25, 0.9, 1.0])
def test_chances_have_the_mean_that_was_asked_for(mean, spread):
    log_ratios = spread * np.random.default_rng(1).normal(size=400) - 3
    chances = budgeted_chances(log_ratios, mean)
    assert chances.mean() == pytest.approx(mean, rel=1e-6)
    assert chances.min() >= 0 and chances.max() <= 1
    below = (chances < 1) & (chances > 1e-200)
    if spread < 1e6 and below.any():
        factors = np.log(chances[below]) - log_ratios[below]
        np.testing.assert_allclose(factors, factors[0], atol=1e-9)
        # Where c * ratio is above 1, the chance is 1.
        assert (log_ratios[chances == 1] + factors[0] >= -1e-9).all()


def test_chances_by_hand():
    # c = 2: (0.2 + 0.6 + 1 + 1) / 4.
    chances = budgeted_chances(np.log([0.1, 0.3, 0.5, 4.0]), 0.7)
    np.testing.assert_allclose(chances, [0.2, 0.6, 1, 1], rtol=1e-9)


def test_a_systematic_draw_is_exact_in_number_and_right_in_chances():
    rng = np.random.default_rng(0)
    chances = np.array([1.0, 0.05, 0.4, 0.75, 0.3, 0.5])
    counts = np.zeros(6)
    for _ in range(4000):
        taken = systematic(chances, 3, rng)
        assert len(taken) == 3 and len(set(taken)) == 3
        counts[taken] += 1
    np.testing.assert_allclose(counts / 4000, chances, atol=0.032)
    assert counts[0] == 4000


def test_a_systematic_draw_of_all():
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(systematic(np.ones(50), 50, rng), np.arange(50))


def test_as_many_are_kept_as_there_were_and_near_the_target():
    model, mean = Identity(), np.array([0.7, -0.4])
    refined = Rejection(model, Linear.towards(mean))(starts(model, 1500), 12)
    assert refined.z.shape == (1500, 2) and refined.diagnostics["shortfall"] == 0
    assert refined.diagnostics["different"] == 1
    assert refined.diagnostics["acceptance"] == pytest.approx(1 / 12)
    # With a budget of 12 few ratios are cut: exp(0.8 * 2 - 0.3) = 3.7 < 12.
    np.testing.assert_allclose(refined.z.mean(0), mean, atol=0.1)
    np.testing.assert_allclose(refined.z.var(0), 1, rtol=0.15)


def test_a_tilted_uniform_law_is_exact_where_the_budget_is_the_largest_ratio():
    model = Identity("uniform", 1)
    # The density exp(2 z) / (sinh(2) / 2) has the largest ratio 4.07.
    refined = Rejection(model, Linear([2.0]))(starts(model, 1500), 5)
    assert refined.z.mean() == pytest.approx(1 / np.tanh(2) - 0.5, abs=0.05)


def test_a_small_budget_cuts_the_largest_ratios():
    model = Identity("uniform", 1)
    refined = Rejection(model, Linear([50.0]))(starts(model, 1500), 2)
    # All of the upper half, none of the lower.
    assert refined.z.mean() == pytest.approx(0.5, abs=0.04) and len(refined.z) == 1500


def test_discriminator_rejection_by_hand():
    log_ratios = np.array([0.0, -1.0, -2.0])
    chances, gamma = drs_chances(log_ratios + 5, 50.0)
    # F = d - log(1 - exp(d - 1e-6)): of 0 is -log(1e-6), of -1 is -1 - log(1 - 1 / e) = -0.54132,
    # of -2 is -2 - log(1 - 1 / e^2) = -1.85459.
    assert gamma == pytest.approx(-0.54132, abs=1e-4)
    far = 13.81551 + 0.54132, 0.0, -1.85459 + 0.54132
    np.testing.assert_allclose(chances, 1 / (1 + np.exp(-np.array(far))), rtol=1e-4)


def test_discriminator_rejection_says_what_it_lacks():
    model, guide = Identity(), Linear.towards(np.array([2.0, 0.0]))
    z = starts(model, 200)
    refined = Rejection(model, guide, "drs", percentile=95.0)(z, 4)
    count = len(refined.z)
    assert 0 < count < 200 and refined.diagnostics["shortfall"] == 200 - count
    assert len(refined.images_after) == len(refined.values_after) == count
    assert refined.diagnostics["acceptance"] == pytest.approx(count / 800, abs=0.03)
    assert np.isfinite(refined.diagnostics["gamma"])
    # At a low gamma more are accepted than were asked for.
    many = Rejection(model, guide, "drs", percentile=0.0)(z, 4)
    assert len(many.z) == 200 and many.diagnostics["gamma"] < refined.diagnostics["gamma"]
    assert many.diagnostics["shortfall"] == 0


def test_discriminator_rejection_may_keep_nothing():
    # Of a single start a chance of a half is missed by some seed.
    model, found = Identity(), False
    method = Rejection(model, Linear([1.0, 0]), "drs", percentile=100.0)
    for seed in range(8):
        refined = method(starts(model, 1), 1, seed)
        if not len(refined.z):
            found = True
            assert refined.z.shape == (0, 2) and refined.images_after.shape == (0, 1, 1, 2)
            assert refined.diagnostics["different"] == refined.diagnostics["mean_move"] == 0
            assert refined.diagnostics["shortfall"] == 1
    assert found


def test_each_class_is_kept_as_often_as_it_was_asked_for():
    model = Identity(z_dim=4, one_hot=2)
    z = model.condition(model.sample_z(40, 0), [0] * 30 + [1] * 10).numpy()
    # The ratios of one class are all larger than those of the other.
    refined = Rejection(model, Linear([9.0, 0, 1.0, 0]))(z, 5)
    np.testing.assert_array_equal(refined.z[:, :2].sum(0), [30, 10])
    assert refined.diagnostics["acceptance"] == pytest.approx(0.2)


def test_an_unknown_rule():
    with pytest.raises(UsageError, match="rule 'all': obrs or drs"):
        Rejection(Identity(), Linear([0, 0]), "all")
