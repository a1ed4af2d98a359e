"""The penalty on the critic's slope at real images, in every game that may have it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model, same, strong, train, weights
from wgan_tf.config.resolve import resolve
from wgan_tf.models.breakdown import Search
from wgan_tf.models.losses import squared_slope
from wgan_tf.runs import build_trainable

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (6, 16, 16, 1)).astype(np.float32)
BATCHES = RNG.uniform(-1, 1, (6, 2, 16, 16, 1)).astype(np.float32)
LABELS = np.array([2, 0, 1, 1, 2, 0])
GAMES = ["gan", "dcgan", "infogan", "wgan_gp", "acgan"]


class ComposedBatchNormalization(keras.layers.BatchNormalization):
    """Of plain operations. The moments of Keras' own are `tf.nn.moments`, which take the mean for a
    constant in the variance: right for first derivatives, wrong for second ones.
    """

    def call(self, inputs, training=None, mask=None):
        centred = inputs - tf.reduce_mean(inputs, [0, 1, 2], keepdims=True)
        variance = tf.reduce_mean(centred**2, [0, 1, 2], keepdims=True)
        return self.gamma * centred / tf.sqrt(variance + self.epsilon) + self.beta


def composed(critic):
    def replaced(layer):
        kind = type(layer)
        if isinstance(layer, keras.layers.BatchNormalization):
            kind = ComposedBatchNormalization
        elif isinstance(layer, keras.layers.Conv2D):
            kind = keras.layers.Conv2D
        return kind.from_config(layer.get_config())

    copy = keras.models.clone_model(critic, clone_function=replaced)
    copy.set_weights(critic.get_weights())
    return copy


def test_by_hand():
    # Lengths squared 9 + 16 and 1.
    slopes = np.float32([3, 4, 0, -1]).reshape(2, 2, 1, 1)
    assert float(squared_slope(slopes)) == pytest.approx(13.0)
    # Squares of half floats would overflow.
    assert float(squared_slope(tf.fill((1, 1, 1, 1), tf.constant(1e4, tf.float16)))) == 1e8


@pytest.mark.parametrize("kind", GAMES)
def test_half_of_gamma_times_it_is_added_to_all_else(kind):
    labels = LABELS if kind == "acgan" else None
    gradients, logs = [], []
    for gamma in (0.0, 3.0):
        model = strong(make_model(kind, compiled={"r1": gamma}))
        computed = model.critic_gradients(REAL, model._training_z(1, 6), labels)
        gradients.append(computed[0])
        logs.append(computed[1])
    critic, images = composed(model.critic), tf.constant(REAL)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(images)
            score = tf.reduce_sum(tf.nest.flatten(critic(images, training=True))[0])
        penalty = tf.reduce_mean(tf.reduce_sum(inner.gradient(score, images) ** 2, [1, 2, 3]))
    variables = [v.value for v in critic.trainable_variables]
    slopes = outer.gradient(penalty, variables, unconnected_gradients="zero")
    assert float(penalty) > 1e-3 and "r1_penalty" not in logs[0]
    assert float(logs[1]["r1_penalty"]) == pytest.approx(float(penalty), rel=1e-4)
    more = float(logs[1]["critic_loss"]) - float(logs[0]["critic_loss"])
    assert more == pytest.approx(1.5 * float(penalty), rel=1e-3)
    names = [v.path for v in critic.trainable_variables]
    for name, one, other, slope in zip(names, *gradients, slopes, strict=True):
        one, other, slope = (np.asarray(value) for value in (one, other, slope))
        scale = max(np.abs(other).max(), np.abs(1.5 * slope).max())
        atol = 2e-4 * scale + 1e-5  # of a bias before batch norm it is 0
        np.testing.assert_allclose(other - one, 1.5 * slope, rtol=0, atol=atol, err_msg=name)


@pytest.mark.parametrize("kind", GAMES)
def test_both_networks_train_and_report_it(kind):
    model = make_model(kind, compiled={"r1": 1.0, "augment": ("translate",)})
    batches = np.concatenate([BATCHES, BATCHES], 1) if kind == "gan" else BATCHES
    data = (batches, np.stack([LABELS, LABELS], 1)) if kind == "acgan" else batches
    critic, generator = weights(model.critic), weights(model.generator)
    logs = train(model, data)
    assert np.isfinite(list(logs.values())).all() and logs["r1_penalty"] > 0
    assert set(model.critic_term_logs) < set(model.term_logs) and set(model.term_logs) < set(logs)
    assert not same(critic, model.critic) and not same(generator, model.generator)


def test_in_turn():
    model = make_model("dcgan", compiled={"r1": 1.0, "in_turn": True})
    assert train(model, BATCHES)["r1_penalty"] > 0
    assert np.isnan(train(model, BATCHES[:, :0])["r1_penalty"])


def test_xla_can_compile_it():
    model = make_model("dcgan", compiled={"r1": 1.0})
    compute = tf.function(model.critic_gradients, jit_compile=True, autograph=False)
    z, expected = model.sample_z(6), model.critic_gradients(REAL, model.sample_z(6))[1]
    logs = compute(tf.constant(REAL), z)[1]
    assert float(logs["r1_penalty"]) == pytest.approx(float(expected["r1_penalty"]), rel=1e-3)


def test_half_floats():
    model = make_model("dcgan", compiled={"r1": 10.0}, dtype="mixed_float16")
    logs = train(model, BATCHES, 3)
    assert np.isfinite(list(logs.values())).all()


def test_statistics_of_real_images_move_once():
    moved = []
    for gamma in (0.0, 1.0):
        model = make_model("dcgan", compiled={"r1": gamma})
        model.critic_step(REAL, model.sample_z(6))
        moved.append([v.numpy() for v in model.real_statistics])
    for one, other in zip(*moved, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_it_lowers_the_slope():
    ends = []
    for gamma in (0.0, 10.0):
        model = make_model("dcgan", compiled={"r1": gamma})
        train(model, BATCHES, 30)
        model.compile(model.optimizer, r1=1.0)
        ends.append(float(model.critic_gradients(REAL, model.sample_z(6))[1]["r1_penalty"]))
    assert ends[1] < 0.5 * ends[0]


def test_a_search_for_broken_numbers_looks_at_it():
    model = make_model("dcgan", compiled={"r1": 1.0})
    assert Search(model).first_broken(BATCHES) is None
    # Large enough that squares overflow, and nothing before.
    model.r1 = 1e-30
    model.critic.get_layer("W_pred").kernel.assign_add(tf.ones((128, 1)) * 1e22)
    assert Search(model).first_broken(BATCHES).startswith("r1_penalty")


def test_a_file_of_the_model_has_it_and_the_flag_reaches_it(tmp_path):
    model = make_model("dcgan", compiled={"r1": 2.5})
    model.save(tmp_path / "model.keras")
    assert keras.models.load_model(tmp_path / "model.keras").r1 == 2.5
    assert build_trainable(resolve({"model": "gan", "r1": 2.5, "dataset": "mnist5k"})).r1 == 2.5
