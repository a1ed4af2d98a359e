"""Kernel distance against the definition in plain loops."""

import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.metrics import kernel
from wgan_tf.metrics.bootstrap import counts
from wgan_tf.metrics.kernel import KernelDistance

RNG = np.random.default_rng(2)
REAL = RNG.normal(size=(9, 3)).astype(np.float32)
FAKE = (RNG.normal(size=(7, 3)) * 1.5 + 1).astype(np.float32)


def k(x, y):
    return (float(x.astype(np.float64) @ y) / 3 + 1) ** 3


def naive(real, fake, real_weights=None, fake_weights=None):
    """MMD^2 over all pairs of different images, weighted."""
    v = [1.0] * len(real) if real_weights is None else real_weights.tolist()
    w = [1.0] * len(fake) if fake_weights is None else fake_weights.tolist()

    def mean(a, b, p, q, same):
        pairs = [
            (p[i] * q[j], k(a[i], b[j]))
            for i in range(len(a))
            for j in range(len(b))
            if not (same and i == j)
        ]
        return sum(x * y for x, y in pairs) / sum(x for x, _ in pairs)

    return (
        mean(real, real, v, v, True) + mean(fake, fake, w, w, True)
        - 2 * mean(real, fake, v, w, False)
    )  # fmt: skip


def test_equals_the_definition():
    metric = KernelDistance(REAL, FAKE)
    assert metric.estimate()[0] == pytest.approx(naive(REAL, FAKE), rel=1e-9)
    assert np.isnan(metric.standard_error)  # one block


def test_hand_computed():
    # k(1,3) = 64, k(0,2) = 1; across: k(1,0) = 1, k(1,2) = 27, k(3,0) = 1, k(3,2) = 343.
    real, fake = np.array([[1.0], [3.0]]), np.array([[0.0], [2.0]])
    assert KernelDistance(real, fake).estimate()[0] == pytest.approx(64 + 1 - 2 * 372 / 4)


@pytest.mark.parametrize("sides", ["both", "real", "fake"])
def test_resamples_equal_the_weighted_definition(sides):
    real_counts = None if sides == "fake" else counts(9, 4, 3)
    fake_counts = None if sides == "real" else counts(7, 4, 4)
    values = KernelDistance(REAL, FAKE).estimate(real_counts, fake_counts)
    expected = [
        naive(
            REAL,
            FAKE,
            None if real_counts is None else real_counts[i],
            None if fake_counts is None else fake_counts[i],
        )
        for i in range(4)
    ]
    np.testing.assert_allclose(values, expected, rtol=1e-9)


def test_mean_and_standard_error_over_blocks(monkeypatch):
    monkeypatch.setattr(kernel, "BLOCK", 4)
    metric = KernelDistance(REAL, FAKE, seed=1)  # 3 blocks: 3 + 3 + 3 and 3 + 2 + 2
    real, fake = metric._rows
    assert [len(x) for x in real] == [3, 3, 3] and [len(x) for x in fake] == [3, 2, 2]
    assert sorted(np.concatenate(fake)) == list(range(7))
    assert list(np.concatenate(real)) != list(range(9))
    blocks = [naive(REAL[a], FAKE[b]) for a, b in zip(real, fake, strict=True)]
    assert metric.estimate()[0] == pytest.approx(np.mean(blocks))
    assert metric.standard_error == pytest.approx(np.std(blocks, ddof=1) / np.sqrt(3))


def test_unbiased_where_the_distributions_agree():
    values = [
        KernelDistance(*np.random.default_rng(seed).normal(size=(2, 40, 4))).estimate()[0]
        for seed in range(200)
    ]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(200)
    assert min(values) < 0 < max(values)


def test_one_set_far_smaller_than_the_other():
    with pytest.raises(UserError, match="at least 6 generated images, not 5"):
        KernelDistance(RNG.normal(size=(2001, 2)), FAKE[:5, :2])
