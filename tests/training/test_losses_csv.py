"""`losses.csv`: the scalars of TensorBoard, each row once, whatever stops a training."""

import numpy as np
import pytest
import tensorflow as tf

from tests.reading import events
from tests.tiny import command, make_model
from wgan_tf.errors import UserError
from wgan_tf.files.csv_rows import Rows, read_columns
from wgan_tf.training import classifiers, game
from wgan_tf.training.callbacks.summaries import Scalars

CLOCK = ("seconds", "training/images_per_second")


def timeless(folder):
    columns = read_columns(folder / "losses.csv")
    assert (np.diff(columns["seconds"]) > 0).all() and columns["seconds"][0] > 0
    return {name: values for name, values in columns.items() if name not in CLOCK}


def same(one, other):
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def test_rows_are_the_scalars_of_tensorboard(run_dir):
    columns, tags = read_columns(run_dir / "losses.csv"), events(run_dir / "train")
    np.testing.assert_array_equal(columns.pop("iteration"), [2, 4, 6])
    assert (np.diff(columns.pop("seconds")) > 0).all()
    assert {
        "loss/critic", "loss/generator", "score/real", "score/fake", "loss/wasserstein_estimate",
        "training/share_at_clip_bound",
    } <= columns.keys()  # fmt: skip
    for name, values in columns.items():
        shown = [tf.make_ndarray(value.tensor) for _, value in tags[name]]
        # Nine digits of a mean may round to the neighbour of what it rounds to at once.
        np.testing.assert_allclose(values, shown, rtol=2e-7, atol=0, err_msg=name)
    groups = ("loss", "score", "training")
    assert {tag for tag in tags if tag.split("/")[0] in groups} == columns.keys()


def test_a_resumed_training_has_the_rows_of_an_uninterrupted_one(resolve_tiny, tmp_path):
    # Three iterations in a row, five in a command: sums go on.
    chosen = {"summary_every": 3, "learning_rate": 0.01, "checkpoint_every": 5}
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    game.train(resolve_tiny(**chosen, iterations=10, logs_dir=str(whole)))
    game.train(resolve_tiny(**chosen, iterations=5, logs_dir=str(parts)))
    with open(parts / "losses.csv", "a") as file:
        file.write("6,1\n9,")  # what a killed one wrote after its checkpoint
    game.train(command(parts, "train", iterations=10))
    rows = timeless(whole)
    np.testing.assert_array_equal(rows["iteration"], [3, 6, 9])
    same(rows, timeless(parts))
    # Nothing to do, and nothing is lost.
    game.train(command(parts, "train"))
    same(rows, timeless(parts))


def test_a_training_that_begins_anew_has_no_rows_of_before(resolve_tiny, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "losses.csv").write_text("iteration,x\n1,2\n")
    game.train(resolve_tiny(iterations=2, summary_every=2))
    np.testing.assert_array_equal(timeless(run)["iteration"], [2])


def test_a_side_that_does_not_move_has_empty_fields(tmp_path):
    rows = Rows(tmp_path / "losses.csv")
    scalars = Scalars(tf.summary.create_noop_writer(), 2, 8, rows)
    scalars.set_model(make_model("dcgan"))
    scalars.on_train_begin()
    for critic, generator in ((1.0, np.nan), (3.0, np.nan), (np.nan, 5.0), (np.nan, 7.0)):
        logs = {"critic_loss": critic, "generator_loss": generator}
        scalars.on_train_batch_end(0, logs)
    columns = read_columns(tmp_path / "losses.csv")
    np.testing.assert_array_equal(columns["loss/critic"], [2, np.nan])
    np.testing.assert_array_equal(columns["loss/generator"], [np.nan, 6])


def test_rows_that_cannot_be_written_are_one_warning_until_one_can(tmp_path, monkeypatch, warned):
    rows = Rows(tmp_path / "losses.csv")
    scalars = Scalars(tf.summary.create_noop_writer(), 1, 8, rows)
    scalars.set_model(make_model("dcgan"))
    scalars.on_train_begin()
    add, full = rows.add, [True, True, False, True]

    def sometimes(row):
        if full.pop(0):
            raise UserError("no room")
        add(row)

    monkeypatch.setattr(rows, "add", sometimes)
    for loss in range(4):
        scalars.on_train_batch_end(0, {"critic_loss": float(loss)})
    assert warned == ["a row of losses is not written, training goes on: no room"] * 2
    np.testing.assert_array_equal(read_columns(rows.path)["loss/critic"], [2])


@pytest.mark.parametrize("what", ["a folder", "the picture"])
def test_a_training_ends_without_its_losses(resolve_tiny, tmp_path, warned, what):
    run = tmp_path / "run"
    place = run / ("losses.csv" if what == "a folder" else "images/losses.png")
    place.mkdir(parents=True)
    pictures = game.train(resolve_tiny(iterations=2, summary_every=1, watch_every=0))
    assert [path.name for path in pictures] == ["after_training.png"]
    assert any("losses" in line and "training goes on" in line for line in warned)


def test_a_classifier_has_rows_too(classifier, tmp_path):
    pictures = classifiers.train(classifier(summary_every=2))
    assert pictures[-1] == tmp_path / "run" / "images" / "losses.png" and pictures[-1].exists()
    rows = timeless(tmp_path / "run")
    np.testing.assert_array_equal(rows["iteration"], [2, 4, 6, 8])
    assert {"loss/classifier", "accuracy/training_batch"} <= rows.keys()


def test_seconds_go_on_where_a_checkpoint_has_them(tmp_path):
    first = Scalars(tf.summary.create_noop_writer(), 1, 8)
    first.set_model(make_model())
    first.on_train_begin()
    first.seconds = 100.0
    state = first.state()
    assert 100 < state["seconds"] < 101
    again = Scalars(tf.summary.create_noop_writer(), 1, 8, Rows(tmp_path / "losses.csv"))
    again.stored = state
    again.set_model(make_model())
    again.on_train_begin()
    again.on_train_batch_end(0, {"critic_loss": 1.0, "score_real": 1.0, "score_fake": 0.0})
    assert 100 < read_columns(tmp_path / "losses.csv")["seconds"][0] < 102
