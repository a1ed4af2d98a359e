"""What can only be known of labels once the data is there."""

import re

import numpy as np
import pytest

import wgan_tf
from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.data.given import hold
from wgan_tf.data.source import ArraySource
from wgan_tf.errors import UsageError, UserError
from wgan_tf.training import classifiers, game

IMAGES = np.random.default_rng(0).integers(0, 256, (120, 16, 16, 1), np.uint8)
SMALL = {"image_size": "16", "channels": 1, "disc_dimension": 4, "batch_size": 8, "iterations": 1}


def source(labels, names=None):
    return ArraySource(IMAGES, "x: 120 images", np.asarray(labels), names)


def config(mode="train", **flags):
    model = {"model": "acgan", "gen_dimension": 4} if mode == "train" else {}
    return resolve({"mode": mode, **SMALL, **model, **flags})


@pytest.mark.parametrize(
    "classes, z_dim, good", [(100, 100, False), (100, 99, False), (9, 10, True)]
)
def test_z_has_room_for_the_classes_that_the_data_has(classes, z_dim, good, tmp_path):
    flags = {"dataset": hold(IMAGES, np.arange(120) % classes), "z_dim": z_dim}
    if good:
        found = runs.with_classes(config(**flags), source(np.arange(120) % classes))
        assert found.network.classes == classes
        return
    folder = tmp_path / "run"
    said = f"--z_dim={z_dim}: must be more than the {classes} classes"
    with pytest.raises(UsageError, match=said):
        game.train(config(**flags, logs_dir=str(folder)))
    assert not (folder / "config.json").exists() and not (folder / "checkpoints").exists()
    with pytest.raises(wgan_tf.UsageError, match="must be more than the"):
        what = wgan_tf.images(IMAGES, labels=np.arange(120) % classes, split="train")
        wgan_tf.train(what, model="acgan", z_dim=z_dim, disc_dimension=4, gen_dimension=4)


@pytest.mark.parametrize(
    "labels, names, said",
    [
        (np.arange(120) % 10 + 1, None, "no image has label 0 of the 11 classes.*take 1 from each"),
        (np.arange(120) % 2 * 4, None, "no image has label 1, 2, 3 of the 5 classes.*without gaps"),
        (np.arange(120) % 2 * 50, None, "no image has label 1, 2, 3, 4, 5 and 44 more of the 51"),
        (np.arange(120) % 2, ["a", "b", "c"], "no image has label c of the 3 classes"),
        (np.arange(120) % 10, None, None),
    ],
)
def test_labels_without_an_image_are_named_in_one_line(labels, names, said, capsys):
    runs.with_classes(config("train_classifier"), source(labels, names))
    printed = capsys.readouterr().out
    if said is None:
        assert printed == ""
    else:
        (line,) = printed.splitlines()
        assert re.search(said, line), line


def test_negative_labels_are_no_classes():
    with pytest.raises(UserError, match="a label is -1: classes count from 0"):
        runs.with_classes(config("train_classifier"), source(np.arange(120) % 3 - 1))


def test_test_images_of_other_classes_are_refused_before_anything_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr(runs, "open_labelled", lambda config: source(np.arange(120) % 3))
    test = IMAGES.astype(np.float32), np.arange(120) % 4, list("abcd")
    monkeypatch.setattr(classifiers, "test_images", lambda *_: test)
    folder = tmp_path / "run"
    with pytest.raises(UserError, match="label 3, the 3 classes to train on are 0 to 2"):
        classifiers.train(config("train_classifier", logs_dir=str(folder)))
    assert not (folder / "config.json").exists()
