"""How much a training computes."""

import pytest

from wgan_tf.config.effort import effort, smaller
from wgan_tf.config.resolve import resolve
from wgan_tf.machine.arithmetic import workloads
from wgan_tf.runs import build_model


@pytest.mark.parametrize("flags", [{}, {"dataset": "cifar10"}, {"dataset": "stl10", "n_critic": 2}])
def test_it_is_what_the_layers_say(flags):
    config = resolve({**flags, "critic_boost": False, "iterations": 7})
    model = build_model(config)
    counted = workloads(model, config.data.batch_size, config.training.n_critic)["iteration"]
    # A multiplication and an addition each; the score and the first layer are ends.
    assert 2e-9 * effort(config) / 7 == pytest.approx(counted, rel=0.1)


def test_boosted_iterations_count_as_what_they_are():
    plain, boosted = (
        resolve({"preset": "full", "iterations": 24, "critic_boost": on, "n_critic": 5})
        for on in (False, True)
    )
    assert 4 < effort(boosted) / effort(plain) < 5


def test_the_small_preset_of_a_command_keeps_what_it_says(tmp_path):
    config = resolve({"dataset": "svhn_cropped", "preset": "full", "seed": 3, "logs_dir": "there"})
    small = smaller(config)
    assert small == resolve({"dataset": "svhn_cropped", "seed": 3, "logs_dir": "there"})
    assert effort(small) < 0.02 * effort(config)
    few = smaller(resolve({"preset": "full", "iterations": 50}))
    assert few.training.iterations == 50 and few.network.layers == 3
    # There is nothing smaller, or hardly anything.
    assert smaller(resolve({})) is None
    sizes = {"image_size": "32", "layers": 3, "z_dim": 64, "gen_dimension": 2, "n_critic": 1}
    sizes |= {"disc_dimension": 16, "critic_boost": False, "iterations": 2000}
    assert smaller(resolve({"preset": "full", **sizes})) is None
