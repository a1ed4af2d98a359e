"""Metrics during training and the best checkpoint: seen, kept, and without influence."""

import json

import numpy as np
import pytest
import tensorflow as tf

from tests.fakes import Classless, Corners
from tests.reading import events, stored_arrays
from tests.tiny import command, make_model
from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError, UserError
from wgan_tf.metrics import IN_TRAINING
from wgan_tf.metrics.bootstrap import Estimate
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.runs import checkpoints
from wgan_tf.training import game, judging
from wgan_tf.training.callbacks.measurements import Evaluations


@pytest.fixture(autouse=True)
def judge(monkeypatch):
    """Four features and classes, so that nothing is trained but the run."""
    monkeypatch.setattr(judging, "open_judge", lambda config, shape: Corners())


def settings(**changes):
    # Not the gentle defaults: in a few iterations samples must change.
    rates = {"optimizer": "keras_rmsprop", "learning_rate": 0.02, "clip_value": 0.5}
    return {**rates, "evaluate_every": 2, "evaluate_samples": 40, **changes}


def go_on(folder, **changes):
    game.train(command(folder, "train", **changes))


def test_scalars_and_the_best_of_them(resolve_tiny, tmp_path, capsys):
    game.train(resolve_tiny(**settings(iterations=7, keep_best="sliced_wasserstein")))
    run = tmp_path / "run"
    tags = events(run / "train")
    for name in IN_TRAINING:
        assert [step for step, _ in tags[f"metrics/{name}"]] == [2, 4, 6], name
    assert {tag for tag in tags if tag.startswith("metrics/")} == {
        f"metrics/{name}" for name in IN_TRAINING
    }
    values = [float(tf.make_ndarray(v.tensor)) for _, v in tags["metrics/sliced_wasserstein"]]
    best = json.loads((run / "checkpoints" / "best.json").read_text())
    assert best["metric"] == "sliced_wasserstein" and best["features"] == "corners"
    assert best["iteration"] == 2 * (1 + int(np.argmin(values)))
    assert best["value"] == pytest.approx(min(values), rel=1e-6)
    assert f"best checkpoint: iteration {best['iteration']}" in capsys.readouterr().out
    # It is that iteration's model: measured again it gives the stored value.
    config = resolve({"mode": "visualize", "checkpoint": "best"}, runs.read_config(run))
    model = runs.load_trained(config)
    assert int(model.iteration.numpy()) == best["iteration"]
    evaluation = judging.training_evaluation(config)
    again = evaluation.measure(model.generate(model.sample_z(40, 0)).numpy())
    assert again["sliced_wasserstein"].value == pytest.approx(best["value"], rel=1e-5)


def test_a_training_that_is_measured_is_the_same_training(resolve_tiny, tmp_path):
    plain = settings(evaluate_every=0, iterations=6, checkpoint_every=2)
    game.train(resolve_tiny(**plain, logs_dir=str(tmp_path / "plain")))
    stopped = {**plain, "iterations": 3, "evaluate_every": 1}
    game.train(resolve_tiny(**stopped, logs_dir=str(tmp_path / "measured")))
    go_on(tmp_path / "measured", iterations=6)
    assert not (tmp_path / "plain" / "checkpoints" / "best.npz").exists()
    one, other = (
        stored_arrays(tmp_path / name / "checkpoints" / "iteration-00000006.npz")
        for name in ("plain", "measured")
    )
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


class Told:
    """An evaluation that measures what it is told, one value after the other."""

    judge, real_count, names = Corners(), 30, ("frechet", "coverage")

    def __init__(self, *values):
        self.values = list(values)

    def measure(self, images):
        value = self.values.pop(0)
        if isinstance(value, Exception):
            raise value
        estimate = Estimate(value, np.empty(0), (0.0, np.inf), (30, 4, 0, 0))
        return dict.fromkeys(self.names, estimate)


def measured(model, folder, *values, metric="frechet", start=0):
    """The callback after as many iterations as there are values."""
    writer = tf.summary.create_noop_writer()
    callback = Evaluations(writer, 1, model.sample_z(4), Told(*values), metric, folder)
    model.iteration.assign(start)
    callback.set_model(model)
    callback.on_train_begin()
    for _ in values:
        model.iteration.assign_add(1)
        callback.on_train_batch_end(0, {})
    return callback


@pytest.fixture(scope="module")
def model():
    return make_model()


@pytest.mark.parametrize(("metric", "iteration"), [("frechet", 2), ("coverage", 3)])
def test_lower_or_higher_is_better_as_the_metric_says(model, tmp_path, metric, iteration):
    best = measured(model, tmp_path, 3.0, 1.0, 5.0, 1.0, 5.0, metric=metric).best
    assert best["iteration"] == iteration
    assert best == checkpoints.read_best(tmp_path)
    assert stored_arrays(tmp_path / "best.npz")["iteration"] == iteration


def test_a_resumed_training_compares_with_the_stored_best(model, tmp_path):
    measured(model, tmp_path, 3.0, 2.0)
    assert measured(model, tmp_path, 2.5, start=2).best["iteration"] == 2
    assert measured(model, tmp_path, 1.5, start=3).best["iteration"] == 4
    # By another metric there is nothing to compare with.
    assert measured(model, tmp_path, 9.0, metric="coverage", start=4).best["iteration"] == 5
    # Nor is there with what an earlier training left.
    assert measured(model, tmp_path, 50.0, metric="coverage").best["iteration"] == 1


def test_what_cannot_be_measured_is_a_warning(model, tmp_path, caplog):
    collapsed = UserError("all 4 generated images are the same")
    best = measured(model, tmp_path, collapsed, 4.0, float("nan")).best
    assert best["iteration"] == 2 and best["value"] == 4.0
    assert "iteration 1 is not measured: all 4 generated images are the same" in caplog.text


def test_a_collapsed_generator_does_not_end_the_training(resolve_tiny, tmp_path, monkeypatch):
    def collapsed(self, fake):
        raise UserError("all generated images are the same")

    monkeypatch.setattr(Evaluation, "measure", collapsed)
    game.train(resolve_tiny(**settings(iterations=3, evaluate_every=1)))
    saved = {path.name for path in (tmp_path / "run" / "checkpoints").iterdir()}
    assert saved == {"iteration-00000003.npz"}


def test_a_metric_that_needs_classes_is_refused_before_anything_is_written(
    resolve_tiny, tmp_path, monkeypatch
):
    monkeypatch.setattr(judging, "open_judge", lambda config, shape: Classless())
    with pytest.raises(UsageError, match="--keep_best=classifier_score"):
        game.train(resolve_tiny(**settings(iterations=2, keep_best="classifier_score")))
    assert not (tmp_path / "run").exists()


def test_a_damaged_best_is_no_best(model, tmp_path, caplog):
    assert checkpoints.read_best(tmp_path) is None
    measured(model, tmp_path, 3.0)
    (tmp_path / "best.npz").write_bytes(b"no archive")
    assert checkpoints.read_best(tmp_path) is None and "damaged" in caplog.text
    with pytest.raises(UserError, match="best.npz is missing or damaged"):
        checkpoints.restore_best(tmp_path, model)
