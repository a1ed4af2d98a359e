"""Who judges, and by which held-out images."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import tiny
from tests.pngs import save_folder
from tests.tfrecords import example, png, write
from tests.tiny import TINY_FLAGS
from wgan_tf.config.resolve import default_logs_dir, resolve
from wgan_tf.errors import UsageError, UserError
from wgan_tf.networks import ARCHITECTURES
from wgan_tf.training import judging


def command(run_dir, **changes):
    return tiny.command(run_dir, "evaluate", **changes)


def two_sets(tmp_path, generated, real, **changes):
    values = {"generated": str(generated), "real": str(real), "logs_dir": str(tmp_path / "out")}
    return resolve({"mode": "evaluate", "features": "random", **values, **changes})


class TestWhoJudges:
    """`open_judge`, without training any."""

    @pytest.fixture(autouse=True)
    def known(self, monkeypatch):
        monkeypatch.setattr(judging, "find_judge", lambda config: "the judge")

    def test_the_judge_where_there_are_labels(self, run_dir):
        assert judging.open_judge(command(run_dir), (16, 16, 1)) == "the judge"
        assert judging.open_judge(command(run_dir, features="classifier"), (16, 16, 1))
        pixels = judging.open_judge(command(run_dir, features="pixels"), (16, 16, 1))
        assert pixels.name == "pixels" and pixels.width == 256

    def test_random_features_with_a_line_where_there_are_none(self, tmp_path, capsys):
        save_folder(tmp_path / "data", np.zeros((12, 16, 16, 1), np.uint8))
        config = resolve({"data_dir": str(tmp_path / "data"), "logs_dir": str(tmp_path / "run")})
        assert judging.open_judge(config, (16, 16, 1)).name == "random"
        (line,) = capsys.readouterr().out.splitlines()
        assert line.startswith("folder has no labels")
        asked = resolve({**config.flat(), "judge_dir": str(tmp_path)})
        assert judging.open_judge(asked, (16, 16, 1)) == "the judge"

    def test_records_may_have_labels(self, tmp_path, capsys):
        write(tmp_path / "data" / "a.tfrecord", [example(png(n), n % 2) for n in range(12)])
        config = resolve({"data_dir": str(tmp_path / "data"), "logs_dir": str(tmp_path / "run")})
        assert judging.open_judge(config, (8, 8, 1)) == "the judge" and not capsys.readouterr().out

    def test_two_sets_have_the_judge_that_is_named(self, tmp_path, capsys):
        config = two_sets(tmp_path, "a", "b", features=None)
        assert judging.open_judge(config, (16, 16, 1)).name == "random"
        assert "no --judge_dir" in capsys.readouterr().out
        with pytest.raises(UsageError, match="--judge_dir"):
            judging.open_judge(two_sets(tmp_path, "a", "b", features="classifier"), (16, 16, 1))
        config = two_sets(tmp_path, "a", "b", features=None, judge_dir=str(tmp_path))
        with pytest.raises(UserError, match="no judge in"):
            judging.open_judge(config, (16, 16, 1))


@pytest.fixture
def quick(monkeypatch):
    """Judges of one short epoch."""
    monkeypatch.setattr(judging, "SEEN", 1)
    monkeypatch.setitem(ARCHITECTURES["judge"].classifier, "disc_dimension", 4)


def test_a_missing_judge_is_trained_once_beside_the_run(quick, resolve_tiny, tmp_path, capsys):
    config = resolve_tiny(mode="study")
    judge = judging.find_judge(config)
    assert "training one" in capsys.readouterr().out
    assert (tmp_path / "judge_mnist5k" / "classifier.keras").exists()
    images = np.random.default_rng(0).uniform(-1, 1, (3, 16, 16, 1)).astype(np.float32)
    again = judging.find_judge(config)
    assert not capsys.readouterr().out
    np.testing.assert_array_equal(again.features(images), judge.features(images))
    larger = resolve({**config.flat(), "image_size": "32"})
    with pytest.raises(UserError, match="judges 16x16x1 images, the run has 32x32x1"):
        judging.find_judge(larger)


def test_a_judge_that_was_named_is_not_made_up(resolve_tiny, tmp_path):
    config = resolve_tiny(mode="study", judge_dir=str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match="there is no judge in .*nowhere"):
        judging.find_judge(config)


def test_held_out_images_are_those_of_the_test_split(resolve_tiny):
    test, training = judging.held_out(resolve_tiny())
    assert test.shape == (1000, 16, 16, 1) and training.shape == (4000, 16, 16, 1)
    seen = {image.tobytes() for image in training}
    assert sum(image.tobytes() in seen for image in test) <= 2  # two digits may look the same


def test_folders_have_no_judge_and_nothing_held_out(cache_dir, tmp_path):
    rng = np.random.default_rng(0)
    for index in range(8):
        pixels = rng.integers(0, 255, (16, 16), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")
    values = {**TINY_FLAGS, "data_dir": str(tmp_path), "channels": 1, "cache_dir": str(cache_dir)}
    config = resolve({"mode": "study", **values})
    real, training = judging.held_out(config)
    assert real.shape == (8, 16, 16, 1) and training is None
    with pytest.raises(UserError, match="no labels"):
        judging.find_judge(config)


@pytest.mark.parametrize("folder", ["cats", "dogs"])
def test_each_folder_has_a_judge_of_its_own_where_one_is_trained(folder, tmp_path):
    data = {"data_dir": str(tmp_path / folder)}
    config = resolve({**data, "logs_dir": str(tmp_path / "logs" / "run")})
    judge_dir = judging.default_judge_dir(config)
    assert judge_dir == tmp_path / "logs" / f"judge_{folder}"
    assert judge_dir.name == Path(default_logs_dir({"mode": "train_judge", **data})).name
