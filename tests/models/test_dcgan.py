"""The game on the DCGAN networks, with every loss by name."""

import keras
import numpy as np
import pytest

from tests.tiny import make_model, same, strong, weights
from wgan_tf.models import LOSSES
from wgan_tf.models.matching import Matching

RNG = np.random.default_rng(0)
REAL = RNG.uniform(-1, 1, (8, 16, 16, 1)).astype(np.float32)


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


@pytest.mark.parametrize("kind", ["dcgan", "infogan"])
def test_round_trip_in_keras(kind, tmp_path):
    compiled = {"in_turn": True, "matching": Matching(2, 0.3)}
    model = make_model(
        kind,
        compiled=compiled,
        loss_name="hinge",
        minibatch_discrimination=True,
        upsampling="resize",
    )
    path = tmp_path / "model.keras"
    model.save(path)
    loaded = keras.models.load_model(path)
    assert (loaded.loss_name, loaded.in_turn, loaded.matching) == ("hinge", True, Matching(2, 0.3))
    assert loaded.upsampling == "resize"
    z = model.sample_z(4)
    np.testing.assert_array_equal(loaded.generate(z), model.generate(z))
    np.testing.assert_array_equal(loaded.score(REAL), model.score(REAL))
