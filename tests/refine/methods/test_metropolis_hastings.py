"""A chain of proposals from the generator."""

import numpy as np
import pytest

from tests.identity import Identity, Linear, starts
from wgan_tf.refine.methods.metropolis_hastings import MetropolisHastings


def test_a_long_chain_reaches_a_shifted_normal_law():
    model, mean = Identity(), np.array([0.7, -0.4])
    refined = MetropolisHastings(model, Linear.towards(mean))(starts(model, 1500), 40)
    np.testing.assert_allclose(refined.z.mean(0), mean, atol=0.1)
    np.testing.assert_allclose(refined.z.var(0), 1, rtol=0.15)


def test_a_long_chain_reaches_a_tilted_uniform_law():
    model = Identity("uniform", 1)
    refined = MetropolisHastings(model, Linear([2.0]))(starts(model, 1500), 30)
    assert refined.z.mean() == pytest.approx(1 / np.tanh(2) - 0.5, abs=0.05)


def test_a_rejected_state_is_repeated():
    method = MetropolisHastings(Identity(), Linear([0, 0]))
    values = np.full((500, 20), -1e9)
    values[:, 0] = 0
    taken, diagnostics = method.choose(values, np.random.default_rng(0))
    assert not taken.any() and diagnostics["acceptance"] == 0
    # The only way out is taken, and nowhere back.
    values[:, 7] = 1e9
    taken, diagnostics = method.choose(values, np.random.default_rng(0))
    assert (taken == 7).all() and diagnostics["acceptance"] == 1 / 19


def test_the_chance_is_the_ratio_of_ratios():
    method = MetropolisHastings(Identity(), Linear([0, 0]))
    values = np.tile(np.log([3.0, 0.6]), (20_000, 1))
    taken, diagnostics = method.choose(values, np.random.default_rng(0))
    assert taken.mean() == diagnostics["acceptance"] == pytest.approx(0.2, abs=0.012)
    taken, _ = method.choose(values[:, ::-1], np.random.default_rng(0))
    assert taken.all()


def test_a_single_state_is_accepted_by_nobody():
    refined = MetropolisHastings(Identity(), Linear([1.0, 0]))(starts(Identity()), 1)
    np.testing.assert_array_equal(refined.z, starts(Identity()))
    assert refined.diagnostics["acceptance"] == 0
