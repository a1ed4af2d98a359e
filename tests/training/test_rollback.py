"""Numbers that break: training stops before anything of it is written, or goes back."""

import json
import logging
import signal
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model
from wgan_tf.errors import UserError
from wgan_tf.runs import checkpoints
from wgan_tf.training import classifiers, game, rollback
from wgan_tf.training.callbacks.control import Checkpoints
from wgan_tf.training.callbacks.finite import CheckFinite, NotFinite
from wgan_tf.training.callbacks.iterations import Iterations
from wgan_tf.training.fit import fit

# With these the critic's weights grow by the rate in every update, until the variance of a layer
# overflows: at 6e7 in iteration 5, at 2e8 in iteration 2, in the third of all rates.
BREAKING = {
    "model": "dcgan",
    "optimizer": "keras_adam",
    "n_critic": 1,
    "critic_boost": False,
    "summary_every": 1,
    "iterations": 5,
    "optimizer_param": 0.5,
    "kernel_size": 5,
}
PLACE = "it began in critic/disc_bn1/moving_variance for real images, in critic update 1 of 1"


def numbers(model, *every, stop=1000):
    callback = CheckFinite(tf.summary.create_noop_writer(), every, stop)
    callback.set_model(model)
    return callback


def logs(critic, generator):
    return {"critic_loss": critic, "generator_loss": generator, "critic_gradient_norm": np.nan}


@pytest.mark.parametrize("critic, generator", [(np.nan, 1.0), (1.0, np.inf), (-np.inf, np.nan)])
def test_any_loss_that_is_no_number(critic, generator):
    callback = numbers(make_model(), 10)
    callback.after(7, logs(1.0, -1.0))
    with pytest.raises(NotFinite, match="iteration 8: .*_loss is (nan|-?inf)") as caught:
        callback.after(8, logs(critic, generator))
    assert caught.value.iteration == 8


def test_a_side_that_is_idle_reports_nan():
    callback = numbers(make_model(compiled={"in_turn": True}), 10)
    callback.after(1, logs(np.nan, 1.0))
    callback.after(2, logs(1.0, np.nan))
    for broken in (logs(np.nan, np.nan), logs(np.inf, np.nan), logs(np.nan, -np.inf)):
        with pytest.raises(NotFinite):
            callback.after(3, broken)


def test_variables_are_looked_at_where_they_are_saved():
    model = make_model()
    model.stop_training = False
    statistic = model.critic.get_layer("disc_bn1").moving_variance
    statistic.assign(np.full(statistic.shape, np.inf))
    callback = numbers(model, 10, 4, stop=11)
    for iteration in (1, 2, 3, 5):
        callback.after(iteration, logs(1.0, 1.0))
    for iteration in (4, 10, 11):
        with pytest.raises(NotFinite, match="critic/disc_bn1/moving_variance holds NaN"):
            callback.after(iteration, logs(1.0, 1.0))
    model.stop_training = True
    with pytest.raises(NotFinite):
        callback.after(5, logs(1.0, 1.0))


class Seen(Iterations):
    def __init__(self):
        super().__init__()
        self.iterations, self.ended = [], False

    def after(self, iteration, logs):
        self.iterations.append(iteration)

    def on_train_end(self, logs=None):
        self.ended = True


def test_nothing_of_a_broken_iteration_is_written(tmp_path):
    model, seen = make_model(), Seen()
    images = np.random.default_rng(0).uniform(-1, 1, (5, 8, 2, 16, 16, 1)).astype(np.float32)
    images[3, 2, 1, 0] = np.nan
    saver = Checkpoints(tmp_path, 2, stop=5)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(NotFinite, match="iteration 4: critic_loss is nan"):
        batches = tf.data.Dataset.from_tensor_slices(images)
        fit(model, batches, 5, [numbers(model, 2), seen], saver)
    assert seen.iterations == [1, 2, 3] and not seen.ended
    assert [path.stem for path in tmp_path.iterdir()] == ["iteration-00000002"]
    assert signal.getsignal(signal.SIGINT) is before


