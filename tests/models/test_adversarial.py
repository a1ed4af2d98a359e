"""How games are trained: updates, turns, moving statistics, randomness, precision."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import TINY, make_model, same, strong, train, weights

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)
Z = RNG.uniform(-1, 1, (8, 3)).astype(np.float32)
BATCHES = RNG.uniform(-1, 1, (8, 2, 16, 16, 1)).astype(np.float32)


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_each_step_leaves_the_other_network_alone(kind):
    model = make_model(kind)
    generator = weights(model.generator)
    critic = weights(model.critic)
    model.critic_step(REAL, Z)
    assert same(generator, model.generator)
    assert not any(
        (b == v.numpy()).all()
        for b, v in zip(critic, model.critic.trainable_variables, strict=True)
        if "kernel" in v.path
    )
    critic = weights(model.critic)
    model.generator_step(Z, REAL)
    assert same(critic, model.critic)
    assert not same(generator, model.generator)


def test_reported_losses_are_those_before_the_update():
    model = make_model()
    fake = model.generator(Z, training=True)
    expected = float(
        tf.reduce_mean(model.critic(fake, training=True))
        - tf.reduce_mean(model.critic(REAL, training=True))
    )
    assert float(model.critic_step(REAL, Z)["critic_loss"]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("kind", "spare"), [("wgan", 0), ("gan", 1)])
@pytest.mark.parametrize("updates", [1, 3])
def test_counts_of_updates(kind, spare, updates):
    model = make_model(kind)
    data = tf.data.Dataset.from_tensors(np.stack([REAL] * (updates + spare), 1)).repeat(2)
    model.fit(data, steps_per_epoch=2, verbose=0, shuffle=False)
    assert int(model.iteration) == 2
    # One optimizer for both networks, as in the original.
    assert int(model.optimizer.iterations) == 2 * (updates + 1)


def test_each_critic_update_sees_its_own_batch_and_its_own_z():
    """A training step is critic steps on the batches in order, then a generator step."""
    batches = RNG.uniform(-1, 1, (8, 3, 16, 16, 1)).astype(np.float32)
    whole, parts = make_model(), make_model()
    whole.fit(tf.data.Dataset.from_tensors(batches), verbose=0, shuffle=False)
    drawn = [parts._training_z(update, 8) for update in range(4)]
    assert len({z.numpy().tobytes() for z in drawn}) == 4
    for index in range(3):
        parts.critic_step(batches[:, index], drawn[index + 1])
    parts.generator_step(drawn[0])
    for one, other in zip(whole.critic.variables, parts.critic.variables, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), atol=2e-5, err_msg=one.path)


def test_schedule_of_varying_length_needs_one_trace():
    model = make_model()

    def batches():
        for count in (4, 2, 3):
            yield np.stack([REAL] * count, 1)

    data = tf.data.Dataset.from_generator(
        batches, output_signature=tf.TensorSpec((8, None, 16, 16, 1), tf.float32)
    )
    model.fit(data, steps_per_epoch=3, verbose=0, shuffle=False)
    assert int(model.optimizer.iterations) == 4 + 2 + 3 + 3


def test_real_and_generated_images_keep_their_own_statistics():
    model = make_model()
    bn = model.critic.get_layer("disc_bn1")
    names = [v.path for v in model.critic.non_trainable_variables]
    real_mean = model.real_statistics[names.index("disc_bn1/moving_mean")]

    def input_mean(images):
        hidden = keras.Model(model.critic.inputs[0], model.critic.get_layer("W_1").output)
        return hidden(images).numpy().mean(axis=(0, 1, 2))

    fake = model.generator(Z, training=True)
    expected_real, expected_fake = 0.1 * input_mean(REAL), 0.1 * input_mean(fake)
    model.critic_step(REAL, Z)
    np.testing.assert_allclose(real_mean.numpy(), expected_real, atol=1e-6)
    np.testing.assert_allclose(bn.moving_mean.numpy(), expected_fake, atol=1e-6)
    assert np.abs(expected_real - expected_fake).max() > 1e-5


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_mixed_precision_trains_and_scores_in_float32(kind, policy):
    model = make_model(kind, dtype=policy)
    assert model.critic.get_layer("W_0").compute_dtype == policy.removeprefix("mixed_")
    assert keras.config.dtype_policy().name == "float32"
    assert {v.dtype for v in model.trainable_variables} == {"float32"}
    before = weights(model)
    data = tf.data.Dataset.from_tensors(np.stack([REAL] * 3, 1)).repeat()
    logs = model.fit(data, steps_per_epoch=8, verbose=0, shuffle=False).history
    assert all(np.isfinite(v).all() for v in logs.values())
    assert not same(before, model)
    assert model.generate(Z).dtype == model.score(REAL).dtype == tf.float32
    assert np.isfinite(model.sample_loss(model.generate(Z), REAL))


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_xla_computes_the_same_updates(kind):
    """What a GPU runs is compiled by XLA; here its CPU compiler shows that all of it can be.

    Given z's, because XLA's generator draws others.
    """
    results = []
    for jit_compile in (False, True):
        model = strong(make_model(kind))

        def updates(model=model):
            logs = model.critic_step(REAL, Z)
            return logs | model.generator_step(Z, REAL if model.generator_needs_real else None)

        results.append(tf.function(updates, autograph=False, jit_compile=jit_compile)())
        images = tf.constant(np.stack([REAL] * 3, 1))
        tf.function(model.train_step, autograph=False, jit_compile=jit_compile)(images)
        assert int(model.iteration.numpy()) == 1
    for name, value in results[0].items():
        np.testing.assert_allclose(results[1][name], value, rtol=1e-3, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_whole_model_round_trip_in_keras(kind, tmp_path):
    model = make_model(kind)
    model.critic_step(REAL, Z)
    model.save(tmp_path / "model.keras")
    copy = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(copy.generate(Z), model.generate(Z))
    np.testing.assert_array_equal(copy.score(REAL), model.score(REAL))
    assert copy.get_config() == model.get_config()
    for one, other in zip(copy.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)
    assert TINY["generator_widths"] == tuple(copy.get_config()["generator_widths"])


def test_in_turn_one_side_moves_and_the_other_reports_nan():
    model = make_model("dcgan", compiled={"in_turn": True})
    critic, generator = weights(model.critic), weights(model.generator)
    logs = train(model, BATCHES[:, :1])
    assert same(generator, model.generator) and not same(critic, model.critic)
    assert np.isfinite(logs["critic_loss"]) and np.isnan(logs["generator_loss"])
    critic = weights(model.critic)
    logs = train(model, BATCHES[:, :0])
    assert same(critic, model.critic) and not same(generator, model.generator)
    assert np.isnan(logs["critic_loss"]) and np.isfinite(logs["generator_loss"])
    assert int(model.iteration) == 2 and int(model.optimizer.iterations) == 2
