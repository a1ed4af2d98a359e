"""Runs whose images lie elsewhere by now, and `--data_dir` beside runs of other images."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.tiny import TINY_FLAGS
from wgan_tf import runs
from wgan_tf.doors.checked import checked_config
from wgan_tf.errors import UsageError
from wgan_tf.modes import MODES
from wgan_tf.runs.history import read_history
from wgan_tf.training import game, judging

FORM = {"image_size": "16", "channels": 1}


def pictures(folder, seed=0, count=20):
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for index in range(count):
        pixels = rng.integers(0, 255, (16, 16), np.uint8)
        Image.fromarray(pixels).save(folder / f"{index:02d}.png")
    return folder


def asked(tmp_path, cache_dir, notes=None, **flags):
    """The configuration of a command on the run, as the command line has it."""
    values = {"logs_dir": str(tmp_path / "run"), "cache_dir": str(cache_dir), **flags}
    return checked_config(values, [] if notes is None else notes)


@pytest.fixture
def run(tmp_path, cache_dir):
    """A run of two iterations on a folder of twenty pictures."""
    flags = {**TINY_FLAGS, **FORM, "data_dir": str(pictures(tmp_path / "here")), "iterations": 2}
    game.train(asked(tmp_path, cache_dir, n_critic=1, critic_boost=False, **flags))
    return tmp_path / "run"


def test_a_renamed_folder_goes_on_and_its_place_is_stored(run, tmp_path, cache_dir, capsys):
    shutil.copytree(run, tmp_path / "unmoved")
    shutil.copytree(tmp_path / "here", tmp_path / "kept")
    (tmp_path / "here").rename(tmp_path / "it's there")
    with pytest.raises(UsageError, match="here: there is no such .*--data_dir=NEW_PLACE says so$"):
        asked(tmp_path, cache_dir)
    notes = []
    new = str(tmp_path / "it's there")
    config = asked(tmp_path, cache_dir, notes, data_dir=new, iterations=4)
    assert notes == [f"data: {new} holds the same 20 files as {tmp_path / 'here'}"]
    game.train(config)
    assert f"--data_dir={new} instead of {tmp_path / 'here'}" in capsys.readouterr().out
    assert runs.read_config(run).data.data_dir == new
    assert json.loads((run / "data.json").read_text())["data_dir"] == new
    assert [change.name for change in read_history(run)] == ["data_dir"]
    assert asked(tmp_path, cache_dir, iterations=4).data.data_dir == new
    # As if it had never been moved, bit for bit.
    (tmp_path / "kept").rename(tmp_path / "here")
    unmoved = str(tmp_path / "unmoved")
    game.train(checked_config({"logs_dir": unmoved, "iterations": 4}, []))
    name = "checkpoints/iteration-00000004.npz"
    with np.load(run / name) as one, np.load(tmp_path / "unmoved" / name) as other:
        for key in one.files:
            if not key.startswith(("beside/", "sha256")):
                np.testing.assert_array_equal(one[key], other[key], err_msg=key)


def test_other_images_are_refused_by_training_and_taken_by_what_measures(
    run, tmp_path, cache_dir, monkeypatch
):
    other = str(pictures(tmp_path / "elsewhere" / "here", seed=1))
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match=r"other images than the run .* \('00.png' is another\);"):
        asked(tmp_path, cache_dir, data_dir=other)
    assert before == {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    notes = []
    config = asked(tmp_path, cache_dir, notes, mode="project", data_dir=other)
    assert config.data.data_dir == other and "holds other images than the run learnt" in notes[0]
    few = pictures(tmp_path / "few", count=5)
    with pytest.raises(UsageError, match=r"\(5 files, not 20\)"):
        asked(tmp_path, cache_dir, data_dir=str(few))
    with pytest.raises(UsageError, match="there is no such folder"):
        asked(tmp_path, cache_dir, data_dir=str(tmp_path / "nowhere"))


def test_a_run_of_an_earlier_version_has_no_list(run, tmp_path, cache_dir):
    (run / "data.json").unlink()
    copy = shutil.copytree(tmp_path / "here", tmp_path / "copy")
    notes = []
    # What it began with is still there to compare.
    assert asked(tmp_path, cache_dir, notes, data_dir=str(copy)).data.data_dir == str(copy)
    assert "holds the same 20 files" in notes[0]
    with pytest.raises(UsageError, match="other images"):
        asked(tmp_path, cache_dir, data_dir=str(pictures(tmp_path / "other", seed=1)))
    shutil.rmtree(tmp_path / "here")
    notes = []
    assert asked(tmp_path, cache_dir, notes, data_dir=str(copy)).data.data_dir == str(copy)
    assert "cannot be compared any more; the 20 files in" in notes[0]


def test_other_images_in_the_same_place_are_said(run, tmp_path, cache_dir, capsys):
    game.train(asked(tmp_path, cache_dir, iterations=3))
    assert "is not as the run began" not in capsys.readouterr().out
    pictures(tmp_path / "here" / "more", seed=2, count=3)
    game.train(asked(tmp_path, cache_dir, iterations=4))
    assert "is not as the run began with it: 23 files, not 20" in capsys.readouterr().out


def test_a_folder_beside_a_run_of_digits_is_not_ignored(
    run_dir, tmp_path, cache_dir, monkeypatch, capsys
):
    """It trained on digits and exited with 0."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(run_dir, tmp_path / "logs" / "mnist5k")
    folder = pictures(tmp_path / "mine" / "mnist5k")
    for named in ({"logs_dir": "logs/mnist5k"}, {}):
        flags = {"data_dir": "mine/mnist5k", "cache_dir": str(cache_dir), **named}
        refused = f"^--data_dir={folder}: the run in logs/mnist5k was started with mnist5k; leave"
        with pytest.raises(UsageError, match=refused):
            checked_config(flags, [])
        config = checked_config({"mode": "project", "targets": 2, "starts": 2, **flags}, [])
        assert config.data.dataset == "folder"
    MODES["project"](config.but(nr_iter_vis=2))
    arrays = np.load(tmp_path / "logs" / "mnist5k" / "project.npz")
    # Noise, which no digit is.
    assert 0.5 < arrays["target"].std() < 0.65


def test_a_judge_of_other_images_is_not_taken(tmp_path, cache_dir, resolve_tiny):
    here, there = pictures(tmp_path / "a" / "x"), pictures(tmp_path / "b" / "x", seed=1)
    config = resolve_tiny(data_dir=str(here), **FORM)
    runs.note_images(config.but(logs_dir=str(judging.default_judge_dir(config))))
    assert not runs.learnt_others(judging.default_judge_dir(config), config)
    other = config.but(data_dir=str(there))
    assert runs.learnt_others(judging.default_judge_dir(other), other)
