"""The two-sample test: weighted numbers by hand, and what it can and cannot tell apart."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from wgan_tf.errors import UserError
from wgan_tf.metrics import two_sample
from wgan_tf.metrics.bootstrap import counts
from wgan_tf.metrics.two_sample import TwoSample, TwoSampleAccuracy, TwoSampleAUC, _weighted_auc


def images(n, seed, offset=0.0):
    rng = np.random.default_rng(seed)
    return (rng.uniform(-0.7, 0.7, (n, 8, 8, 1)) + offset).astype(np.float32)


class Known:
    """A test whose logits are given: images 1 and 3 of each set were learnt from."""

    def __init__(self, *_):
        self.real_count, self.fake_count = 5, 6
        self.real_rows, self.fake_rows = np.array([4, 0, 2]), np.array([0, 2, 4, 5])
        self.real_logits = np.float32([1.0, -0.5, 2.0])
        self.fake_logits = np.float32([-1.0, 1.0, -0.5, 0.0])


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(two_sample, "_two_sample", Known)


def test_by_hand(known):
    # Real right: 1 and 2 of 3. Generated right: -1, -0.5 and 0 of 4.
    assert TwoSampleAccuracy(0, 0).estimate() == pytest.approx([(2 / 3 + 3 / 4) / 2])
    # 1 beats 3 and ties with 1; -0.5 beats 1 and ties with 1; 2 beats 4.
    assert TwoSampleAUC(0, 0).estimate() == pytest.approx([(3.5 + 1.5 + 4) / 12])


def test_counts_weigh_the_test_images(known):
    real = np.array([[2, 9, 0, 9, 1], [1, 0, 1, 0, 3]], np.float32)
    fake = np.array([[1, 9, 2, 9, 0, 3], [1, 0, 1, 0, 1, 1]], np.float32)
    # First: real logits 1 once, -0.5 twice; generated -1 once, 1 twice, 0 three times.
    assert TwoSampleAccuracy(0, 0).estimate(real, fake) == pytest.approx(
        [(1 / 3 + 4 / 6) / 2, (4 / 5 + 3 / 4) / 2]
    )
    aucs = TwoSampleAUC(0, 0).estimate(real, fake)
    assert aucs == pytest.approx([(5 + 2 * 1) / 18, (3 * 3.5 + 1.5 + 4) / 20])
    assert TwoSampleAUC(0, 0).estimate(None, fake).shape == (2,)
    assert TwoSampleAUC(0, 0).estimate(real, None).shape == (2,)


def test_auc_equals_scikit_learn():
    rng = np.random.default_rng(0)
    real, fake = rng.integers(0, 9, 40) + 1.0, rng.integers(0, 9, 30) * 1.0
    v, w = counts(40, 4, 1), counts(30, 4, 2)
    truth = np.repeat([1, 0], [40, 30])
    expected = [
        roc_auc_score(truth, np.concatenate([real, fake]), sample_weight=np.concatenate(row))
        for row in zip(v, w, strict=True)
    ]
    np.testing.assert_allclose(_weighted_auc(real, fake, v, w), expected, rtol=1e-9)


def test_tells_apart_what_differs_and_trains_once(monkeypatch):
    trained = []
    learn = two_sample._Learner.learn
    monkeypatch.setattr(
        two_sample._Learner, "learn", lambda *x: (trained.append(1), learn(*x))
    )
    monkeypatch.setattr(two_sample, "_SEEN", 6000)
    real, fake = images(200, 0), images(240, 1, 0.2)
    accuracy, auc = TwoSampleAccuracy(real, fake), TwoSampleAUC(real, fake)
    assert accuracy.estimate()[0] > 0.85 and auc.estimate()[0] > 0.9
    assert trained == [1]
    assert (accuracy.real_count, auc.fake_count) == (200, 240)


def test_learns_from_one_half_and_tests_on_the_other(monkeypatch):
    seen = []
    monkeypatch.setattr(two_sample._Learner, "learn", lambda self, x: seen.append(x))
    real, fake = images(40, 0), images(61, 1)
    test = TwoSample(real, fake)
    assert len(test.real_rows) == len(test.real_logits) == 20
    assert len(test.fake_rows) == len(test.fake_logits) == 41
    (learnt,) = seen
    for images_, rows, part in (
        (real, test.real_rows, learnt[:20]),
        (fake, test.fake_rows, learnt[20:]),
    ):
        left = np.setdiff1d(np.arange(len(images_)), rows)
        assert len(left) == 20
        assert {x.tobytes() for x in part} == {x.tobytes() for x in images_[left]}
    # The halves of a set depend on its number of images only.
    np.testing.assert_array_equal(TwoSample(real, -fake).fake_rows, test.fake_rows)


def test_the_same_images_give_the_same_logits(monkeypatch):
    monkeypatch.setattr(two_sample, "_SEEN", 500)
    real, fake = images(40, 0), images(40, 1)
    first, second = TwoSample(real, fake), TwoSample(real, fake)
    np.testing.assert_array_equal(first.fake_logits, second.fake_logits)
    assert first.fake_logits.std() > 0


def test_too_few_images():
    with pytest.raises(UserError, match="at least 20 generated images, not 19"):
        TwoSample(images(40, 0), images(19, 1))


@pytest.mark.slow
def test_cannot_tell_apart_what_does_not_differ():
    accuracy = TwoSampleAccuracy(images(2000, 0), images(2000, 1)).estimate()[0]
    assert accuracy == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(2000))
