"""What becomes of samples along each way, on a tiny model."""

import numpy as np
import pytest

from tests.tiny import make_model, strong
from wgan_tf.refine.guide import CriticGuide
from wgan_tf.refine.methods import make_method
from wgan_tf.study.experiments import FIRST_STEP, PIXEL_RATE, Samples

BUDGETS = [2, 6, 20]


class Advisers:
    """The critic for all, at prices of their own."""

    def __init__(self, model):
        self.critic = CriticGuide(model)

    def __getitem__(self, name):
        return self.critic

    def gflop(self, name):
        return {"critic": 1.0, "labels": 10.0}[name]


@pytest.fixture(scope="module")
def samples():
    model = strong(make_model())
    asked = []

    def train_more(gflop):
        asked.append(gflop)
        return np.full((20, 16, 16, 1), 0.5, np.float32), gflop + 1, 3.0

    made = Samples(model, model.sample_z(20, 1), Advisers(model), train_more, seed=5)
    made.asked = asked
    return made


def test_nothing_changes_nothing(samples):
    (outcome,) = samples.outcomes("", "nothing", [0])
    np.testing.assert_array_equal(outcome.images, samples.images)
    np.testing.assert_array_equal(outcome.z, samples.z)
    assert outcome.paired and outcome.seconds == 0


@pytest.mark.parametrize("text", ["langevin", "flow:noise=0.2", "best_of", "rejection"])
def test_each_budget_is_what_a_call_of_its_own_gives(samples, text):
    along = list(samples.outcomes("labels", text, BUDGETS))
    for budget, outcome in zip(BUDGETS, along, strict=True):
        alone = make_method(text, samples.model, samples.advisers["labels"])(samples.z, budget, 5)
        np.testing.assert_allclose(outcome.z, alone.z, atol=1e-5)
        assert outcome.evaluations == alone.evaluations == budget
        assert outcome.diagnostics["mean_move"] == pytest.approx(
            alone.diagnostics["mean_move"], rel=1e-4
        )
        drawing = outcome.gflop / budget - 10.0
        assert drawing == pytest.approx(samples.gflop("critic") - 1.0)


def test_the_first_step_by_the_score_is_as_long_as_it_should_be(samples):
    first = next(samples.outcomes("critic", "gradient", BUDGETS))
    lengths = np.linalg.norm(first.z - samples.z, axis=1)
    assert lengths.mean() == pytest.approx(FIRST_STEP, rel=2e-2)  # the ends reflect
    named = next(samples.outcomes("critic", "gradient:rate=0.001", [2]))
    slow = make_method("gradient:rate=0.001", samples.model, samples.advisers["critic"])
    np.testing.assert_allclose(named.z, slow(samples.z, 2, 5).z, atol=1e-6)


def test_random_moves_are_as_long_as_the_gradients(samples):
    moved = samples.outcomes("labels", "gradient", BUDGETS)
    chance = samples.outcomes("labels", "random", BUDGETS)
    for one, other in zip(moved, chance, strict=True):
        lengths = [np.linalg.norm(outcome.z - samples.z, axis=1) for outcome in (one, other)]
        # The ends of the prior cut some short.
        assert (lengths[1] <= lengths[0] * 1.0001).all()
        assert lengths[1].mean() == pytest.approx(lengths[0].mean(), rel=0.1)
        assert other.evaluations == 1
        assert np.abs(other.z - one.z).max() > 1e-3


def test_pixels_move_by_the_rate_and_chance_as_far(samples):
    along = list(samples.outcomes("critic", "pixels", BUDGETS))
    first = np.abs(along[0].images - samples.images)
    assert first.max() == pytest.approx(PIXEL_RATE, rel=0.02)
    score = samples.model.score
    means = [float(np.mean(score(one.images))) for one in along]
    assert means == sorted(means) and means[-1] > float(np.mean(score(samples.images)))
    for one, other in zip(along, samples.outcomes("critic", "random_pixels", BUDGETS), strict=True):
        moved, by_chance = (
            np.linalg.norm((x.images - samples.images).reshape(20, -1), axis=1)
            for x in (one, other)
        )
        assert by_chance.mean() == pytest.approx(moved.mean(), rel=0.1)


def test_selectors_by_one_adviser_choose_among_the_same_candidates(samples, monkeypatch):
    drawn, sample_z = [], samples.model.sample_z
    monkeypatch.setattr(
        samples.model, "sample_z", lambda *a: drawn.append(a) or sample_z(*a), raising=False
    )
    fresh = Samples(samples.model, samples.z, samples.advisers, seed=5)
    best = list(fresh.outcomes("labels", "best_of", [2, 6]))
    again = list(fresh.outcomes("labels", "resampling", [2, 6]))
    assert len(drawn) == 1
    values = [one.diagnostics["value"] for one in (*best, *again)]
    assert values[1] > values[0] > best[0].diagnostics["value_before"]
    assert values[3] < values[1]
    assert [one.evaluations for one in again] == [2, 6]
    assert again[1].seconds == pytest.approx(3 * again[0].seconds)


def test_half_of_the_budget_each(samples):
    (outcome,) = samples.outcomes("labels", "resampling+gradient", [20])
    assert outcome.diagnostics["gradient_steps"] == 5
    assert outcome.evaluations == 20


def test_rejected_samples_are_not_paired(samples):
    (outcome,) = samples.outcomes("labels", "rejection:rule=drs", [6])
    assert not outcome.paired or len(outcome.images) == 20
    (kept,) = samples.outcomes("labels", "gradient", [2])
    assert kept.paired


def test_truncation_asks_nobody(samples):
    (outcome,) = samples.outcomes("", "truncation", [1])
    assert np.abs(outcome.z).max() <= 0.7
    assert outcome.gflop == pytest.approx(samples.gflop("critic") - 1.0)


def test_more_training_gets_the_price_of_the_critics_gradient(samples):
    (outcome,) = samples.outcomes("", "more_training", [20])
    assert samples.asked == [20 * samples.gflop("critic")]
    assert outcome.gflop == samples.asked[0] + 1 and outcome.seconds == 3.0
    assert outcome.z is None and (outcome.images == 0.5).all()
