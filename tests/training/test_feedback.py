"""Looks at the feedback: right, written, continued, and without influence on training."""

import json

import numpy as np
import pytest
import tensorflow as tf

from tests.reading import events, stored_arrays
from tests.tiny import command, make_model, strong
from wgan_tf import runs
from wgan_tf.metrics.variety import variety_of
from wgan_tf.runs import checkpoints
from wgan_tf.training import game
from wgan_tf.training.callbacks.control import Checkpoints
from wgan_tf.training.callbacks.feedback import Feedback, UserError, _held_out

RNG = np.random.default_rng(5)
REAL = RNG.uniform(-1, 1, (24, 16, 16, 1)).astype(np.float32)
LOGS = {"critic_loss": 1.0, "generator_loss": 4.0}


def settings(**changes):
    # Not the gentle defaults: in a few iterations samples must change.
    rates = {"optimizer": "keras_rmsprop", "learning_rate": 0.02}
    return {**rates, "n_critic": 2, "critic_boost": False, "watch_every": 1, **changes}


def scalars(tags, tag):
    return [float(tf.make_ndarray(value.tensor)) for _, value in tags[tag]]


def stored(run):
    return json.loads((run / "feedback.json").read_text())


def watching(model, folder, writer=None, **changes):
    """The callback on a model that is about to be trained, in batches of 8."""
    defaults = {"every": 1, "z": model.sample_z(24, 3), "real": REAL, "batch_size": 8}
    writer = writer or tf.summary.create_noop_writer()
    callback = Feedback(writer, folder / "feedback.json", described="noise", **defaults | changes)
    callback.set_model(model)
    callback.on_train_begin()
    return callback


@pytest.mark.parametrize("kind", ["wgan", "gan", "wgan_gp", "acgan", "dcgan", "infogan"])
def test_as_trained_is_what_training_sees_and_moves_nothing(kind):
    model = strong(make_model(kind))
    before = {name: v.numpy() for name, v in checkpoints.variables(model).items()}
    z = model.sample_z(16, 1)
    images = model.generate_as_trained(z, 8).numpy()
    scores = model.score_as_trained(REAL[:16], 8).numpy()
    for name, variable in checkpoints.variables(model).items():
        np.testing.assert_array_equal(before[name], variable.numpy(), err_msg=name)
    # Batch by batch, as a training step does it.
    for rows in (slice(0, 8), slice(8, 16)):
        expected = model.generator(z[rows], training=True).numpy()
        np.testing.assert_allclose(images[rows], expected, atol=1e-5)
        expected = model.critic_with_features(REAL[rows], training=True)[0].numpy()
        np.testing.assert_allclose(scores[rows], expected, rtol=1e-4, atol=1e-4)
    if model.critic.non_trainable_variables:
        # Batches are not told apart by statistics of another batch.
        assert abs(scores - model.score_as_trained(REAL[:16], 16).numpy()).max() > 1e-3


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_a_look_by_hand(kind, tmp_path):
    model = strong(make_model(kind))
    callback = watching(model, tmp_path)
    callback.on_train_batch_end(0, LOGS)
    (look,) = callback.looks

    def by_batches(network, inputs):
        return np.concatenate([network(inputs[i : i + 8], training=True) for i in (0, 8, 16)])

    fake = by_batches(model.generator, callback.z)
    scores = [by_batches(model.critic, images) for images in (REAL, fake)]
    if kind == "gan":
        assert look["accuracy_real"] == pytest.approx(np.mean(scores[0] > 0))
        assert look["accuracy_fake"] == pytest.approx(np.mean(scores[1] < 0))
    assert look["accuracy"] == (look["accuracy_real"] + look["accuracy_fake"]) / 2
    assert look["variety"] == pytest.approx(variety_of(fake) / variety_of(REAL), rel=1e-4)
    assert (look["iteration"], look["loss_balance"]) == (1, 3.0)


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_a_training_that_is_watched_is_the_same_training(kind, resolve_tiny, tmp_path):
    same = settings(model=kind, iterations=6, checkpoint_every=2)
    game.train(resolve_tiny(**same | {"watch_every": 0}, logs_dir=str(tmp_path / "plain")))
    game.train(resolve_tiny(**same | {"iterations": 3}, logs_dir=str(tmp_path / "watched")))
    game.train(command(tmp_path / "watched", "train", iterations=6))
    assert not (tmp_path / "plain" / "feedback.json").exists()
    name = "checkpoints/iteration-00000006.npz"
    one, other = (stored_arrays(tmp_path / folder / name) for folder in ("plain", "watched"))
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def test_the_run_has_its_list_its_picture_and_its_scalars(resolve_tiny, tmp_path):
    settled = settings(iterations=7, watch_every=2, summary_every=2)
    picture, *_ = game.train(resolve_tiny(**settled))
    run = tmp_path / "run"
    assert picture == run / "images" / "feedback.png" and picture.exists()
    values = stored(run)
    assert values["real"] == "256 of mnist5k test: 1000 images, 16x16x1; never trained on"
    assert [look["iteration"] for look in values["looks"]] == [2, 4, 6]
    tags = events(run / "train")
    names = ("accuracy_real", "accuracy_fake", "accuracy", "variety", "loss_balance")
    for name in names:
        listed = [look[name] for look in values["looks"]]
        assert [step for step, _ in tags[f"feedback/{name}"]] == [2, 4, 6]
        assert scalars(tags, f"feedback/{name}") == pytest.approx(listed, rel=1e-6), name
    # The losses are there already, under another name.
    assert {tag for tag in tags if tag.startswith("feedback/")} == {f"feedback/{n}" for n in names}
    # They are means since the last look.
    losses = [look["critic_loss"] for look in values["looks"]]
    assert scalars(tags, "loss/critic") == pytest.approx(losses, rel=1e-4)


