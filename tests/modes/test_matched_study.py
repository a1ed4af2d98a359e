"""Trainings with matched mini-batches against trainings without."""

import json

import numpy as np
import pytest

from tests.fakes import Corners
from tests.reading import events
from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError
from wgan_tf.modes import matched_study
from wgan_tf.training import judging


def test_matched_study(resolve_tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(judging, "open_judge", lambda config, shape: Corners())
    monkeypatch.setattr(matched_study, "find_judge", lambda config: None)
    config = resolve_tiny(
        mode="matched_study",
        iterations=4,
        matched_batches=2,
        study_seeds=2,
        evaluate_samples=40,
        watch_every=0,
        optimizer="keras_rmsprop",
        learning_rate=0.02,
        clip_value=0.5,
    )
    pictures = matched_study.run(config)
    run = tmp_path / "run"
    report = json.loads((run / "matched_study.json").read_text())
    assert [pair["seed"] for pair in report["trainings"]] == [0, 1]
    for pair in report["trainings"]:
        assert [row["iteration"] for row in pair["with"]] == [1, 2, 3, 4]
        # Two steps and the update's own draw: 4 batches an iteration against 2.
        assert pair["with"][-1]["images"] == 4 * 4 * 8
        assert pair["without"][-1]["images"] >= pair["with"][-1]["images"]
        assert pair["without"][-1]["iteration"] >= 8
    first, second = (
        np.array([row["metrics"]["frechet"] for row in pair["with"]])
        for pair in report["trainings"]
    )
    assert (first != second).all()
    assert {path.name for path in pictures} >= {
        "matched_frechet.png",
        "matched_variety.png",
        "matched_samples.png",
    }
    assert "| budget | metric |" in (run / "matched_study.md").read_text()
    assert "metrics/frechet" in events(run / "matched_study" / "seed-1-with")
    # Everything is there already: nothing is trained again.
    before = (run / "seed-0" / "with" / "evaluations.json").stat().st_mtime_ns
    matched_study.run(config)
    assert (run / "seed-0" / "with" / "evaluations.json").stat().st_mtime_ns == before
    stored = runs.read_config(run / "seed-1" / "with")
    assert (stored.training.matched_batches, stored.run.seed) == (2, 1)


def test_how_long_is_asked_of_equal_iterations_also_where_one_was_trained_on():
    config = resolve({"mode": "matched_study", "iterations": 20}).but(evaluate_every=5)

    def curve(last, seconds):
        return [{"iteration": i, "seconds": seconds * i} for i in range(5, last + 1, 5)]

    short = {"with": curve(20, 4.4), "without": curve(20, 1.0)}
    trained_on = {"with": curve(20, 4.4), "without": curve(90, 1.0)}
    # 4.4 times 20 iterations, in whole fives; or as many images.
    assert [matched_study._longer(config, pair, 2.0) for pair in (short, trained_on)] == [90, 90]
    assert matched_study._longer(config, short, 7.0) == 140


def test_matched_study_needs_a_fixed_number_of_updates(resolve_tiny, tmp_path):
    with pytest.raises(UsageError, match="--critic_boost=false"):
        matched_study.run(resolve_tiny(mode="matched_study", critic_boost=True))
    assert not (tmp_path / "run").exists()
