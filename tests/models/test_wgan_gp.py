"""The games with a gradient penalty, with classes and without: their losses and updates."""

import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model, weights
from wgan_tf.models.losses import class_loss, gradient_penalty
from wgan_tf.runs import checkpoints

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (6, 16, 16, 1)).astype(np.float32)
LABELS = np.array([2, 0, 1, 1, 2, 0])


@pytest.mark.parametrize("kind", ["wgan_gp", "acgan"])
def test_critic_loss_is_the_sum_of_its_terms(kind):
    model = make_model(kind)
    labels = LABELS if kind == "acgan" else None
    z = model._training_z(1, 6)
    fake = model.generator(z, training=True)
    real_side, fake_side = (model.critic_with_features(x, training=True) for x in (REAL, fake))
    mixing = tf.random.stateless_uniform((6, 1, 1, 1), model._key(4, 1))
    penalty = gradient_penalty(
        lambda x: model.critic_with_features(x, training=True)[0], REAL, fake, mixing
    )
    expected = tf.reduce_mean(fake_side[0]) - tf.reduce_mean(real_side[0]) + 10 * penalty
    if kind == "acgan":
        expected += class_loss(real_side[2], LABELS) + class_loss(fake_side[2], np.arange(6) % 3)
    logs = model.critic_step(REAL, z, labels)
    assert float(logs["critic_loss"]) == pytest.approx(float(expected), rel=1e-4)
    assert float(logs["gradient_penalty"]) == pytest.approx(float(penalty), rel=1e-4)


@pytest.mark.parametrize("kind", ["wgan_gp", "acgan"])
def test_each_step_leaves_the_other_network_alone(kind):
    model = make_model(kind)
    labels = LABELS if kind == "acgan" else None
    z = model._training_z(1, 6)

    generator, critic = weights(model.generator), weights(model.critic)
    model.critic_step(REAL, z, labels)
    for before, after in zip(generator, weights(model.generator), strict=True):
        np.testing.assert_array_equal(before, after)
    moved = weights(model.critic)
    names = [v.path for v in model.critic.trainable_variables]
    for name, before, after in zip(names, critic, moved, strict=True):
        # A bias of the score cancels between real and generated images.
        assert "score_1/bias" in name or (before != after).any(), name
    model.generator_step(z)
    for before, after in zip(moved, weights(model.critic), strict=True):
        np.testing.assert_array_equal(before, after)
    assert all(
        (before != after).any()
        for before, after, v in zip(
            generator, weights(model.generator), model.generator.trainable_variables, strict=True
        )
        if "kernel" in v.path
    )


@pytest.mark.parametrize("kind", ["wgan_gp", "acgan"])
def test_configuration_round_trip(kind):
    model = make_model(kind)
    again = type(model).from_config(model.get_config())
    assert [v.shape for v in again.variables] == [v.shape for v in model.variables]
    assert (again.penalty_weight, again.classes) == (10.0, model.classes)


@pytest.mark.parametrize("kind", ["wgan_gp", "acgan"])
def test_everything_comes_back_from_a_checkpoint(kind, tmp_path):
    model, other = make_model(kind), make_model(kind, seed=5)
    model.critic_step(REAL, model._training_z(1, 6), LABELS)
    checkpoints.save(tmp_path, model)
    checkpoints.restore_latest(tmp_path, other)
    for one, two in zip(model.variables, other.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), two.numpy(), err_msg=one.path)
    np.testing.assert_array_equal(model.score(REAL), other.score(REAL))
