"""`--mode=train_classifier` and `--mode=train_judge`, and how other modes find a judge."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.data.scaling import to_float
from wgan_tf.data.schedule import Schedule
from wgan_tf.errors import UsageError, UserError
from wgan_tf.metrics.judges import Judge
from wgan_tf.training import classifiers
from wgan_tf.training.callbacks.events import Events


@pytest.mark.parametrize("mode", ["train_classifier", "train_judge"])
def test_writes_classifier_figures_and_pictures(mode, classifier, tmp_path, capsys):
    pictures = classifiers.train(classifier(mode=mode))
    folder = tmp_path / "run"
    network = keras.saving.load_model(folder / "classifier.keras", safe_mode=True)
    assert network.input_shape == (None, 16, 16, 1) and network.outputs[1].shape == (None, 10)
    figures = json.loads((folder / f"{mode}.json").read_text())
    confusion = np.array(figures["confusion"])
    assert confusion.sum() == figures["test_images"] == 1000
    assert figures["accuracy"] == pytest.approx(np.trace(confusion) / 1000)
    error = np.sqrt(figures["accuracy"] * (1 - figures["accuracy"]) / 1000)
    assert figures["standard_error"] == pytest.approx(error)
    assert figures["class_names"] == [str(digit) for digit in range(10)]
    names = ["learning_curve.png", "confusion.png", "misjudged.png"]
    assert [path.name for path in pictures] == names
    assert all(np.asarray(Image.open(path)).std() > 0 for path in pictures)
    assert list((folder / mode).glob("events*"))
    assert "of 1000 test images right" in capsys.readouterr().out
    # What the file says is what was measured.
    test = runs.open_images(runs.read_config(folder), "test")
    images = to_float(test.read(np.arange(test.count)))
    judged = Judge.load(folder / "classifier.keras").logits(images).argmax(1)
    assert np.mean(judged == test.labels) == pytest.approx(figures["accuracy"])
    # Row = class, column = what it was taken for.
    expected = np.zeros((10, 10), int)
    np.add.at(expected, (test.labels, judged), 1)
    assert (expected != expected.T).any()
    np.testing.assert_array_equal(confusion, expected)


@pytest.mark.parametrize("network", ["fast", "judge"])
def test_resumed_equals_uninterrupted_and_its_list_goes_on(network, classifier, tmp_path):
    settings = {"network": network, "epochs": 3, "augmentation": "cropped", "split": "test"}
    whole = classifier(logs_dir=str(tmp_path / "whole"), **settings)
    classifiers.train(whole)
    parts = classifier(logs_dir=str(tmp_path / "parts"), **settings)
    source = runs.open_labelled(parts)
    parts = runs.with_classes(parts, source)
    test = classifiers.test_images(parts, 10)
    writer = Events(tmp_path / "events")
    # Stopped after 4 of 6 steps, of which the third epoch's were lost.
    model = runs.build_trainable(parts, 6)
    classifiers._fit(parts, model, None, source, test, writer, 4, Schedule(500, source.count))
    runs.write_config(parts)
    stored = runs.read_config(tmp_path / "parts")
    classifiers.train(resolve({"mode": "train_classifier"}, stored))
    one, two = (
        keras.saving.load_model(tmp_path / part / "classifier.keras").get_weights()
        for part in ("whole", "parts")
    )
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)
    curves = [
        json.loads((tmp_path / part / "test_accuracy.json").read_text())["epochs"]
        for part in ("whole", "parts")
    ]
    assert [row["epoch"] for row in curves[1]] == [1, 2, 3]
    for one, two in zip(*curves, strict=True):
        assert one["accuracy"] == two["accuracy"]
    seconds = [row["seconds"] for row in curves[1]]
    assert seconds == sorted(seconds)


def test_what_cannot_be_is_one_line(classifier, resolve_tiny, tmp_path):
    with pytest.raises(UsageError, match="trains a classifier; leave the flag out"):
        classifier(model="gan")
    with pytest.raises(UsageError, match="--classes=4: .* has 10 classes"):
        classifiers.train(classifier(classes=4))
    with pytest.raises(UsageError, match="divisible by 8"):
        classifier(image_size="20")
    rng = np.random.default_rng(0)
    for index in range(8):
        pixels = rng.integers(0, 255, (16, 16), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")
    with pytest.raises(UserError, match="no labels, which this needs"):
        classifiers.train(classifier(data_dir=str(tmp_path), channels=1))
    runs.write_config(resolve_tiny())
    with pytest.raises(UsageError, match="was started with wgan; leave the flag out or choose"):
        resolve({"mode": "train_classifier"}, runs.read_config(tmp_path / "run"))
    stored = classifier(logs_dir=str(tmp_path / "other"))
    with pytest.raises(UsageError, match="needs a generator, a classifier has none"):
        resolve({"mode": "visualize"}, stored)
    with pytest.raises(UsageError, match="--network=homework: the run in"):
        resolve({"mode": "train_classifier", "network": "homework"}, stored)
