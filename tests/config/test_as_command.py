"""A configuration as the command that makes it."""

import shlex

import pytest

from wgan_tf.config.as_command import command_of, flags_of
from wgan_tf.config.resolve import resolve

COMMANDS = [
    {},
    {"mode": "train", "iterations": 60, "logs_dir": "/elsewhere/my run"},
    {"preset": "full"},
    {"preset": "film", "film_grid": 3},
    {"model": "gan"},
    {"model": "dcgan", "loss": "hinge", "minibatch_discrimination": True},
    {"model": "dcgan", "loss": "wasserstein", "clip_value": 0.02},
    {"loss": "least_squares"},
    {"loss": "hinge", "alternate": "epochs:1,1"},
    {"model": "acgan", "dataset": "cifar10", "learning_rate": 1e-3},
    {"model": "wgan_gp", "optimizer": "keras_adam", "optimizer_param": 0.25},
    {"optimizer": "Adam"},
    {"model": "infogan", "categories": 12, "z_dim": 30, "codes": 3},
    {"mode": "train_classifier", "network": "homework", "epochs": 2},
    {"mode": "train_judge", "dataset": "cifar10"},
    {"mode": "demo", "iterations": 3, "nr_iter_vis": 5},
    {"dataset": "oxford_flowers102", "split": "test", "critic_boost": False},
    {"image_size": "16", "layers": 2, "seed": 7, "deterministic": True},
    {"mode": "study", "study_seeds": 2},
]


@pytest.mark.parametrize("given", COMMANDS, ids=str)
def test_the_flags_make_the_same_configuration_and_are_no_more_than_were_given(given):
    config = resolve(given)
    flags = flags_of(config)
    assert resolve(flags) == config
    assert len(flags) <= len(given)


def test_a_folder_of_images(tmp_path):
    config = resolve({"data_dir": str(tmp_path), "image_size": "32"})
    assert flags_of(config) == {"data_dir": str(tmp_path), "image_size": "32"}
    assert resolve({"data_dir": str(tmp_path)}).data.image_size == "64"


def test_the_command_is_quoted_for_a_shell():
    config = resolve({"logs_dir": "my runs/it's $HOME", "critic_boost": True, "n_critic": 2})
    command = command_of(config)
    assert "\n" not in command
    assert shlex.split(command) == [
        "python", "main.py", "--mode=train", "--logs_dir=my runs/it's $HOME", "--n_critic=2",
        "--critic_boost",
    ]  # fmt: skip
    assert command_of(resolve({"preset": "full", "critic_boost": False})) == (
        "python main.py --mode=train --preset=full --critic_boost=false"
    )


def test_what_no_command_makes_is_written_out():
    config = resolve({}).but(categories=10_000, z_dim=9, model="infogan")
    assert flags_of(config)["categories"] == 10_000
