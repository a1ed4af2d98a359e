"""Whose advice samples follow."""

import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model, strong
from wgan_tf.errors import UserError
from wgan_tf.refine.guide import CriticGuide


def test_the_critic_is_a_guide_with_the_level_of_real_images():
    model = strong(make_model())
    images = np.random.default_rng(0).uniform(-1, 1, (7, 16, 16, 1)).astype(np.float32)
    guide, scores = CriticGuide(model, images), model.score(images).numpy()
    np.testing.assert_allclose(guide(images), scores, rtol=1e-5)
    assert guide.name == "critic" and guide.level == pytest.approx(np.sort(scores)[3])
    assert CriticGuide(model).level is None


def test_a_gradient_goes_through_it():
    model = strong(make_model())
    guide, images = CriticGuide(model), tf.zeros((2, 16, 16, 1)) + 0.1
    with tf.GradientTape() as tape:
        tape.watch(images)
        values = guide(images)
    gradient = tape.gradient(values, images).numpy()
    step = 1e-3 * gradient / np.linalg.norm(gradient)
    change = (guide(images + step) - guide(images - step)).numpy().sum()
    assert change == pytest.approx(2e-3 * np.linalg.norm(gradient), rel=0.02)


def test_a_critic_of_whole_batches_is_no_guide():
    model = make_model("dcgan", minibatch_discrimination=True)
    with pytest.raises(UserError, match="scores a batch as a whole") as error:
        CriticGuide(model)
    assert "\n" not in str(error.value)
    CriticGuide(make_model("dcgan"))
