"""The games with a gradient penalty: the penalty itself, the classes, and their updates."""

import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model
from wgan_tf.models.losses import accuracy, class_loss, gradient_penalty
from wgan_tf.runs import checkpoints

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (6, 16, 16, 1)).astype(np.float32)
LABELS = np.array([2, 0, 1, 1, 2, 0])


def test_penalty_of_a_linear_critic_is_known():
    # f(x) = 3 x_1 + 4 x_2 has a gradient of length 5 everywhere: (5 - 1)^2.
    weights = tf.reshape(tf.constant([3.0, 4.0]), (1, 2, 1, 1))

    def score(images):
        return tf.reduce_sum(images * weights, [1, 2, 3])

    real, fake = tf.ones((3, 2, 1, 1)), tf.zeros((3, 2, 1, 1))
    penalty = gradient_penalty(score, real, fake, tf.fill((3, 1, 1, 1), 0.3))
    assert float(penalty) == pytest.approx(16.0, rel=1e-6)


def test_penalty_is_taken_between_the_images():
    # f(x) = x^2 / 2 has the gradient x: at 0.25 * 2 + 0.75 * (-1) = -0.25, (0.25 - 1)^2; at
    # 0.5 * 4 + 0.5 * 2 = 3, (3 - 1)^2.
    real, fake = np.float32([2, 4]), np.float32([-1, 2])
    mixing = np.float32([0.25, 0.5])
    given = (tf.reshape(each, (2, 1, 1, 1)) for each in (real, fake, mixing))
    penalty = gradient_penalty(lambda x: tf.reduce_sum(x**2, [1, 2, 3]) / 2, *given)
    assert float(penalty) == pytest.approx((0.5625 + 4) / 2, rel=1e-6)


def test_penalty_of_a_constant_critic_has_a_finite_gradient():
    slope = tf.Variable(0.0)
    image = tf.ones((1, 2, 2, 1))
    with tf.GradientTape() as tape:
        penalty = gradient_penalty(
            lambda x: slope * tf.reduce_sum(x, [1, 2, 3]), image, image, tf.ones((1, 1, 1, 1))
        )
    assert float(penalty) == pytest.approx(1.0, abs=1e-4)
    assert np.isfinite(float(tape.gradient(penalty, slope)))


def test_penalty_and_its_gradient_by_the_weights_against_finite_differences():
    rng = np.random.default_rng(1)
    kernels = [tf.Variable(rng.normal(0, 0.5, shape)) for shape in ((3, 3, 1, 4), (3, 3, 4, 2))]
    real, fake = (tf.constant(rng.uniform(-1, 1, (3, 4, 4, 1))) for _ in range(2))
    mixing = tf.constant(rng.uniform(0, 1, (3, 1, 1, 1)))

    def score(x):
        hidden = tf.tanh(tf.nn.conv2d(x, kernels[0], 1, "SAME"))
        return tf.reduce_sum(tf.tanh(tf.nn.conv2d(hidden, kernels[1], 2, "SAME")), [1, 2, 3])

    images = (mixing * real + (1 - mixing) * fake).numpy()
    lengths = []
    for index in range(3):
        slopes = []
        for pixel in range(16):
            step = np.zeros((1, 16))
            step[0, pixel] = 1e-5
            up, down = (
                score(images[index : index + 1] + sign * step.reshape(1, 4, 4, 1))
                for sign in (1, -1)
            )
            slopes.append(float((up - down)[0]) / 2e-5)
        lengths.append(np.linalg.norm(slopes))
    with tf.GradientTape() as tape:
        penalty = gradient_penalty(score, real, fake, mixing)
    assert float(penalty) == pytest.approx(np.mean((np.array(lengths) - 1) ** 2), rel=1e-6)
    for kernel, gradient in zip(kernels, tape.gradient(penalty, kernels), strict=True):
        where = (1, 2, 0, 1)
        step = np.zeros(kernel.shape)
        step[where] = 1e-5
        values = []
        for sign in (1, -2):
            kernel.assign_add(sign * step)
            values.append(float(gradient_penalty(score, real, fake, mixing)))
        kernel.assign_add(step)
        expected = (values[0] - values[1]) / 2e-5
        assert float(gradient[where]) == pytest.approx(expected, rel=1e-5)


def test_class_loss_by_hand():
    logits = tf.constant([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    expected = -(np.log(shares[0, 1]) + np.log(shares[1, 0])) / 2
    assert float(class_loss(logits, [1, 0])) == pytest.approx(expected, rel=1e-6)
    targets = 0.3 / 3 + 0.7 * np.array([[0, 1, 0], [1, 0, 0]])
    expected = -(targets * np.log(shares)).sum() / 2
    assert float(class_loss(logits, [1, 0], 0.3)) == pytest.approx(expected, rel=1e-6)
    assert float(accuracy(logits, [1, 0])) == 0.5


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

    def weights(network):
        return [v.numpy().copy() for v in network.trainable_variables]

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


@pytest.mark.parametrize("updates", [1, 3])
def test_training_counts_its_updates_and_reports_every_term(updates):
    model = make_model("acgan")
    data = (np.stack([REAL] * updates, 1), np.stack([LABELS] * updates, 1))
    history = model.fit(
        tf.data.Dataset.from_tensors(data).repeat(2), steps_per_epoch=2, verbose=0, shuffle=False
    ).history
    assert int(model.optimizer.iterations) == 2 * (updates + 1)
    assert set(model.critic_term_logs) < set(history)
    assert all(np.isfinite(values).all() for values in history.values())


def test_latents_ask_for_classes_in_turn_and_keep_their_noise():
    model = make_model("acgan")
    z = model.sample_z(7, seed=3).numpy()
    np.testing.assert_array_equal(z[:, :3], np.eye(3)[np.arange(7) % 3])
    np.testing.assert_array_equal(model.classes_of(z), np.arange(7) % 3)
    other = model.condition(z, [2] * 7).numpy()
    np.testing.assert_array_equal(other[:, 3:], z[:, 3:])
    assert (model.classes_of(other).numpy() == 2).all()
    assert np.abs(model.generate(other) - model.generate(z)).max() > 1e-3


def test_generator_learns_to_draw_the_class_asked_for():
    """Class k is a bright column at k * 5: same noise, other class, other column."""
    images = np.full((9, 16, 16, 1), -1, np.float32)
    labels = np.arange(9) % 3
    for image, label in zip(images, labels, strict=True):
        image[:, 5 * label : 5 * label + 4] = 1
    model = make_model("acgan", rate=3e-3, generator_widths=(12,), critic_widths=(12,))
    data = tf.data.Dataset.from_tensors((images[:, None], labels[:, None])).repeat()
    model.fit(data, steps_per_epoch=150, verbose=0, shuffle=False)
    assert (np.asarray(model.classify(images)).argmax(1) == labels).all()
    z = model.sample_z(3, 5)
    noise = tf.repeat(z[:1], 3, 0)
    drawn = np.asarray(model.generate(model.condition(noise, [0, 1, 2])))
    nearest = [np.argmin(np.abs(images[:3] - image).mean((1, 2, 3))) for image in drawn]
    assert nearest == [0, 1, 2]


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
