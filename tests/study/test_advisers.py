"""Advisers of a game: made once, kept, features shared."""

import contextlib

import numpy as np
import pytest

from tests.tiny import make_model, strong
from wgan_tf.refine.guide import CriticGuide
from wgan_tf.refine.ratio import LEARNT_FROM
from wgan_tf.refine.ratio import fitting as fitting_module
from wgan_tf.study import advisers as advisers_module
from wgan_tf.study.advisers import Advisers


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Advisers of a tiny model, fitted in no time."""
    monkeypatch.setattr(fitting_module, "_EPOCHS", 1)
    monkeypatch.setitem(LEARNT_FROM, "labels", 256)
    rng = np.random.default_rng(0)
    real = rng.uniform(-1, 1, (400, 16, 16, 1)).astype(np.float32)
    held = []

    @contextlib.contextmanager
    def claimed(path):
        held.append(path.name)
        yield

    def build(folder="wgan-30-0", labels=None, seed=3):
        model = strong(make_model(seed=len(folder)))
        labels = np.arange(400) % 2 if labels is None else None
        made = Advisers(
            model, lambda: (real, labels), tmp_path / folder, tmp_path / "s", seed, claimed
        )
        made.held, made.real = held, real
        return made

    return build


def test_ratios_are_fitted_once_and_features_for_all_games_of_a_seed(make, monkeypatch):
    learnt, learn = [], advisers_module.learn_features
    monkeypatch.setattr(
        advisers_module, "learn_features", lambda *a, **k: learnt.append(a[3]) or learn(*a, **k)
    )
    first = make()
    values = first["labels"].log_ratio(first.real[:9])
    assert learnt == ["labels"] and first.held == ["labels.keras", "labels.keras"]
    np.testing.assert_array_equal(make()["labels"].log_ratio(first.real[:9]), values)
    other = make("wgan-300-0")
    assert not np.array_equal(other["labels"].log_ratio(first.real[:9]), values)
    assert learnt == ["labels"]
    facts = other.facts("labels")
    assert "reliability" not in facts and facts["gflop"] > 0
    assert facts["seconds"] > facts["seconds_of_features"] > 0


def test_a_control_of_the_same_features_and_spread(make):
    advisers = make()
    sober, control = advisers["labels"], advisers["shuffled"]
    assert control.facts["features"] == "labels"
    ours, theirs = (np.std(one.held_out[1]) for one in (sober, control))
    assert theirs == pytest.approx(ours, rel=0.25)


def test_the_score_itself_costs_nothing_to_fit(make):
    advisers = make()
    assert isinstance(advisers["critic"], CriticGuide)
    assert advisers.facts("critic") == {"seconds": 0.0, "gflop": 0.0}
    rescaled = advisers["rescaled"]
    assert rescaled.facts["features"] == "score"
    # The score's own arithmetic and one multiplication.
    assert advisers.gflop("rescaled") == pytest.approx(advisers.gflop("critic"), rel=0.01)
