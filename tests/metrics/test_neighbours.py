"""Precision, recall, density and coverage against definitions in loops and by hand."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from wgan_tf.errors import UserError
from wgan_tf.metrics import neighbours
from wgan_tf.metrics.bootstrap import counts
from wgan_tf.metrics.neighbours import Coverage, Density, Neighbours, Precision, Recall

RNG = np.random.default_rng(4)
REAL = RNG.normal(size=(60, 4)).astype(np.float32)
FAKE = (RNG.normal(size=(45, 4)) * 0.8 + 0.7).astype(np.float32)
ALL = (Precision, Recall, Density, Coverage)


def inside(points, centres, k):
    """[i, j]: point i lies in the ball of centre j, by scikit-learn's exact search."""
    tree = NearestNeighbors(n_neighbors=k + 1, algorithm="kd_tree").fit(centres)
    radii = tree.kneighbors(centres)[0][:, k]  # the nearest is the image itself
    distances = np.linalg.norm(points[:, None].astype(np.float64) - centres[None], axis=2)
    return distances <= radii * (1 + 1e-9)


def expected(real, fake, v, w):
    """The four numbers under weights, radii from the whole sets."""
    near, back = inside(fake, real, 3), inside(real, fake, 3)
    far = inside(fake, real, 5)
    return {
        Precision: np.average(near[:, v > 0].any(1), weights=w),
        Recall: np.average(back[:, w > 0].any(1), weights=v),
        Density: (w @ far @ v) / (5 * w.sum()),
        Coverage: np.average(far[w > 0].any(0), weights=v),
    }


@pytest.mark.parametrize("metric", ALL)
def test_equals_the_definition(metric):
    reference = expected(REAL, FAKE, np.ones(60), np.ones(45))[metric]
    assert metric(REAL, FAKE).estimate() == pytest.approx([reference], rel=1e-9)
    assert 0.1 < reference < 0.95


def test_several_chunks(monkeypatch):
    monkeypatch.setattr(neighbours, "_ROWS", 7)
    once = Neighbours(REAL, FAKE)
    monkeypatch.undo()
    for name, values in vars(Neighbours(REAL, FAKE)).items():
        np.testing.assert_array_equal(getattr(once, name), values, name)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("sides", ["real", "fake", "both"])
def test_resamples_keep_radii_and_drop_absent_balls(metric, sides):
    real_counts = None if sides == "fake" else counts(60, 5, 1)
    fake_counts = None if sides == "real" else counts(45, 5, 2)
    values = metric(REAL, FAKE).estimate(real_counts, fake_counts)
    assert values.shape == (5,)
    for i, value in enumerate(values):
        v = np.ones(60) if real_counts is None else real_counts[i]
        w = np.ones(45) if fake_counts is None else fake_counts[i]
        reference = expected(REAL, FAKE, v, w)[metric]
        if metric is Density and sides == "both":
            # The sum of the two one-sided changes, close to the double sum.
            parts = ((v, np.ones(45)), (np.ones(60), w), (np.ones(60), np.ones(45)))
            a, b, both = (expected(REAL, FAKE, *part)[metric] for part in parts)
            assert a + b - both == pytest.approx(reference, rel=0.1)
            reference = a + b - both
        assert value == pytest.approx(reference, rel=1e-6)


def test_on_a_line():
    real = np.array([0, 1, 3, 6, 10, 100], np.float32)[:, None]
    # Radii for k = 3: 6, 5, 3, 5, 9, 97; for k = 5: 100, 99, 97, 94, 90, 100.
    fake = np.array([-7, 12, 20, 21], np.float32)[:, None]  # radii for k = 3: 28, 19, 27, 28
    # 12 lies in the ball of 10, 20 and 21 in that of 100, -7 in none.
    assert Precision(real, fake).estimate()[0] == pytest.approx(3 / 4)
    # Only 100 lies in no generated ball.
    assert Recall(real, fake).estimate()[0] == pytest.approx(5 / 6)
    # k = 5: -7 lies in all balls but that of 100, the others in all six.
    assert Density(real, fake).estimate()[0] == pytest.approx((5 + 6 + 6 + 6) / 4 / 5)
    assert Coverage(real, fake).estimate()[0] == 1
    assert Coverage(real, fake[:1] - [[0], [1], [2], [3]]).estimate()[0] == pytest.approx(5 / 6)


def test_identical_sets():
    # Every ball of k neighbours holds those and its own centre: density (k + 1) / k.
    values = [metric(REAL, REAL).estimate()[0] for metric in ALL]
    assert values == pytest.approx([1, 1, 1.2, 1])


def test_disjoint_sets():
    assert [metric(REAL, FAKE + 100).estimate()[0] for metric in ALL] == [0, 0, 0, 0]


def test_copies_lie_in_their_own_balls_of_radius_zero():
    copies = np.repeat(REAL[:10] + 1000, 6, axis=0)
    values = [metric(copies, copies).estimate()[0] for metric in ALL]
    assert values == pytest.approx([1, 1, 1.2, 1])


def test_collapse_costs_recall_and_coverage_but_not_precision():
    collapsed = REAL[:1] + RNG.normal(size=(50, 4)).astype(np.float32) * 0.01
    assert Precision(REAL, collapsed).estimate()[0] == 1
    assert Recall(REAL, collapsed).estimate()[0] <= 1 / 60
    assert Coverage(REAL, collapsed).estimate()[0] < 0.3


def test_long_lists_end_early_without_changing_a_share():
    near = Neighbours(REAL, np.repeat(REAL.mean(0, keepdims=True), 45, 0) + FAKE * 1e-4)
    assert near.fake_in_ball.shape == (60, 32)
    full = near.fakes_of_ball == 45
    assert 0 < full.sum() < 60
    np.testing.assert_array_equal(near.fake_in_ball[full], np.tile(np.arange(32), (full.sum(), 1)))
    np.testing.assert_array_equal((near.fake_in_ball >= 0).any(1), near.fakes_of_ball > 0)


def test_prepared_once_for_all_four(monkeypatch):
    made = []
    monkeypatch.setattr(
        neighbours, "_neighbours", neighbours.remembered(lambda *x: made.append(x) or near)
    )
    near = Neighbours(REAL, FAKE)
    assert [metric(REAL, FAKE).real_count for metric in ALL] == [60] * 4
    assert len(made) == 1


def test_fewer_images_than_neighbours():
    with pytest.raises(UserError, match="5 neighbours needs at least 6 real images, not 5"):
        Coverage(REAL[:5], FAKE)
    with pytest.raises(UserError, match="3 neighbours needs at least 4 generated images, not 3"):
        Precision(REAL, FAKE[:3])
