"""One of several samples in proportion to its ratio."""

import numpy as np
import pytest

from tests.identity import Identity, Linear, starts
from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.resampling import Resampling


@pytest.mark.parametrize(("pool", "budget"), [(None, 60), (4, 46)])
def test_many_candidates_reach_a_shifted_normal_law(pool, budget):
    model, mean = Identity(), np.array([0.7, -0.4])
    refined = Resampling(model, Linear.towards(mean), pool)(starts(model, 1500), budget)
    np.testing.assert_allclose(refined.z.mean(0), mean, atol=0.1)
    np.testing.assert_allclose(refined.z.var(0), 1, rtol=0.15)
    # exp(-|mean|^2) in the limit.
    assert refined.diagnostics["effective_share"] == pytest.approx(np.exp(-0.65), abs=0.08)


@pytest.mark.parametrize("pool", [None, 3])
def test_many_candidates_reach_a_tilted_uniform_law(pool):
    model = Identity("uniform", 1)
    refined = Resampling(model, Linear([2.0]), pool)(starts(model, 1500), 41)
    assert refined.z.mean() == pytest.approx(1 / np.tanh(2) - 0.5, abs=0.05)


def test_a_candidate_is_taken_as_often_as_its_ratio_says():
    values = np.tile(np.log([1.0, 2.0, 5.0]), (5000, 1))
    for pool in (None, 3, 10):
        method = Resampling(Identity(), Linear([0, 0]), pool)
        taken, diagnostics = method.choose(values, np.random.default_rng(0))
        shares = np.bincount(taken, minlength=3) / 5000
        np.testing.assert_allclose(shares, [0.125, 0.25, 0.625], atol=0.03)
        assert diagnostics["acceptance"] == pytest.approx(0.875, abs=0.03)
        assert diagnostics["effective_share"] == pytest.approx(64 / (3 * 30))


def test_a_pool_compares_the_one_taken_before_with_those_that_follow():
    values = np.tile(np.log([1.0, 2.0, 5.0]), (5000, 1))
    method = Resampling(Identity(), Linear([0, 0]), 2)
    taken, diagnostics = method.choose(values, np.random.default_rng(0))
    # 1 against 2, then the one taken against 5.
    first, second = 1 / 3 * 1 / 6, 2 / 3 * 2 / 7
    shares = np.bincount(taken, minlength=3) / 5000
    np.testing.assert_allclose(shares, [first, second, 1 - first - second], atol=0.03)
    changed = (2 / 3 + 1 - first - second) / 2
    assert diagnostics["acceptance"] == pytest.approx(changed, abs=0.03)


def test_the_start_stays_where_others_have_tiny_ratios():
    values = np.full((300, 30), -1e9)
    values[:, 0] = 0
    for pool in (None, 4):
        method = Resampling(Identity(), Linear([0, 0]), pool)
        assert not method.choose(values, np.random.default_rng(0))[0].any()


def test_a_pool_of_one():
    with pytest.raises(UsageError, match="a pool of 1: it must be at least 2"):
        Resampling(Identity(), Linear([0, 0]), 1)


def test_a_budget_of_one_is_the_start():
    for pool in (None, 4):
        refined = Resampling(Identity(), Linear([1.0, 0]), pool)(starts(Identity()), 1)
        np.testing.assert_array_equal(refined.z, starts(Identity()))