def events(folder):
    """(step, tag) of everything, and the scalars' values by them."""
    steps, values = [], {}
    for path in sorted(Path(folder).glob("events*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                steps.append((event.step, value.tag))
                values[event.step, value.tag] = tf.make_ndarray(value.tensor)
    return steps, values


def newest(config):
    path = checkpoints.list_checkpoints(Path(config.run.logs_dir) / "checkpoints")[-1]
    with np.load(path) as archive:
        return path.stem, {name: archive[name] for name in archive.files}


def test_stops_and_keeps_the_checkpoint(resolve_tiny):
    config = resolve_tiny(**BREAKING, learning_rate=6e7, checkpoint_every=3)
    for _ in range(2):  # the same command, again
        with pytest.raises(UserError) as caught:
            game.train(config)
        text = str(caught.value)
        assert text.startswith("iteration 5: critic/disc_bn1/moving_variance holds NaN")
        assert f"; {PLACE}; the checkpoint of iteration 3 is kept: try a smaller" in text
        assert text.endswith("--on_nan=rollback") and "\n" not in text
        name, values = newest(config)
        assert name == "iteration-00000003"
        assert all(np.isfinite(v).all() for v in values.values() if v.dtype.kind == "f")
        steps, _ = events(f"{config.run.logs_dir}/train")
        assert {step for step, tag in steps if tag == "loss/critic"} == {1, 2, 3, 4}
    assert not (Path(config.run.logs_dir) / rollback.FILE).exists()


def test_weights_that_broke_long_before_they_are_saved(resolve_tiny):
    """The loss of a layer that is normalised by infinity is a number."""
    config = resolve_tiny(**BREAKING | {"iterations": 9}, learning_rate=1e8)
    with pytest.raises(UserError, match=f"iteration 9.*; {PLACE} of iteration 3; nothing was"):
        game.train(config)


def test_goes_back_with_half_the_rate(resolve_tiny, caplog):
    settings = {**BREAKING, "learning_rate": 6e7, "checkpoint_every": 3, "on_nan": "rollback"}
    config = resolve_tiny(**settings)
    with caplog.at_level(logging.WARNING):
        game.train(config)
    lines = [record.getMessage() for record in caplog.records if "rollback" in record.getMessage()]
    assert len(lines) == 1 and lines[0].startswith("iteration 5: ") and PLACE in lines[0]
    assert lines[0].endswith("back to iteration 3 with the learning rate 3e+07 (rollback 1 of 3)")
    folder = Path(config.run.logs_dir)
    entry = json.loads((folder / rollback.FILE).read_text())["rollbacks"][0]
    assert (entry["iteration"], entry["back_to"], entry["learning_rate"]) == (5, 3, 3e7)
    name, values = newest(config)
    assert name == "iteration-00000005"
    assert values["optimizer/001/learning_rate"] == np.float32(3e7)
    assert all(np.isfinite(v).all() for v in values.values() if v.dtype.kind == "f")
    steps, scalars = events(folder / "train")
    assert sorted(steps) == sorted(set(steps))
    assert scalars[3, "training/learning_rate"] == np.float32(3e7)
    assert b"back to iteration 3" in scalars[3, "training/rollback"].item()

    # Killed after the rollback, before the next checkpoint: the same comes out.
    (folder / "checkpoints" / "iteration-00000005.npz").unlink()
    game.train(config)
    for variable, value in newest(config)[1].items():
        if not variable.startswith(("beside/", "sha256")):
            np.testing.assert_array_equal(value, values[variable], err_msg=variable)
    steps, again = events(folder / "train")
    assert sorted(steps) == sorted(set(steps))
    assert again[3, "training/learning_rate"] == np.float32(3e7)

    # The checkpoint does not forget it where the file is lost.
    (folder / rollback.FILE).unlink()
    _, restored = game.begin(config)
    assert rollback.made_before(config, restored) == [entry]


def test_goes_back_three_times_at_most(resolve_tiny, caplog):
    settings = {"learning_rate": 2e8, "checkpoint_every": 1, "on_nan": "rollback"}
    config = resolve_tiny(**BREAKING, **settings)
    for goes_back in (3, 0):  # the same command, again
        caplog.clear()
        with pytest.raises(UserError, match="after 3 rollbacks; the checkpoint of iteration 1 is"):
            game.train(config)
        records = [log for log in caplog.records if "back to iteration 1" in log.getMessage()]
        assert len(records) == goes_back
    entries = json.loads((Path(config.run.logs_dir) / rollback.FILE).read_text())["rollbacks"]
    assert [entry["learning_rate"] for entry in entries] == [1e8, 5e7, 2.5e7]


def test_rollbacks_of_a_time_that_is_undone_do_not_count(resolve_tiny):
    config = resolve_tiny()
    one = {"iteration": 9, "what": "a", "where": "b", "back_to": 8, "learning_rate": 0.5}
    other = {**one, "back_to": 4}
    path = Path(config.run.logs_dir) / rollback.FILE
    path.parent.mkdir()
    path.write_text(json.dumps({"rollbacks": [other, one]}))
    assert rollback.made_before(config, checkpoints.Restored(8, {})) == [other, one]
    assert rollback.made_before(config, checkpoints.Restored(4, {})) == [other]
    assert rollback.made_before(config, None) == []
    for text in ("", "[]", '{"rollbacks": [1]}', '{"rollbacks": [{"back_to": "x"}]}'):
        path.write_text(text)
        assert rollback.made_before(config, checkpoints.Restored(8, {})) == []


def test_what_a_repetition_does_not_find_is_said(resolve_tiny):
    def batches(model, first, last):
        images = np.zeros((last - first, 8, 2, 16, 16, 1), np.float32)
        return tf.data.Dataset.from_tensor_slices(images)

    fault = NotFinite(4, "critic_loss is nan")
    names = ("critic_loss", "generator_loss")
    text = rollback.where_it_began(fault, make_model, batches, names)
    assert text.startswith("trained again from iteration 0, nothing broke")


def test_a_classifier_stops(classifier):
    config = classifier(learning_rate=1e30, epochs=5, split="test")
    with pytest.raises(UserError) as caught:
        classifiers.train(config)
    text = str(caught.value)
    assert "loss is nan" in text or "holds NaN" in text
    assert "classifier" in text and text.endswith("in another --logs_dir")
