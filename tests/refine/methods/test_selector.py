"""Candidates for every start."""

import numpy as np

from tests.identity import Identity, Linear, starts
from wgan_tf.refine.methods.best_of import BestOf


def candidates(model, guide, z, budget, seed=0):
    records = []
    pool, values = BestOf(model, guide).candidates(
        z, budget, seed, lambda *record: records.append(record)
    )
    return pool, values, records


def test_the_first_candidates_are_the_starts_and_the_others_of_their_class():
    model, guide = Identity("uniform", 5, one_hot=3), Linear([1.0, 2, 3, 4, 5])
    z = starts(model, 7)[::-1]  # In no order in which classes are drawn.
    pool, values, records = candidates(model, guide, z, 4)
    assert pool.shape == (4, 7, 5) and values.shape == (4, 7)
    np.testing.assert_array_equal(pool[0], z)
    np.testing.assert_array_equal(pool[..., :3], np.tile(z[:, :3], (4, 1, 1)))
    assert len(np.unique(pool[..., 3])) == 28
    np.testing.assert_allclose(values, pool @ guide.slopes, rtol=1e-5)
    assert [done for done, _ in records] == [1, 3, 5, 7]
    np.testing.assert_allclose(records[1][1], values[:2].mean(), rtol=1e-5)


def test_a_budget_of_one_is_the_start():
    model, z = Identity(z_dim=3, one_hot=2), starts(Identity(z_dim=3, one_hot=2), 5)
    pool, _, _ = candidates(model, Linear([0, 0, 1.0]), z, 1)
    np.testing.assert_array_equal(pool, z[None])


def test_candidates_of_a_seed_are_no_starts_of_another():
    model, guide = Identity(), Linear([1.0, 0])
    pools = [candidates(model, guide, starts(model, 10, s), 3, s)[0] for s in range(3)]
    pools.append(starts(model, 10, 3)[None])
    assert len(np.unique(np.concatenate(pools).reshape(-1, 2), axis=0)) == 100
