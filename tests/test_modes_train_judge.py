"""`--mode=train_judge`, and how other modes find a judge."""

import json

import numpy as np
import pytest
from PIL import Image

from wgan_tf.errors import UserError
from wgan_tf.metrics import judge as module
from wgan_tf.metrics.judge import Judge
from wgan_tf.modes import judging, train_judge
from wgan_tf.presets import default_logs_dir, resolve


@pytest.fixture
def quick(monkeypatch):
    """Trainings of one short epoch."""
    monkeypatch.setattr(module, "_SEEN", 1)
    monkeypatch.setattr(module, "_FEWEST_EPOCHS", 1)
    monkeypatch.setattr(module, "_STAGES", (4, 4, 8))


def test_writes_judge_figures_and_pictures(quick, resolve_tiny, tmp_path, capsys):
    config = resolve_tiny(mode="train_judge")
    pictures = train_judge.run(config)
    folder = tmp_path / "run"
    judge = Judge.load(folder / "judge.keras")
    assert judge.shape == (16, 16, 1)
    figures = json.loads((folder / "train_judge.json").read_text())
    confusion = np.array(figures["confusion"])
    assert confusion.sum() == figures["test_images"] == 1000
    assert figures["accuracy"] == pytest.approx(np.trace(confusion) / 1000)
    error = np.sqrt(figures["accuracy"] * (1 - figures["accuracy"]) / 1000)
    assert figures["standard_error"] == pytest.approx(error)
    assert figures["class_names"] == [str(digit) for digit in range(10)]
    assert [path.name for path in pictures] == ["confusion.png", "misjudged.png"]
    assert all(np.asarray(Image.open(path)).std() > 0 for path in pictures)
    assert list((folder / "train_judge").glob("events*"))
    assert "of 1000 test images right" in capsys.readouterr().out
    assert not (folder / "config.json").exists()


def test_default_folder():
    assert default_logs_dir({"mode": "train_judge"}).endswith("judge_mnist5k")
    assert default_logs_dir({"mode": "study", "dataset": "mnist"}).endswith("study_mnist")


def test_a_missing_judge_is_trained_once_beside_the_run(quick, resolve_tiny, tmp_path, capsys):
    config = resolve_tiny(mode="study")
    judge = judging.find_judge(config)
    assert "training one" in capsys.readouterr().out
    assert (tmp_path / "judge_mnist5k" / "judge.keras").exists()
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


def test_folders_have_no_judge_and_nothing_held_out(resolve_tiny, tmp_path):
    rng = np.random.default_rng(0)
    for index in range(8):
        pixels = rng.integers(0, 255, (16, 16), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")
    config = resolve_tiny(mode="train_judge", data_dir=str(tmp_path), channels=1)
    real, training = judging.held_out(config)
    assert real.shape == (8, 16, 16, 1) and training is None
    with pytest.raises(UserError, match="no labels"):
        judging.find_judge(config)
