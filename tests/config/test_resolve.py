"""Fields, presets, stored runs."""

import re

import pytest

from wgan_tf.config import Config, all_fields, field_type, readers
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError


def test_every_field_has_help_scope_and_real_modes():
    names = [field.name for _, field in all_fields()]
    assert len(names) == len(set(names))
    for _, field in all_fields():
        assert len(field.metadata["help"]) > 10
        assert field.metadata["scope"] in ("fixed", "training", "later", "free")
        assert readers(field.name), field.name
    words = {"all", *COMMANDS}.union(*(command.kinds for command in COMMANDS.values()))
    assert set.union(*(field.metadata["reads"] for _, field in all_fields())) <= words


def test_flat_round_trip():
    config = resolve({"dataset": "cifar10", "seed": 5, "clip_value": 0.25})
    assert Config.from_flat(config.flat()) == config


def test_defaults_of_a_folder_are_the_originals():
    config = resolve({"data_dir": "/pictures"})
    assert (config.data.crop, config.data.size, config.data.channels) == (108, 64, 3)
    assert config.network.generator_channels == (1024, 512, 256, 128)
    assert config.network.critic_channels == (64, 128, 256, 512)
    training = config.training
    assert (training.optimizer, training.learning_rate, training.optimizer_param) == (
        "RMSProp",
        5e-5,
        0.9,
    )
    assert (training.n_critic, training.clip_value, training.critic_boost) == (5, 0.01, True)
    gan = resolve({"data_dir": "/pictures", "model": "0"}).training
    assert (gan.optimizer, gan.learning_rate, gan.optimizer_param, gan.n_critic) == (
        "Adam",
        2e-4,
        0.5,
        1,
    )


def test_explicit_wins_over_preset_and_preset_over_default():
    assert resolve({}).data.size == 32
    assert resolve({"image_size": "28", "layers": 2}).data.size == 28
    assert resolve({"optimizer": "Adam"}).training.optimizer_param == 0.5


@pytest.mark.parametrize("size", [16, 28, 32, 64, 108, 128, 256])
def test_allowed_sizes(size):
    layers = 2 if size % 16 else 4
    assert resolve({"image_size": str(size), "layers": layers}).data.size == size


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"image_size": "8"}, "16 to 256"),
        ({"image_size": "512"}, "16 to 256"),
        ({"image_size": "30"}, "divisible"),
        ({"image_size": "a,b"}, "--image_size=a,b"),
        ({"image_size": "0,64"}, "--image_size"),
        ({"channels": 2}, "--channels=2"),
        ({"image_size": "²"}, "--image_size"),
        ({"layers": 5000}, "1 to 7"),
        ({"z_dim": 0}, "--z_dim=0"),
        ({"optimizer_param": 1.0}, "--optimizer_param"),
        ({"optimizer": "SGD"}, "RMSProp"),
        ({"generator_widths": "8,8"}, "3 numbers"),
        ({"critic_widths": "a"}, "--critic_widths"),
        ({"mode": "z_iterator", "start": "noise"}, "--start"),
    ],
)
def test_what_cannot_be_is_named(values, word):
    with pytest.raises(UsageError, match=word):
        resolve(values)


def test_stored_run_stands_in_for_defaults_and_refuses_contradictions():
    stored = resolve({"dataset": "cifar10", "z_dim": 7, "logs_dir": "there"})
    again = resolve({"mode": "train", "logs_dir": "there", "iterations": 9}, stored)
    assert (again.data.dataset, again.network.z_dim, again.training.iterations) == ("cifar10", 7, 9)
    for name, value in (("z_dim", 8), ("clip_value", 0.5), ("seed", 3), ("beta_2", 0.5)):
        with pytest.raises(UsageError, match=f"--{name}={value}"):
            resolve({"mode": "train", name: value}, stored)
    with pytest.raises(UsageError, match="--z_dim=8"):
        resolve({"mode": "visualize", "z_dim": 8}, stored)
    # What only training fixes is free elsewhere.
    assert resolve({"mode": "visualize", "seed": 3}, stored).run.seed == 3


