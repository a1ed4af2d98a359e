"""Second thoughts: what may change when a training goes on, and that it goes on as one."""

import json
import shutil

import numpy as np
import pytest

from tests.reading import events, stored_arrays
from tests.tiny import TINY_FLAGS
from wgan_tf import runs
from wgan_tf.data.schedule import Schedule
from wgan_tf.doors.checked import checked_config
from wgan_tf.errors import UsageError
from wgan_tf.runs.history import Change, go_on_with, read_history
from wgan_tf.training import classifiers, game

CHOSEN = {**TINY_FLAGS, "n_critic": 2, "critic_boost": False, "summary_every": 1}
CHANGED = {"learning_rate": 1e-3, "batch_size": 4, "summary_every": 2, "checkpoint_every": 3}


def go(folder, cache_dir, notes=None, **flags):
    """A command that trains in a folder."""
    values = {"logs_dir": str(folder), "cache_dir": str(cache_dir), **flags}
    config = checked_config(values, [] if notes is None else notes)
    (classifiers if config.network.model == "classifier" else game).train(config)
    return config


def assert_equal(one, other, iteration):
    name = f"checkpoints/iteration-{iteration:08d}.npz"
    one, other = stored_arrays(one / name), stored_arrays(other / name)
    for key, values in one.items():
        np.testing.assert_array_equal(values, other[key], err_msg=key)


def test_what_changes_is_said_kept_and_shown_and_resumes_bit_for_bit(tmp_path, cache_dir, capsys):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    go(whole, cache_dir, iterations=3, **CHOSEN)
    training = runs.read_config(whole).training
    rate, every = training.learning_rate, training.checkpoint_every
    shutil.copytree(whole, parts)
    capsys.readouterr()
    go(whole, cache_dir, iterations=9, **CHANGED)
    line = (
        f"from iteration 3 on: --learning_rate=0.001 instead of {rate}, --batch_size=4 instead of "
        f"8, --summary_every=2 instead of 1, --checkpoint_every=3 instead of {every} (config.json "
    )
    assert capsys.readouterr().out.count(line) == 1
    history = json.loads((whole / "config.json").read_text())["history"]
    first = {"iteration": 3, "name": "learning_rate", "before": rate, "after": 0.001}
    assert history[0] == {**first, "rollbacks": 0} and len(history) == 4
    # Ended before its first checkpoint, then again between two, by commands without flags.
    config = checked_config(
        {"logs_dir": str(parts), "cache_dir": str(cache_dir), "iterations": 3, **CHANGED}, []
    )
    game.train(config)
    go(parts, cache_dir, iterations=5)
    go(parts, cache_dir, iterations=9)
    assert json.loads((parts / "config.json").read_text())["history"] == history
    assert_equal(whole, parts, 9)
    for folder in (whole, parts):
        shown = events(folder / "train")["config/changes"]
        assert {step for step, _ in shown} == {3}
        (text,) = shown[0][1].tensor.string_val
        assert b"--batch_size=4 instead of 8" in text
        card = (folder / "README.md").read_text()
        assert "batch\\_size=4 instead of 8 from iteration 3 on" in card
    # Changed again, and back: each with its iteration.
    go(parts, cache_dir, iterations=10, batch_size=8)
    sizes = [change for change in read_history(parts) if change.name == "batch_size"]
    assert sizes == [Change(3, "batch_size", 8, 4), Change(9, "batch_size", 4, 8)]


def test_what_defines_networks_game_and_data_may_not(tmp_path, cache_dir):
    go(tmp_path / "run", cache_dir, iterations=1, **CHOSEN)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for name, value in (
        ("z_dim", 4), ("image_size", "32"), ("n_critic", 3), ("clip_value", 0.5), ("seed", 1),
        ("optimizer", "Adam"), ("split", "test"), ("dataset", "cifar10"), ("model", "gan"),
    ):
        with pytest.raises(UsageError, match=f"--{name}={value}: the run in"):
            go(tmp_path / "run", cache_dir, iterations=2, **{name: value})
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_study_keeps_its_rate():
    from wgan_tf.config.resolve import resolve

    for mode in ("study", "matched_study"):
        stored = resolve({"mode": mode, "logs_dir": "there"})
        with pytest.raises(UsageError, match="--batch_size=5: the run in there was started with"):
            resolve({"mode": mode, "batch_size": 5}, stored)


