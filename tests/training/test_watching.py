"""What only watches a training never ends it."""

import json

import numpy as np
import pytest

from tests.pngs import save_folder
from tests.tiny import TINY_FLAGS
from wgan_tf.config.resolve import resolve
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.runs import checkpoints
from wgan_tf.runs.layout import checkpoint_dir
from wgan_tf.training import game
from wgan_tf.training.callbacks import feedback, iterations, summaries, test_accuracy
from wgan_tf.visualize import game_curves

EVERY = {"watch_every": 1, "summary_every": 1, "image_every": 1, "histogram_every": 1}
PICTURE = np.random.default_rng(0).integers(0, 256, (1, 16, 16, 3), np.uint8)


def train(tmp_path, pictures, **flags):
    """The iteration that is saved, and the run's folder."""
    save_folder(tmp_path / "data", pictures)
    flags = {**TINY_FLAGS, **EVERY, "batch_size": 4, "iterations": 2, "n_critic": 1, **flags}
    folder = tmp_path / "run"
    given = {"mode": "train", "data_dir": str(tmp_path / "data"), "logs_dir": str(folder)}
    game.train(resolve({**given, "critic_boost": False, **flags}))
    newest = max(checkpoints.list_checkpoints(checkpoint_dir(folder)))
    return int("".join(filter(str.isdigit, newest.stem))), folder


@pytest.mark.parametrize("count", [1, 5])
def test_images_without_variety_are_learnt_from(tmp_path, count, capsys):
    options = {"evaluate_every": 1, "evaluate_samples": 10, "features": "pixels"}
    saved, folder = train(tmp_path, np.repeat(PICTURE, count, 0), **options)
    assert saved == 2
    looks = json.loads((folder / "feedback.json").read_text())["looks"]
    assert [look["variety"] for look in looks] == [None, None]
    assert all(look["accuracy"] is not None for look in looks)
    assert "nothing is measured on the way" in capsys.readouterr().out


@pytest.mark.parametrize(
    "owner, name",
    [
        (feedback.Feedback, "_look"),
        (feedback.Feedback, "state"),
        (feedback, "variety_of"),
        (summaries.Scalars, "after"),
        (summaries.Images, "_write_samples"),
        (summaries.Histograms, "on_train_begin"),
        (summaries.Histograms, "_write"),
        (Evaluation, "measure"),
        (game_curves, "plot_feedback"),
        (feedback, "plot_feedback"),
    ],
)
def test_whatever_a_watcher_meets_training_goes_on(tmp_path, monkeypatch, owner, name):
    told = []

    def fail(*_, **__):
        raise ZeroDivisionError("division\nby zero")

    for module in (iterations, feedback, test_accuracy):
        if hasattr(module, "warn"):
            monkeypatch.setattr(module, "warn", lambda text, *values: told.append(text % values))
    monkeypatch.setattr("wgan_tf.training.callbacks.measurements.warn", iterations.warn)
    monkeypatch.setattr(owner, name, fail)
    pictures = np.random.default_rng(1).integers(0, 256, (12, 16, 16, 3), np.uint8)
    options = {"evaluate_every": 1, "evaluate_samples": 10, "features": "pixels"}
    saved, _ = train(tmp_path, pictures, **options)
    assert saved == 2
    if owner is not game_curves:
        assert any("ZeroDivisionError: division by zero" in line for line in told), told
        assert not any("\n" in line for line in told)