def test_a_resumed_and_a_killed_run_have_each_look_once(resolve_tiny, tmp_path):
    whole = settings(iterations=7, checkpoint_every=2)
    game.train(resolve_tiny(**whole, logs_dir=str(tmp_path / "whole")))
    parts = tmp_path / "parts"
    game.train(resolve_tiny(**whole | {"iterations": 5}, logs_dir=str(parts)))
    # Killed after what is written before a checkpoint, and before the checkpoint.
    (parts / "checkpoints" / "iteration-00000005.npz").unlink()
    assert checkpoints.list_checkpoints(parts / "checkpoints")[-1].stem == "iteration-00000004"
    assert stored(parts)["looks"][-1]["iteration"] == 5
    game.train(command(parts, "train", iterations=7))
    assert [look["iteration"] for look in stored(parts)["looks"]] == list(range(1, 8))
    assert stored(parts) == stored(tmp_path / "whole")
    # A new training in the same folder has nothing to go on from.
    for path in (parts / "checkpoints").iterdir():
        path.unlink()
    game.train(command(parts, "train", iterations=2))
    assert [look["iteration"] for look in stored(parts)["looks"]] == [1, 2]


def test_the_list_is_written_before_the_checkpoint_of_its_iteration(tmp_path, monkeypatch):
    model = make_model()
    model.iteration.assign(0)
    callback = watching(model, tmp_path)
    saver = Checkpoints(tmp_path / "checkpoints", 2, [callback.write])
    saver.set_model(model)
    at = []
    monkeypatch.setattr(checkpoints, "save", lambda *_: at.append(len(stored(tmp_path)["looks"])))
    for _ in range(5):
        for listener in (callback, saver):
            listener.on_train_batch_end(0, LOGS)
    saver.on_train_end()
    assert at == [2, 4, 5]
    # Nothing new, nothing written.
    (tmp_path / "feedback.json").write_text("as it was")
    callback.write()
    assert (tmp_path / "feedback.json").read_text() == "as it was"


def collapsed():
    model = make_model("gan")
    for variable in model.generator.trainable_variables:
        variable.assign(tf.zeros(variable.shape))
    return model


def test_a_warning_is_logged_written_and_not_repeated_after_a_stop(tmp_path, caplog):
    model = collapsed()
    writer = tf.summary.create_file_writer(str(tmp_path / "train"))
    callback = watching(model, tmp_path, writer)
    for _ in range(4):
        callback.on_train_batch_end(0, LOGS)
    callback.write()
    (warning,) = callback.warnings
    assert (warning["iteration"], warning["warning"]) == (3, "collapse")
    assert stored(tmp_path)["warnings"] == [warning]
    assert caplog.text.count("iteration 3: generated images differ less than") == 1
    model.iteration.assign(4)
    again = watching(model, tmp_path, writer)
    assert (len(again.looks), again.warnings) == (4, [warning])
    again.on_train_batch_end(0, LOGS)
    writer.close()
    assert caplog.text.count("has collapsed") == 1 and len(again.looks) == 5
    ((step, value),) = events(tmp_path / "train")["feedback/warning"]
    assert step == 3 and warning["text"] in str(tf.make_ndarray(value.tensor))


def test_a_side_that_does_not_move_has_no_loss(tmp_path):
    model = make_model()
    callback = watching(model, tmp_path, every=3)
    for critic, generator in ((1.0, 5.0), (float("nan"), 9.0), (2.0, float("nan"))):
        callback.on_train_batch_end(0, {"critic_loss": critic, "generator_loss": generator})
    for _ in range(3):
        callback.on_train_batch_end(0, {"critic_loss": 1.0, "generator_loss": float("nan")})
    first, second = callback.looks
    assert (first["critic_loss"], first["generator_loss"]) == (1.5, 7.0)
    assert first["loss_balance"] == 5.5 and np.isnan(second["loss_balance"])
    callback.write()
    assert stored(tmp_path)["looks"][1]["generator_loss"] is None
    model.iteration.assign(6)
    again = watching(model, tmp_path)
    assert np.isnan(again.looks[1]["generator_loss"]) and again.looks[0] == first


@pytest.mark.parametrize(
    ("dataset", "split", "tried"),
    [
        ("cifar10", "train", ["test[:512]", "test"]),
        ("mnist5k", "test", []),
        ("folder", "train[:50%]", ["test[:512]", "test"]),
    ],
)
def test_real_images_that_are_not_trained_on(monkeypatch, dataset, split, tried, resolve_tiny):
    asked = []

    def open_images(config, name):
        asked.append(name)
        raise UserError("no such split")

    monkeypatch.setattr(runs, "open_images", open_images)
    places = {"data_dir": "."} if dataset == "folder" else {}
    config = resolve_tiny(dataset=dataset, split=split, **places)
    assert _held_out(config, 512) is None and asked == tried
