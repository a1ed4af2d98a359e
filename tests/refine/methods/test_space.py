"""Where latents may be."""

import numpy as np
import pytest
import tensorflow as tf

from tests.identity import Identity, starts
from wgan_tf.refine.methods.space import Space


def test_reflection_at_the_ends_of_a_uniform_prior():
    space = Space(Identity("uniform", 9))
    z = np.float32([[0.3, 1.0, -1.0, 1.2, -1.3, 2.9, -3.0, 3.4, -101.75]])
    expected = [[0.3, 1.0, -1.0, 0.8, -0.7, -0.9, 1.0, -0.6, -0.25]]
    np.testing.assert_allclose(space.reflect(tf.constant(z)), expected, atol=1e-6)


def test_a_walk_that_is_thrown_back_keeps_the_uniform_law():
    space, rng = Space(Identity("uniform", 1)), np.random.default_rng(0)
    z = rng.uniform(-1, 1, (20_000, 1)).astype(np.float32)
    thrown = space.reflect(z + rng.normal(0, 0.5, z.shape).astype(np.float32)).numpy()
    counts = np.histogram(thrown, 10, (-1, 1))[0]
    assert counts.sum() == 20_000 and np.abs(counts / 2000 - 1).max() < 0.1


@pytest.mark.parametrize(
    ("prior", "bounded"),
    [("uniform", [0, 0, 1, 1, 1]), ("normal", [0, 0, 1, 0, 0])],
)
def test_which_values_are_free_and_which_have_ends(prior, bounded):
    # Two classes, a code, noise.
    space = Space(Identity(prior, 5, one_hot=2, codes=1))
    np.testing.assert_array_equal(space.free, [0, 0, 1, 1, 1])
    np.testing.assert_array_equal(space.bounded, np.array(bounded, bool))
    assert space.dimensions == 3
    z = np.float32([[2.5, -4.0, 1.5, 1.5, -1.5]])
    expected = np.where(bounded, [[0, 0, 0.5, 0.5, -0.5]], z)
    np.testing.assert_allclose(space.reflect(z), expected, atol=1e-6)


@pytest.mark.parametrize("prior", ["uniform", "normal"])
def test_a_normal_variable_stands_behind_any_prior(prior):
    model = Identity(prior, 5, one_hot=2, codes=1)
    space, z = Space(model), starts(model, 3000)
    u = space.to_normal(z)
    np.testing.assert_allclose(space.from_normal(u), z, atol=1e-6)
    np.testing.assert_array_equal(u[:, :2], z[:, :2])
    noise = u.numpy()[:, 2:]
    assert abs(noise.mean()) < 0.05 and abs(noise.std() - 1) < 0.05
    if prior == "uniform":
        # Phi(1) = 0.8413.
        np.testing.assert_allclose(space.from_normal(tf.ones((1, 5)))[0, 2:], 0.68269, atol=1e-4)


def test_the_ends_themselves_are_not_infinite():
    space = Space(Identity("uniform", 2))
    z = np.float32([[1.0, -1.0]])
    u = space.to_normal(z).numpy()
    assert np.isfinite(u).all() and u[0, 0] > 4 and u[0, 1] < -4
    np.testing.assert_allclose(space.from_normal(u), z, atol=2e-6)