def test_before_the_first_iteration_nothing_is_a_second_thought(tmp_path, cache_dir, capsys):
    go(tmp_path / "run", cache_dir, iterations=0, **CHOSEN)
    (tmp_path / "run/checkpoints/iteration-00000000.npz").unlink(missing_ok=True)
    go(tmp_path / "run", cache_dir, iterations=1, batch_size=4)
    assert "instead of" not in capsys.readouterr().out
    assert "history" not in json.loads((tmp_path / "run/config.json").read_text())


def test_from_an_older_checkpoint_the_change_holds_from_there(tmp_path, cache_dir):
    folder = tmp_path / "run"
    go(folder, cache_dir, iterations=2, **CHOSEN)
    go(folder, cache_dir, iterations=4)
    go(folder, cache_dir, iterations=5, batch_size=4)
    config = runs.read_config(folder)
    (change,) = go_on_with(config, 2).changes
    assert change == Change(2, "batch_size", 8, 4)
    assert go_on_with(config, 2).new == ()
    assert go_on_with(config, 5).earlier("batch_size") == ((4, 8),)
    # Back to what it was from that iteration on, it is none.
    assert go_on_with(config.but(batch_size=8), 4).changes == ()


def test_the_stream_of_images_goes_on_where_it_stood():
    before = Schedule(10, 35, n_critic=2, for_generator=True)
    after = Schedule(4, 35, n_critic=2, for_generator=True, earlier=((3, 10), (5, 20)))
    assert [after.images_before(i) for i in range(8)] == [0, 30, 60, 90, 150, 210, 222, 234]
    assert [before.images_before(i) for i in range(4)] == [0, 30, 60, 90]
    # Turns begin anew: epochs are of four batches, then of two.
    turns = Schedule(20, 35, turns=(1, 1), earlier=((3, 10),))
    assert [turns.critic_updates(i) for i in range(12)] == [1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1]


def test_a_rate_that_follows_rollbacks_is_as_it_is_given(tmp_path, cache_dir, resolve_tiny):
    from tests.tiny import make_model
    from wgan_tf.runs.history import History
    from wgan_tf.training.rollback import set_rate

    model, config = make_model(), resolve_tiny(learning_rate=0.5)
    change = Change(10, "learning_rate", 4.0, 0.5, rollbacks=3)
    history = History((change,))
    for rollbacks, rate in ((3, 0.5), (5, 0.125)):
        set_rate(model, config, [{}] * rollbacks, history)
        assert float(model.optimizer.learning_rate) == rate
    set_rate(model, config, [{}], History())
    assert float(model.optimizer.learning_rate) == 0.25


@pytest.mark.parametrize(
    "row",
    [
        {}, [], {"iteration": 1}, {"iteration": -1, "name": "batch_size", "before": 1, "after": 2},
        {"iteration": 1, "name": "z_dim", "before": 1, "after": 2, "rollbacks": 0},
        {"iteration": 1, "name": "batch_size", "before": "x", "after": 2, "rollbacks": 0},
        {"iteration": True, "name": "batch_size", "before": 1, "after": 2, "rollbacks": 0},
    ],
)
def test_what_somebody_else_wrote_there_is_no_history(row, tmp_path, resolve_tiny):
    config = resolve_tiny()
    runs.write_config(config)
    path = tmp_path / "run" / "config.json"
    for history in ([row], row, "x"):
        path.write_text(json.dumps({**json.loads(path.read_text()), "history": history}))
        assert read_history(tmp_path / "run") == [] and runs.read_config(tmp_path / "run") == config


def test_a_classifier_goes_on_with_another_batch_and_rate(tmp_path, cache_dir, capsys):
    flags = {"mode": "train_classifier", "image_size": "16", "channels": 1, "network": "fast"}
    flags |= {"epochs": 2, "split": "test", "batch_size": 250, "disc_dimension": 4}
    first, other = tmp_path / "first", tmp_path / "other"
    go(first, cache_dir, **{**flags, "epochs": 1})
    config = runs.read_config(first)
    (first / "config.json").write_text(json.dumps({**config.flat(), "epochs": 2}))
    shutil.copytree(first, other)
    changes = {"mode": "train_classifier", "batch_size": 500, "learning_rate": 1e-4}
    go(first, cache_dir, **changes)
    assert "from iteration 4 on: --learning_rate=0.0001 instead" in capsys.readouterr().out
    # 1,000 images were seen; 1,000 are left, in two batches.
    assert (first / "checkpoints/iteration-00000006.npz").exists()
    go(other, cache_dir, **changes)
    go(other, cache_dir, mode="train_classifier")
    assert_equal(first, other, 6)
