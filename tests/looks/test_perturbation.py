"""How small a change of given images makes a given model answer wrongly."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.tiny import make_model, strong
from wgan_tf.looks.discriminator import discriminator_of
from wgan_tf.looks.perturbation import TITLES, robustness_of

QUICK = {"largest": 64.0, "steps": 8}


def images(count, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, 16, 16, 1)).astype(np.float32)


def test_images_move_until_the_answer_is_another(silent):
    model, real = strong(make_model("acgan")), images(6)
    answers = model.classify(real).numpy().argmax(1)
    labels = answers.copy()
    labels[2] = (labels[2] + 1) % 3
    result = robustness_of(discriminator_of(model, real, labels), **QUICK)
    # What is answered wrongly already need not move.
    assert result.smallest["targeted"][2] == 0
    assert (np.delete(result.smallest["targeted"], 2) > 0).all()
    np.testing.assert_array_equal(result.targets, (labels + 1) % 3)
    assert result.curves()["targeted"][0][0] == pytest.approx(5 / 6)
    change = np.abs(result.adversarial - real).max((1, 2, 3)) * 255 / 2
    reached = np.minimum(result.smallest["targeted"], 64)
    assert (change <= reached + 1e-3).all() and change.max() > 1
    assert np.abs(result.adversarial).max() <= 1
    flipped = np.isfinite(result.smallest["targeted"])
    there = model.classify(result.adversarial).numpy().argmax(1)
    assert flipped.any() and (there[flipped] != labels[flipped]).all()
    assert set(result.figures()["smallest"]) == {"targeted", "untargeted"}
    assert list(result.plots()) == list(TITLES)
    with Image.open(io.BytesIO(result._repr_png_())) as shown:
        np.testing.assert_array_equal(np.asarray(shown), result.picture)


def test_without_labels_it_is_by_its_own_answers(silent):
    model, real = strong(make_model("acgan")), images(5)
    result = robustness_of(discriminator_of(model, real), target_class="1", **QUICK)
    answers = model.classify(real).numpy().argmax(1)
    np.testing.assert_array_equal(result.discriminator.labels, answers)
    np.testing.assert_array_equal(result.targets, np.where(answers == 1, 2, 1))
    assert result.figures()["accuracy"] == 1
