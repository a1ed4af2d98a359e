"""Discriminators of runs: their images and labels, their names, where they part real from fake."""

import dataclasses

import numpy as np
import pytest

from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError, UserError
from wgan_tf.looks import discriminator as discriminating
from wgan_tf.looks.discriminator import open_discriminators, separate


def test_labels_are_those_of_the_images(look, with_classes):
    from wgan_tf.data.scaling import to_uint8

    config = look("perturb_real")
    (discriminator,) = open_discriminators(config)
    source = runs.open_images(config, "test")
    everything = source.read(np.arange(source.count))
    for image, label in zip(to_uint8(discriminator.images), discriminator.labels, strict=True):
        (rows,) = np.nonzero((everything == image).all((1, 2, 3)))
        assert label in source.labels[rows]


def test_runs_that_cannot_be_compared(run_dir, other_dir, look, with_classes, monkeypatch):
    with pytest.raises(UsageError, match="the run itself"):
        open_discriminators(look("max_class", other_logs_dir=str(run_dir)))
    with pytest.raises(UserError, match="--other_logs_dir: there is no checkpoint in nowhere"):
        open_discriminators(look("max_class", other_logs_dir="nowhere"))
    models = [runs.load_trained(look("max_class")) for _ in range(2)]
    models[1].classes = 0
    queue = iter(models)
    monkeypatch.setattr(runs, "load_trained", lambda _: next(queue))
    with pytest.raises(UserError, match="real from generated images, the run 10 classes"):
        open_discriminators(look("max_class", other_logs_dir=str(other_dir)))


def test_names_of_runs_differ(tmp_path):
    def named(*folders):
        config = resolve({})
        return discriminating._names(
            [
                dataclasses.replace(
                    config, run=dataclasses.replace(config.run, logs_dir=str(tmp_path / folder))
                )
                for folder in folders
            ]
        )

    assert named("a/x", "a/y") == ["x", "y"]
    assert named("a/x", "b/x") == ["a_x", "b_x"]
    assert named("a/b/x", "c/b/x") == ["1_b_x", "2_b_x"]


def test_separate_by_hand():
    # Between 1 and 3: all four of real, two of three of fake.
    threshold, accuracy = separate([3.0, 4.0, 5.0, 9.0], [0.0, 1.0, 4.5])
    assert threshold == 2.0 and accuracy == pytest.approx((1 + 2 / 3) / 2)
    assert separate([1.0, 1.0], [1.0])[1] == 0.5
    # Where generated images score higher, no threshold beats taking all for the same.
    assert separate([0.0], [1.0])[1] == 0.5
    assert separate([0.0, 2.0], [1.0])[1] == 0.75
