"""The games by flags: turns by epochs, categories found without labels, the matched study."""

import json

import numpy as np
import pytest
import tensorflow as tf

from tests.fakes import Corners
from tests.reading import events, stored_arrays
from tests.tiny import make_model
from wgan_tf import runs
from wgan_tf.config.resolve import default_logs_dir, resolve
from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UsageError
from wgan_tf.modes import matched_study
from wgan_tf.training import game, judging
from wgan_tf.visualize.page import read_png

# ------------------------------------------------------------------------------------ options


def test_a_loss_brings_its_networks_rates_and_folder():
    config = resolve({"loss": "hinge"})
    assert (config.network.model, config.training.optimizer) == ("dcgan", "Adam")
    assert default_logs_dir({"loss": "hinge"}).endswith("mnist5k_dcgan_hinge")
    clipped = resolve({"loss": "wasserstein", "data_dir": "/x"}).training
    assert (clipped.optimizer, clipped.n_critic, clipped.learning_rate) == ("RMSProp", 5, 5e-5)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"loss": "hinge", "model": "wgan"}, "--loss=hinge: wgan has a loss of its own"),
        ({"loss": "hinges"}, "least_squares"),
        ({"minibatch_discrimination": True}, "--minibatch_discrimination: wgan has none"),
        ({"alternate": "epochs:1"}, "epochs:1,1"),
        ({"alternate": "epochs:0,1"}, "epochs:1,1"),
        ({"alternate": "epochs:1,1", "matched_batches": 2}, "leave out --alternate"),
        ({"alternate": "epochs:1,1", "critic_boost": True}, "--critic_boost"),
        ({"model": "infogan", "z_dim": 12}, "10 categories and 2 codes"),
    ],
)
def test_what_a_game_has_not_is_refused(values, word):
    with pytest.raises(UsageError, match=word):
        resolve(values)


# -------------------------------------------------------------------------------------- turns


def test_turns_go_on_where_they_were_stopped(resolve_tiny, tmp_path):
    # Of 4,000 digits: two updates an epoch.
    chosen = {"loss": "hinge", "alternate": "epochs:1,1", "batch_size": 2000, "summary_every": 1}
    whole = {**chosen, "iterations": 5, "logs_dir": str(tmp_path / "whole")}
    game.train(resolve_tiny(**whole))
    game.train(resolve_tiny(**{**whole, "iterations": 3, "logs_dir": str(tmp_path / "parts")}))
    stored = runs.read_config(tmp_path / "parts")
    again = {"mode": "train", "logs_dir": str(tmp_path / "parts"), "iterations": 5}
    game.train(resolve(again, stored))
    name = "checkpoints/iteration-00000005.npz"
    one, other = (stored_arrays(tmp_path / part / name) for part in ("whole", "parts"))
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)
    found = events(tmp_path / "whole" / "train")
    # Who does not move has no loss.
    assert [step for step, _ in found["loss/critic"]] == [1, 2, 5]
    assert [step for step, _ in found["loss/generator"]] == [3, 4]


# --------------------------------------------------------------------------------- categories


def test_infogan_reports_what_its_categories_hold(resolve_tiny, tmp_path, capsys):
    config = resolve_tiny(
        model="infogan", z_dim=14, categories=11, iterations=2, batch_size=2000, watch_every=0
    )
    (picture,) = game.train(config)
    assert picture.name == "categories.png" and read_png(picture).shape[1] > 500
    told = json.loads((tmp_path / "run" / "test_accuracy.json").read_text())
    (epoch,) = told["epochs"]
    assert sorted(epoch["meaning"]) == [-1, *range(10)]
    assert f"{epoch['accuracy']:.2%}" in capsys.readouterr().out
    # Anew from the files: the share of test digits whose category means them.
    model = runs.load_trained(config)
    test = runs.open_images(config, "test")
    answers = np.argmax(model.classify(to_float(test.read(np.arange(test.count)))), 1)
    # Batch norm's statistics are measured anew for a trained run, so a few may differ.
    right = np.mean(np.array(epoch["meaning"])[answers] == test.labels)
    assert right == pytest.approx(epoch["accuracy"], abs=0.1)
    samples = read_png(tmp_path / "run" / "images" / "epoch_000.png")
    assert samples.shape == (8 * 17 - 1, 11 * 17 - 1, 3)


# --------------------------------------------------------------------------- matched batches


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
    told = json.loads((run / "matched_study.json").read_text())
    assert [pair["seed"] for pair in told["trainings"]] == [0, 1]
    for pair in told["trainings"]:
        assert [each["iteration"] for each in pair["with"]] == [1, 2, 3, 4]
        # Two steps and the update's own draw: 4 batches an iteration against 2.
        assert pair["with"][-1]["images"] == 4 * 4 * 8
        assert pair["without"][-1]["images"] >= pair["with"][-1]["images"]
        assert pair["without"][-1]["iteration"] >= 8
    first, second = (
        np.array([row["metrics"]["frechet"] for row in pair["with"]])
        for pair in told["trainings"]
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
    assert [matched_study._longer(config, each, 2.0) for each in (short, trained_on)] == [90, 90]
    assert matched_study._longer(config, short, 7.0) == 140


def test_matched_study_needs_a_fixed_number_of_updates(resolve_tiny, tmp_path):
    with pytest.raises(UsageError, match="--critic_boost=false"):
        matched_study.run(resolve_tiny(mode="matched_study", critic_boost=True))
    assert not (tmp_path / "run").exists()


def test_losses_of_an_idle_side_count_for_nothing(tmp_path):
    from wgan_tf.training.callbacks.summaries import Scalars

    writer = tf.summary.create_file_writer(str(tmp_path))
    scalars = Scalars(writer, 3, 8)
    scalars.set_model(make_model("dcgan"))
    scalars.on_train_begin()
    for loss in (1.0, float("nan"), 4.0):
        scalars.on_train_batch_end(0, {"critic_loss": loss, "generator_loss": float("nan")})
    writer.close()
    found = events(tmp_path)
    assert float(tf.make_ndarray(found["loss/critic"][0][1].tensor)) == 2.5
    assert "loss/generator" not in found
