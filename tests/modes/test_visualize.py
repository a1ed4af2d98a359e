"""Samples of a trained run as a picture."""

import json

import numpy as np
import pytest
from PIL import Image

import wgan_tf
from tests.processes import run_main
from tests.reading import written
from tests.tiny import command
from wgan_tf.data.scaling import to_uint8
from wgan_tf.errors import UsageError
from wgan_tf.modes import visualize


def test_visualize_draws_the_models_samples(run_dir):
    (path,) = visualize.run(command(run_dir, "visualize", batch_size=8, seed=4))
    model = wgan_tf.load(run_dir).model
    images = model.generate(model.sample_z(8, 4)).numpy()
    picture = np.asarray(Image.open(path))
    assert picture.shape == (4 * 17 - 1, 2 * 17 - 1)
    expected = np.rint((images[3, :, :, 0] + 1) * 127.5)
    np.testing.assert_allclose(picture[17:33, 17:33], expected, atol=1)
    figures = json.loads((run_dir / "visualize.json").read_text())
    np.testing.assert_allclose(figures["scores"], model.score(images), rtol=1e-5)


def stored_z(folder, name="visualize"):
    with np.load(folder / f"{name}.npz") as arrays:
        return arrays["z"]


def test_the_z_of_each_picture_are_kept_and_draw_it_again(run_dir, tmp_path):
    visualize.run(command(run_dir, "visualize", batch_size=8, seed=4))
    z, model = stored_z(run_dir), wgan_tf.load(run_dir).model
    assert np.array_equal(z, model.sample_z(8, 4))
    scores = written(run_dir, "visualize")["scores"]
    (run_dir / "visualize.npz").rename(tmp_path / "first.npz")
    (path,) = visualize.run(command(run_dir, "visualize", z=f"{tmp_path}/first.npz:5,2-3"))
    assert np.array_equal(stored_z(run_dir), z[[5, 2, 3]])
    again = written(run_dir, "visualize")["scores"]
    np.testing.assert_allclose(again, [scores[5], scores[2], scores[3]], rtol=1e-5)
    picture, image = np.asarray(Image.open(path)), to_uint8(model.generate(z[5:6]))[0, ..., 0]
    assert picture.shape == (2 * 17 - 1, 2 * 17 - 1) and np.array_equal(picture[:16, :16], image)


def test_one_of_each_seed(run_dir):
    visualize.run(command(run_dir, "visualize", seeds="9,2-3"))
    model = wgan_tf.load(run_dir).model
    assert np.array_equal(stored_z(run_dir), [model.sample_z(8, s).numpy()[0] for s in (9, 2, 3)])


def test_truncation_is_the_method_of_that_name(run_dir):
    drawn = []
    for flags in ({"truncation": 0.4}, {"method": "truncation:bound=0.4"}):
        visualize.run(command(run_dir, "visualize", batch_size=64, seed=4, **flags))
        drawn.append(stored_z(run_dir))
    assert np.array_equal(*drawn) and np.abs(drawn[0]).max() <= 0.4
    usual = wgan_tf.load(run_dir).model.sample_z(64, 4).numpy()
    near = np.abs(usual) <= 0.4
    assert 0.3 < near.mean() < 0.5 and np.array_equal(drawn[0][near], usual[near])


def test_one_class_is_no_table_of_all(loaded, tmp_path, resolve_tiny):
    model = loaded("acgan")
    config = resolve_tiny(mode="visualize", batch_size=6).but(only_class=1)
    (path,) = visualize.run(config)
    z = stored_z(tmp_path / "run")
    assert np.array_equal(model.classes_of(z), [1] * 6)
    # Six as near to a square as can be, instead of a column for each of the three classes.
    assert np.asarray(Image.open(path)).shape == (2 * 17 - 1, 3 * 17 - 1)
    visualize.run(config.but(only_class=None))
    assert np.array_equal(model.classes_of(stored_z(tmp_path / "run")), [0, 1, 2, 0, 1, 2])


def test_bad_z_are_one_line_and_write_nothing(run_dir, tmp_path):
    np.savez(tmp_path / "wide.npz", z=np.zeros((2, 7)))
    before = {path: path.stat().st_mtime_ns for path in run_dir.rglob("*")}
    with pytest.raises(UsageError, match="the run needs") as caught:
        visualize.run(command(run_dir, "visualize", z=str(tmp_path / "wide.npz")))
    assert "\n" not in str(caught.value)
    assert {path: path.stat().st_mtime_ns for path in run_dir.rglob("*")} == before


def test_flags_are_answered_on_the_command_line(run_dir, tmp_path):
    for flag, word in (
        ("--class=1", "--class=1: wgan is asked for no class"),
        ("--only_class=x", "must be a whole number"),
        ("--seeds=5-3", "--seeds=5-3: the range 5-3 must rise"),
        ("--z=none.npz:3", "--z=none.npz:3: there is no such file"),
    ):
        arguments = ("--mode=visualize", f"--logs_dir={run_dir}", flag)
        process = run_main(*arguments, cwd=tmp_path, check=False)
        assert process.returncode == 2 and word in process.stderr.splitlines()[-1]
    assert not list(tmp_path.iterdir())
