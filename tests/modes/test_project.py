"""The project mode on a tiny trained run."""

import json

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import wgan_tf
from tests import tiny
from tests.reading import events
from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError, UserError
from wgan_tf.modes import project


def command(run_dir, **changes):
    quick = {"nr_iter_vis": 20, "targets": 3, "starts": 2}
    return tiny.command(run_dir, "project", **quick | changes)


def figures(run_dir):
    return json.loads((run_dir / "project.json").read_text())


def written(run_dir):
    return {path: path.stat().st_mtime_ns for path in run_dir.rglob("*")}


def test_defaults_are_of_the_mode(run_dir):
    stored = runs.read_config(run_dir)
    config = resolve({"mode": "project", "logs_dir": str(run_dir)}, stored)
    assert config.refinement.nr_iter_vis == 500
    assert config.refinement.iterator_learning_rate == 0.05


def test_real_images_are_found(run_dir, capsys):
    paths = project.run(command(run_dir, seed=5))
    assert [path.name for path in paths] == ["project.png", "project_plot.png"]
    arrays, stats = np.load(run_dir / "project.npz"), figures(run_dir)
    model = wgan_tf.load(run_dir).model
    np.testing.assert_allclose(model.generate(arrays["z"]), arrays["found"], atol=1e-5)
    far = np.abs(arrays["found"] - arrays["target"]).mean((1, 2, 3))
    np.testing.assert_allclose(stats["distance_after"], far, rtol=1e-4)
    far = np.abs(arrays["nearest_start"] - arrays["target"]).mean((1, 2, 3))
    np.testing.assert_allclose(stats["distance_before"], far, rtol=1e-4)
    assert (np.array(stats["distance_after"]) < stats["distance_before"]).all()
    ends = np.array(stats["distance_of_starts_after"])
    assert ends.shape == (3, 2) and ends.argmin(1).tolist() == stats["winner"]
    np.testing.assert_allclose(stats["spread"], ends.std(1), rtol=1e-5)
    change = (arrays["found"] - arrays["target"]).astype(np.float64).reshape(3, -1)
    np.testing.assert_allclose(stats["psnr_db"], 10 * np.log10(4 / (change**2).mean(1)), rtol=1e-5)
    assert stats["target"] == "test images" and stats["targets"] == 3
    # The targets are test digits.
    digits = runs.open_images(command(run_dir), "test")
    digits = {image.tobytes() for image in digits.read(np.arange(digits.count))}
    assert grey(arrays["target"])[2].astype(np.uint8).tobytes() in digits
    line = [text for text in capsys.readouterr().out.splitlines() if text.startswith("project:")]
    assert len(line) == 1 and "3 targets (test images), 2 starts, 20 steps" in line[0]
    assert list((run_dir / "project").glob("events*"))


def columns_of(picture, image):
    """The columns of a sheet of three in which a grey 16x16 image stands."""
    scale, gap = 17, 8  # three columns are enlarged as far as they may be
    inner = scale * np.arange(16) + scale // 2
    tops = np.arange(len(picture) - scale * 16)[:, None]
    columns = []
    for column in range(3):
        strip = picture[:, gap + column * (16 * scale + gap) + inner, 0].astype(int)
        if (np.abs(strip[tops + inner] - image).max((1, 2)) <= 1).any():
            columns.append(column)
    return columns


def grey(images):
    return np.rint((images[..., 0] + 1) * 127.5)


def test_the_picture_shows_targets_and_what_was_found(run_dir):
    (path, plot) = project.run(command(run_dir))
    arrays = np.load(run_dir / "project.npz")
    picture = np.asarray(Image.open(path))
    gain = figures(run_dir)["difference_gain"]
    change = np.clip((arrays["found"] - arrays["target"]) * gain, -1, 1)
    for column in range(3):
        assert columns_of(picture, grey(arrays["target"])[column]) == [column]
        assert columns_of(picture, grey(change)[column]) == [column]
        for name in ("found", "nearest_start"):
            assert column in columns_of(picture, grey(arrays[name])[column]), name
    assert columns_of(picture, 255 - grey(arrays["target"])[0]) == []
    assert np.asarray(Image.open(plot).convert("L")).std() > 5


