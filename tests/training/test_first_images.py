"""The picture of the data at the start of a training, and the names of its classes."""

import json

import numpy as np
import pytest
from PIL import Image

from wgan_tf import runs
from wgan_tf.data.order import training_indices
from wgan_tf.errors import UserError
from wgan_tf.training import classifiers, first_images, game, judging
from wgan_tf.visualize.captioned import sheet


def test_the_first_64_as_training_sees_them(resolve_tiny, tmp_path):
    config = resolve_tiny(iterations=1)
    game.train(config)
    with Image.open(tmp_path / "run" / "images" / "data.png") as picture:
        shown = np.asarray(picture)
    source = runs.open_images(config)
    pixels = source.read(training_indices(0, 64, source.count, config.run.seed))[..., 0]
    # mnist5k names its classes; the sheet is enlarged, and white around.
    rows = training_indices(0, 64, source.count, config.run.seed)
    captions = [source.class_names[label] for label in source.labels[rows]]
    floats = pixels[..., None] / np.float32(127.5) - 1
    np.testing.assert_array_equal(shown, sheet(floats, captions, columns=8))


@pytest.fixture
def coloured(tmp_path):
    """Two classes of 20 images."""
    rng = np.random.default_rng(0)
    for name in ("red", "blue"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for index in range(20):
            pixels = rng.integers(0, 120, (16, 16, 3), np.uint8)
            pixels[..., 0 if name == "red" else 2] += 120
            Image.fromarray(pixels).save(tmp_path / "data" / name / f"{index}.png")
    return tmp_path / "data"


def test_without_names_it_is_a_plain_grid(tmp_path, resolve_tiny):
    (tmp_path / "heap").mkdir()
    for value in range(5):
        Image.new("L", (16, 16), 40 * value).save(tmp_path / "heap" / f"{value}.png")
    config = resolve_tiny(data_dir=str(tmp_path / "heap"), channels=1)
    source = runs.open_images(config)
    first_images.draw_first_images(config, source)
    with Image.open(tmp_path / "run" / "images" / "data.png") as picture:
        shown = np.asarray(picture)
    assert shown.shape == (16, 5 * 17 - 1)
    assert shown[3, 3::17].tolist() == [
        40 * index for index in training_indices(0, 5, 5, config.run.seed)
    ]


def test_a_failure_is_a_warning(resolve_tiny, monkeypatch, warned):
    def fail(*args):
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(first_images, "_picture", fail)
    config = resolve_tiny()
    first_images.draw_first_images(config, runs.open_images(config))
    assert warned == ["the picture of the data: training goes on: odd"]


def test_a_classifier_of_ones_own_folder(coloured, classifier, tmp_path, capsys):
    flags = {"data_dir": str(coloured), "channels": 3, "batch_size": 12}
    config = classifier(**flags)
    classifiers.train(config)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("data: ")]
    assert "36 images, split train[:90%] (a tenth is held out), 2 classes by sub-folders" in line
    assert line.endswith("; to test on: 4")
    stored = json.loads((tmp_path / "run" / "classes.json").read_text())
    assert stored == {"class_names": ["blue", "red"]}
    figures = json.loads((tmp_path / "run" / "train_classifier.json").read_text())
    assert figures["class_names"] == ["blue", "red"]
    # Another class in front would give all others another number.
    (coloured / "a").mkdir()
    Image.new("RGB", (16, 16)).save(coloured / "a" / "1.png")
    with pytest.raises(UserError, match="trained on 2 classes, .* has 3: a differs"):
        classifiers.train(classifier(runs.read_config(tmp_path / "run")))


def test_too_few_held_out_images_are_no_reference(coloured, resolve_tiny, capsys):
    config = resolve_tiny(data_dir=str(coloured), channels=3, split="train[:90%]")
    real, training = judging.held_out(config)
    assert len(real) == 36 and training is None
    assert "only 4 images are held out" in capsys.readouterr().out
    real, training = judging.held_out(config.but(split="train[:50%]"))
    assert len(real) == 20 and training is None  # the last tenth is too small here, too
