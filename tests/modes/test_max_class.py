"""What a discriminator takes for a class, on tiny trained runs."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.reading import written
from wgan_tf import runs
from wgan_tf.errors import UserError
from wgan_tf.looks.discriminator import open_discriminators
from wgan_tf.modes import max_class


def test_data_without_labels_is_refused_where_there_are_classes(look, with_classes, monkeypatch):
    source = runs.open_images(look("perturb_real"), "test")
    source.labels = None
    monkeypatch.setattr(runs.images, "open_images", lambda *_: source)
    with pytest.raises(UserError, match="no labels"):
        max_class.run(look("max_class"))


def test_max_class_starts_from_the_mean_and_shows_every_class(run_dir, look, with_classes):
    (path,) = max_class.run(look("max_class"))
    report = written(run_dir, "max_class")
    assert (report["start"], report["learning_rate"], report["steps"]) == ("mean", 0.1, 5)
    figures = report["discriminators"]["tiny"]
    assert (np.array(figures["output_after"]) > np.array(figures["output_before"])).all()
    (discriminator,) = open_discriminators(look("max_class"))
    mean = discriminator.images.mean(0, keepdims=True)
    expected = discriminator.logits(tf.constant(mean)).numpy()[0]
    np.testing.assert_allclose(figures["output_before"], expected, rtol=1e-3, atol=1e-5)
    assert len(figures["probability"]) == 10 and "other" not in figures
    assert np.asarray(Image.open(path)).shape[1] > 10 * 100


def test_max_class_of_two_critics_says_what_the_other_sees(run_dir, other_dir, look, capsys):
    max_class.run(look("max_class", other_logs_dir=str(other_dir), start="noise"))
    discriminators = written(run_dir, "max_class")["discriminators"]
    other = discriminators["tiny"]["other"]
    assert other["name"] == "twin"
    recognised = np.array(discriminators["tiny"]["probability"]) > 0.5
    np.testing.assert_array_equal(recognised, np.array(other["taken_for"]) == [0, 1])
    assert other["share_recognised"] == recognised.mean()
    assert "twin recognises" in capsys.readouterr().out
