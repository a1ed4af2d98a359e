"""The dense networks, and a game that is played with them."""

import numpy as np
import pytest

from wgan_tf.models import MODELS
from wgan_tf.training.toy_game import make_game


def test_points_are_images_of_one_pixel():
    model = make_game("wgan_gp", 3)
    z = model.sample_z(5)
    images = model.generate(z)
    assert images.shape == (5, 1, 1, 2)
    assert model.score(images).shape == (5,)
    assert model.judged(images).features.shape == (5, 128)
    # Kinks of the first layer are not all in one point.
    assert np.ptp(model.critic.get_layer("critic_0").bias.numpy()) > 0.5


@pytest.mark.parametrize("name", ["wgan", "wgan_gp", "dcgan"])
def test_a_game_remembers_its_network(name):
    model = make_game(name)
    config = model.get_config()
    assert config["network"] == "points"
    again = MODELS[name].from_config(config)
    for one, other in zip(model.generator.weights, again.generator.weights, strict=True):
        assert np.array_equal(one.numpy(), other.numpy())
