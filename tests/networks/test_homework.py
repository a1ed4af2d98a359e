"""The homework's networks, of its size and of others."""

import numpy as np
import pytest

from wgan_tf.networks import NETWORKS


def test_the_homeworks_networks_have_its_shapes():
    networks = NETWORKS["homework"](32, 3, 100, (196,), (196,), classes=10)
    critic = networks.build_critic()
    sides = [critic.get_layer(f"leaky_{number}").output.shape[1] for number in range(1, 9)]
    assert sides == [32, 16, 16, 8, 8, 8, 8, 4]
    assert {critic.get_layer(f"leaky_{number}").output.shape[3] for number in range(1, 9)} == {196}
    assert critic.get_layer("pool").output.shape == (None, 1, 1, 196)
    assert [output.shape for output in critic.outputs] == [(None,), (None, 10)]
    assert critic.get_layer("norm_2").gamma.shape == (16, 16, 196)
    generator = networks.build_generator()
    sides = [generator.get_layer(f"relu_{number}").output.shape[1] for number in range(1, 9)]
    assert sides == [4, 8, 8, 8, 8, 16, 16, 32]
    assert generator.output.shape == (None, 32, 32, 3)
    # The classifier is the same network without the score.
    alone = networks.build_classifier()
    shapes = [
        {v.path: v.shape for v in network.variables if "score" not in v.path}
        for network in (critic, alone)
    ]
    assert shapes[0] == shapes[1]
    for one, two in zip(critic.variables, alone.variables, strict=False):
        if "score" in one.path:
            break
        np.testing.assert_array_equal(one.numpy(), two.numpy(), err_msg=one.path)


@pytest.mark.parametrize("size", [16, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_one_width_networks_of_other_sizes(size, channels):
    networks = NETWORKS["homework"](size, channels, 7, (4,), (5,))
    images = networks.build_generator()(np.zeros((2, 7), np.float32))
    assert images.shape == (2, size, size, channels)
    assert networks.build_critic()(images).shape == (2,)
