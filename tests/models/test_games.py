"""The games on the DCGAN networks: losses by name, turns, codes, minibatch discrimination, matched
mini-batches.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import make_model, strong
from wgan_tf.models import LOSSES
from wgan_tf.models.infogan import CATEGORY_WEIGHT, CODE_WEIGHT
from wgan_tf.models.losses import class_loss, code_loss
from wgan_tf.models.matching import Matching, matched

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)
BATCHES = RNG.uniform(-1, 1, (8, 2, 16, 16, 1)).astype(np.float32)


def weights(network):
    return [v.numpy().copy() for v in network.trainable_variables]


def same(before, network):
    pairs = zip(before, network.trainable_variables, strict=True)
    return all((b == v.numpy()).all() for b, v in pairs)


def train(model, batches, steps=1):
    data = tf.data.Dataset.from_tensors(batches).repeat(steps)
    fitted = model.fit(data, steps_per_epoch=steps, verbose=0, shuffle=False)
    return {name: values[-1] for name, values in fitted.history.items()}


# ---------------------------------------------------------------------------- losses by name


@pytest.mark.parametrize("name", list(LOSSES))
def test_each_step_moves_one_network_by_the_loss_it_reports(name):
    model = strong(make_model("dcgan", loss_name=name))
    z = model.sample_z(8)
    judged = [
        model.critic(images, training=True).numpy()
        for images in (REAL, model.generator(z, training=True))
    ]
    generator = weights(model.generator)
    logs = model.critic_step(REAL, z)
    expected = float(LOSSES[name].critic(*judged))
    assert float(logs["critic_loss"]) == pytest.approx(expected, rel=1e-5)
    assert same(generator, model.generator)
    critic = weights(model.critic)
    logs = model.generator_step(z)
    assert same(critic, model.critic) and not same(generator, model.generator)
    assert np.isfinite(float(logs["generator_loss"]))


def test_only_the_wasserstein_loss_clips():
    for name, bound in (("wasserstein", True), ("hinge", False)):
        model = strong(make_model("dcgan", loss_name=name, clip_value=0.02))
        model.critic_step(REAL, model.sample_z(8))
        largest = max(np.abs(v.numpy()).max() for v in model.critic.trainable_variables)
        assert (largest <= np.float32(0.02)) == bound


# ------------------------------------------------------------------------------------- turns


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


# ------------------------------------------------------------------- minibatch discrimination


def test_nearness_is_what_the_paper_says_but_a_mean():
    model = make_model("dcgan", minibatch_discrimination=True)
    critic = model.critic
    features = keras.Model(critic.inputs[0], critic.get_layer("flat").output)(REAL).numpy()
    joined = keras.Model(critic.inputs[0], critic.get_layer("with_nearness").output)(REAL).numpy()
    views = (features @ critic.get_layer("views").kernel.numpy()).reshape(8, 50, 5)
    expected = np.zeros((8, 50))
    for i in range(8):
        for j in range(8):
            expected[i] += np.exp(-np.abs(views[i] - views[j]).sum(1)) / 8
    np.testing.assert_allclose(joined[:, features.shape[1] :], expected, rtol=1e-4)


def test_a_collapsed_batch_is_as_near_as_can_be():
    critic = make_model("dcgan", minibatch_discrimination=True).critic
    seen = keras.Model(critic.inputs[0], critic.get_layer("with_nearness").output)
    np.testing.assert_allclose(seen(np.repeat(REAL[:1], 5, 0)).numpy()[:, -50:], 1.0, rtol=1e-5)
    assert seen(REAL).numpy()[:, -50:].max() < 1.0


def test_a_score_depends_on_the_batch_only_with_it():
    for given in (True, False):
        model = strong(make_model("dcgan", minibatch_discrimination=given))
        alone = model.score(REAL[:1]).numpy()
        beside = model.score(REAL).numpy()[:1]
        assert np.allclose(alone, beside, rtol=1e-5) != given


# ------------------------------------------------------------------------------------ infogan


def test_latents_begin_with_category_and_codes():
    for prior in ("uniform", "normal"):
        model = make_model("infogan", z_prior=prior)
        z = model.sample_z(200, 3).numpy()
        assert (z[:, :4].argmax(1) == np.arange(200) % 4).all() and (z[:, :4].sum(1) == 1).all()
        codes, noise = z[:, 4:6], z[:, 6:]
        assert np.abs(codes).max() <= 1 and codes.std() == pytest.approx(1 / np.sqrt(3), abs=0.06)
        assert (np.abs(noise).max() > 1) == (prior == "normal")


def test_code_loss_by_hand():
    means, codes = np.float32([[1, -2], [0, 3]]), np.float32([[0.5, 0], [1, -1]])
    # Squares 0.25 + 4 and 1 + 16; halves of their mean.
    assert float(code_loss(means, codes)) == pytest.approx((4.25 + 17) / 4)


def test_both_sides_minimise_the_missed_information():
    model = strong(make_model("infogan"))
    z = model.sample_z(8, 1)
    fake = model.generator(z, training=True)
    score_fake, logits, codes = (x.numpy() for x in model.critic(fake, training=True))
    score_real = model.critic(REAL, training=True)[0].numpy()
    asked = np.arange(8) % 4
    category, code = float(class_loss(logits, asked)), float(code_loss(codes, z[:, 4:6]))
    missed = CATEGORY_WEIGHT * category + CODE_WEIGHT * code
    loss = LOSSES["non_saturating"]
    logs = model.critic_step(REAL, z)
    expected = float(loss.critic(score_real, score_fake)) + missed
    assert float(logs["critic_loss"]) == pytest.approx(expected, rel=1e-5)
    assert float(logs["category_loss"]) == pytest.approx(category, rel=1e-5)
    assert float(logs["code_loss"]) == pytest.approx(code, rel=1e-5)
    assert float(logs["accuracy_fake"]) == np.mean(logits.argmax(1) == asked)
    score_fake, logits, codes = (x.numpy() for x in model.critic(fake, training=True))
    missed = CATEGORY_WEIGHT * class_loss(logits, asked) + CODE_WEIGHT * code_loss(codes, z[:, 4:6])
    logs = model.generator_step(z)
    expected = float(loss.generator(score_fake)) + float(missed)
    assert float(logs["generator_loss"]) == pytest.approx(expected, rel=1e-4)


def test_infogan_learns_to_read_its_categories():
    model = make_model("infogan", rate=5e-3, codes=0)
    first = train(model, BATCHES[:, :1])["category_loss"]
    assert train(model, BATCHES[:, :1], 60)["category_loss"] < 0.5 * first


# ----------------------------------------------------------------------- matched mini-batches


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


# ------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("kind", ["dcgan", "infogan"])
def test_round_trip_in_keras(kind, tmp_path):
    compiled = {"in_turn": True, "matching": Matching(2, 0.3)}
    model = make_model(
        kind, compiled=compiled, loss_name="hinge", minibatch_discrimination=True
    )
    path = tmp_path / "model.keras"
    model.save(path)
    loaded = keras.models.load_model(path)
    assert (loaded.loss_name, loaded.in_turn, loaded.matching) == ("hinge", True, Matching(2, 0.3))
    z = model.sample_z(4)
    np.testing.assert_array_equal(loaded.generate(z), model.generate(z))
    np.testing.assert_array_equal(loaded.score(REAL), model.score(REAL))
