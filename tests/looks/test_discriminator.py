"""Discriminators of runs: their images and labels, their names, where they part real from fake."""

import dataclasses

import numpy as np
import pytest

from tests.tiny import make_model, strong
from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError, UserError
from wgan_tf.looks import discriminator as discriminating
from wgan_tf.looks.discriminator import discriminator_of, open_discriminators, separate


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


def test_a_critic_parts_real_from_generated_where_other_images_say(silent):
    model, rng = strong(make_model()), np.random.default_rng(0)
    real, others = rng.uniform(-1, 1, (2, 40, 16, 16, 1)).astype(np.float32)
    discriminator = discriminator_of(model, real[:5], real=others)
    fake = model.score(model.generate(model.sample_z(512)))
    threshold, accuracy = separate(model.score(others), fake)
    assert discriminator.parting["threshold"] == threshold
    assert discriminator.parting["accuracy"] == accuracy
    said = np.asarray(discriminator.logits(discriminator.images)).argmax(1) == 0
    np.testing.assert_array_equal(said, model.score(real[:5]).numpy() > threshold)
    assert set(discriminator.labels) == {0} and discriminator.class_names[0] == "real"


def test_images_labels_and_names_fit_the_model(silent):
    model, real = make_model("acgan"), np.zeros((2, 16, 16, 1))
    for wrong in (np.zeros((2, 8, 8, 1)), np.zeros((16, 16, 1)), real[:0]):
        with pytest.raises(ValueError, match=r"images must be \(n >= 1, 16, 16, 1\), not"):
            discriminator_of(model, wrong)
    for labels in ([0], [0, 3], [-1, 0]):
        with pytest.raises(ValueError, match="labels must be"):
            discriminator_of(model, real, labels)
    with pytest.raises(ValueError, match="2 class names for 3 classes"):
        discriminator_of(model, real, class_names=["a", "b"])
