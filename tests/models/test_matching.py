"""Matched mini-batches: latents are moved towards the real images of their batch."""

import numpy as np
import tensorflow as tf

from tests.tiny import make_model, strong, train
from wgan_tf.models.matching import Matching, matched

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)
BATCHES = RNG.uniform(-1, 1, (8, 2, 16, 16, 1)).astype(np.float32)


def test_matching_goes_down_the_gradient_of_each_pair():
    # Images are z times (3, -1); their L1 distance to (0, 0) has the gradient (3, 1) / 2 by sign.
    def generate(z):
        return tf.reshape(z * [3.0, -1.0], (-1, 1, 2, 1))

    z = tf.constant([[0.5, 0.5], [-0.5, 0.25]])
    moved = matched(generate, z, np.zeros((2, 1, 2, 1), np.float32), Matching(1, 0.1), tf.identity)
    step = 0.1 * np.array([3.0, 1.0]) / np.sqrt((9 + 1) / 2)
    np.testing.assert_allclose(moved, z - step * np.sign(z), rtol=1e-5)


def test_matching_stays_within_the_prior_and_keeps_what_is_asked_for():
    model = strong(make_model("infogan"))
    z = model.sample_z(8, 2)
    variables = [v.numpy().copy() for v in model.generator.variables]
    model.matching = Matching(20, 0.3)
    moved = model._matched(z, tf.constant(REAL)).numpy()
    assert np.abs(moved).max() <= 1 and (moved[:, :4] == z[:, :4].numpy()).all()
    for before, variable in zip(variables, model.generator.variables, strict=True):
        np.testing.assert_array_equal(before, variable.numpy())


def test_matching_brings_images_nearer():
    model = strong(make_model("wgan"))
    z = model.sample_z(8, 2)
    # Images that the generator can draw.
    target = model.generate_as_trained(model.sample_z(8, 5), 8)

    def distance(latents):
        return np.abs(model.generate_as_trained(latents, 8) - target).mean()

    model.matching = Matching(30, 0.02)
    assert distance(model._matched(z, target)) < 0.6 * distance(z)


def test_a_matched_iteration_trains_both_sides_on_the_pairs():
    whole = make_model("wgan", compiled={"matching": Matching(3, 0.1)})
    parts = make_model("wgan", compiled={"matching": Matching(3, 0.1)})
    train(whole, BATCHES)
    for index in range(2):
        z = parts._matched(parts._training_z(index + 1, 8), tf.constant(BATCHES[:, index]))
        parts.critic_step(BATCHES[:, index], z)
    parts.generator_step(z)
    for ours, theirs in zip(parts.trainable_variables, whole.trainable_variables, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5, err_msg=ours.path)