def test_learning_rate_of_an_iterator_is_the_flag_as_in_the_original():
    stored = resolve({"logs_dir": "there"})
    config = resolve({"mode": "z_iterator_visualize", "learning_rate": 3e-5}, stored)
    assert config.run.mode == "z_iterator"
    assert config.refinement.iterator_learning_rate == 3e-5
    assert config.training.learning_rate == stored.training.learning_rate
    assert resolve({"data_dir": "/x"}).refinement.iterator_learning_rate == 5e-5


def test_another_optimizer_for_an_iterator_brings_its_own_parameter():
    stored = resolve({"logs_dir": "there"})
    config = resolve({"mode": "z_iterator", "optimizer": "Adam"}, stored)
    assert (config.training.optimizer, config.training.optimizer_param) == ("Adam", 0.5)


def test_data_dir_of_a_named_data_set_is_where_it_is_kept():
    stored = resolve({"dataset": "cifar10", "data_dir": "/here"})
    again = resolve({"mode": "train", "data_dir": "/there"}, stored)
    assert (again.data.dataset, again.data.data_dir) == ("cifar10", "/there")
    folder = resolve({"data_dir": "/here"})
    with pytest.raises(UsageError, match="--data_dir=/there"):
        resolve({"mode": "train", "data_dir": "/there"}, folder)


@pytest.mark.parametrize("bad", [{"no_such": 1}, {"z_dim": "7"}, {"z_dim": True}, {"seed": None}])
def test_stored_fields_are_checked_one_by_one(bad):
    name = next(iter(bad))
    with pytest.raises(UsageError, match=name):
        Config.from_flat({**resolve({}).flat(), **bad})


@pytest.mark.parametrize("dataset", ["mnist5k", "array-0123456789ab", "cifar10"])
def test_a_folder_given_to_a_run_of_another_data_set_is_never_ignored(dataset, tmp_path):
    (tmp_path / "a.png").touch()
    stored = resolve({"dataset": dataset, "logs_dir": "there", "model": "gan"})
    refused = f"^--data_dir={tmp_path}: the run in there was started with {dataset}; leave"
    with pytest.raises(UsageError, match=refused):
        resolve({"mode": "train", "data_dir": str(tmp_path)}, stored)
    for mode in ("project", "evaluate", "fit_ratio", "image_iterator"):
        config = resolve({"mode": mode, "data_dir": str(tmp_path)}, stored)
        assert (config.data.dataset, config.data.data_dir) == ("folder", str(tmp_path)), mode


def test_a_folder_has_no_meaning_beside_images_that_lie_in_none():
    with pytest.raises(UsageError, match="^--data_dir=/x: mnist5k lies in no folder; leave out"):
        resolve({"dataset": "mnist5k", "data_dir": "/x"})
    # Earlier versions stored it in vain.
    stored = resolve({"logs_dir": "there"}).but(data_dir="/x")
    assert resolve({"mode": "train"}, stored).data.dataset == "mnist5k"


def test_the_folder_of_a_run_is_not_where_another_data_set_lies(tmp_path):
    stored = resolve({"data_dir": str(tmp_path), "logs_dir": "there"})
    config = resolve({"mode": "evaluate", "dataset": "cifar10"}, stored)
    assert (config.data.dataset, config.data.data_dir) == ("cifar10", None)


# Texts whose help speaks of folders, and that are none.
_NO_PATHS = {"dataset", "split", "on_nan", "keep_best", "shard_format"}
_PATHS = sorted(
    field.name
    for _, field in all_fields()
    if field_type(field) is str
    and field.name not in _NO_PATHS
    and re.search(r"folder|FILE|\.npz|checkpoint|RUN", field.metadata["help"])
)


@pytest.mark.parametrize("name", _PATHS)
def test_the_home_folder_is_meant_by_a_tilde_in_every_path(name, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    mode = next(iter(readers(name)))
    value = resolve({"mode": mode, name: "~/x"}).flat()[name]
    assert value == "/home/me/x"