def test_an_own_file_is_cropped_and_fitted_as_the_data(run_dir, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "mine.png")
    (path, _) = project.run(command(run_dir, target=str(tmp_path / "mine.png")))
    target = np.load(run_dir / "project.npz")["target"]
    expected = Image.fromarray(pixels).resize((16, 16), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(grey(target)[0], np.asarray(expected))
    assert figures(run_dir)["targets"] == 1
    with Image.open(path) as picture:
        assert picture.width > 2 * picture.height  # a single target stands from left to right
    assert figures(run_dir)["target"] == str(tmp_path / "mine.png")


def test_a_folder_gives_as_many_as_are_asked_for(run_dir, tmp_path):
    for value in (10, 100, 200, 250):
        Image.new("RGB", (16, 16), (value,) * 3).save(tmp_path / f"{value}.png")
    project.run(command(run_dir, target=str(tmp_path), targets=9, distance="l2"))
    arrays, stats = np.load(run_dir / "project.npz"), figures(run_dir)
    shown = grey(arrays["target"])[:, 0, 0]
    assert sorted(shown.tolist()) == [10, 100, 200, 250]
    far = ((arrays["found"] - arrays["target"]) ** 2).mean((1, 2, 3))
    np.testing.assert_allclose(stats["distance_after"], far, rtol=1e-4)
    project.run(command(run_dir, target=str(tmp_path), targets=2))
    assert figures(run_dir)["targets"] == 2


def test_features_are_compared_as_a_share_of_the_targets(run_dir):
    project.run(command(run_dir, distance="features", targets=2))
    arrays, stats = np.load(run_dir / "project.npz"), figures(run_dir)
    model = wgan_tf.load(run_dir).model
    one, other = (
        np.asarray(model.critic_with_features(arrays[name], training=False)[1]).reshape(2, -1)
        for name in ("found", "target")
    )
    share = ((one - other) ** 2).mean(1) / (other**2).mean(1)
    np.testing.assert_allclose(stats["distance_after"], share, rtol=1e-3)
    assert stats["meaning"].startswith("relative squared difference of features")


@pytest.mark.parametrize("content", [None, b"no picture", "empty folder"])
def test_a_wrong_target_is_one_line_and_writes_nothing(run_dir, tmp_path, content):
    target, before = tmp_path / "target.png", written(run_dir)
    if content == "empty folder":
        target.mkdir()
    elif content:
        target.write_bytes(content)
    kind = UserError if content else UsageError
    with pytest.raises(kind, match=r"target\.png") as error:
        project.run(command(run_dir, target=str(target)))
    assert "\n" not in str(error.value)
    assert written(run_dir) == before


def test_no_data_at_hand_is_one_line(run_dir, monkeypatch):
    def gone(config, split=None):
        raise UserError("the folder is gone")

    before = written(run_dir)
    monkeypatch.setattr(runs.images, "open_images", gone)
    with pytest.raises(UserError, match="gone"):
        project.run(command(run_dir))
    assert written(run_dir) == before


def test_without_a_test_split_it_is_training_images(run_dir, monkeypatch):
    real = runs.open_images

    def only_train(config, split=None):
        if split == "test":
            raise UserError("no such split")
        return real(config, split)

    monkeypatch.setattr(runs.images, "open_images", only_train)
    project.run(command(run_dir, nr_iter_vis=2))
    assert figures(run_dir)["target"] == "training images"


def test_tensorboard_has_the_curve(run_dir):
    for path in (run_dir / "project").glob("events*"):
        path.unlink()
    project.run(command(run_dir))
    tags = events(run_dir / "project")
    curve = [float(tf.make_ndarray(value.tensor)) for _, value in tags["project/distance"]]
    assert len(curve) == 21
    np.testing.assert_allclose(curve, figures(run_dir)["curve_median"], rtol=1e-5)
    assert {"project/target", "project/found", "project/difference"} <= set(tags)
