"""What is set where a flag is not given."""

import numpy as np
import pytest
from PIL import Image

from wgan_tf.config import memory
from wgan_tf.config.as_command import flags_of
from wgan_tf.config.resolve import default_logs_dir, resolve
from wgan_tf.data.given import hold
from wgan_tf.errors import UsageError


def test_defaults_and_starts_of_the_modes():
    stored = resolve({"mode": "demo", "logs_dir": "there", "nr_iter_vis": 7})
    config = resolve({"mode": "max_features"}, stored)
    assert config.refinement.nr_iter_vis == 200 and config.refinement.start == "mean"
    assert config.refinement.iterator_learning_rate == 0.1
    again = resolve({"mode": "max_class", "nr_iter_vis": 3, "start": "noise"}, stored).refinement
    assert (again.nr_iter_vis, again.start) == (3, "noise")
    assert resolve({"mode": "image_iterator"}, stored).refinement.nr_iter_vis == 7
    for mode, start in (
        ("max_class", "generated"),
        ("max_features", "real"),
        ("image_iterator", "mean"),
    ):
        with pytest.raises(UsageError, match=f"--start={start}"):
            resolve({"mode": mode, "start": start}, stored)


def test_a_loss_brings_its_networks_rates_and_folder():
    config = resolve({"loss": "hinge"})
    assert (config.network.model, config.training.optimizer) == ("dcgan", "Adam")
    assert default_logs_dir({"loss": "hinge"}).endswith("mnist5k_dcgan_hinge")
    clipped = resolve({"loss": "wasserstein", "data_dir": "/x"}).training
    assert (clipped.optimizer, clipped.n_critic, clipped.learning_rate) == ("RMSProp", 5, 5e-5)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"loss": "hinge", "model": "wgan"}, "--loss=hinge: wgan has a loss of its own"),
        ({"loss": "hinges"}, "least_squares"),
        ({"minibatch_discrimination": True}, "--minibatch_discrimination: wgan has none"),
        ({"model": "wgan", "kernel_size": 3}, "--kernel_size=3: wgan has kernels of its own; use"),
        ({"model": "acgan", "upsampling": "resize"}, "--upsampling=resize: acgan has a way of its"),
        ({"spectral_norm": True}, "--spectral_norm: wgan has none; use --model=gan or"),
        ({"loss": "wasserstein", "spectral_norm": True}, "--spectral_norm: --loss=wasserstein cl"),
        ({"alternate": "epochs:1"}, "epochs:1,1"),
        ({"alternate": "epochs:0,1"}, "epochs:1,1"),
        ({"alternate": "epochs:1,1", "matched_batches": 2}, "leave out --alternate"),
        ({"alternate": "epochs:1,1", "critic_boost": True}, "--critic_boost"),
        ({"r1": 5.0}, "--r1=5: wgan clips the critic's weights"),
        ({"loss": "wasserstein", "r1": 0.5}, "--r1=0.5: --loss=wasserstein clips"),
        ({"model": "infogan", "z_dim": 12}, "10 categories and 2 codes"),
    ],
)
def test_what_a_game_has_not_is_refused(values, word):
    with pytest.raises(UsageError, match=word):
        resolve(values)


def test_default_folders_and_presets():
    assert default_logs_dir({"mode": "train_judge"}).endswith("judge_mnist5k")
    assert default_logs_dir({"mode": "study", "dataset": "mnist"}).endswith("study_mnist")
    values = {"mode": "train_classifier", "dataset": "cifar10"}
    assert default_logs_dir(values).endswith("cifar10_classifier")
    config = resolve(values)
    assert (config.network.network, config.network.critic_channels) == ("fast", (64,))
    assert (config.data.size, config.data.channels) == (32, 3)
    config = resolve({**values, "network": "homework"})
    assert (config.network.critic_channels, config.classifier.augmentation) == ((196,), "cropped")
    config = resolve({"model": "acgan", "dataset": "cifar10", "preset": "full"})
    assert config.network.critic_channels == config.network.generator_channels == (196,)
    training = config.training
    assert (training.learning_rate, training.optimizer_param, training.beta_2) == (1e-4, 0.0, 0.9)
    assert (config.data.batch_size, config.data.size, config.data.channels) == (128, 32, 3)
    original = resolve({"dataset": "cifar10", "preset": "full", "image_size": "32"})
    assert original.training.clip_value == 0.01 and original.network.disc_dimension == 64


def small(**flags):
    config = resolve(flags)
    data, network = config.data, config.network
    return data.image_size, data.channels, network.layers, network.gen_dimension


@pytest.mark.parametrize("name", ["fashion_mnist", "kmnist", "emnist", "emnist/letters"])
def test_small_grey_sets_have_the_settings_of_digits(name):
    ours = resolve({"dataset": name}).flat()
    digits = resolve({"dataset": "mnist"}).flat()
    different = {key for key in ours if ours[key] != digits[key]}
    assert different == {"dataset", "logs_dir"}
    assert ours["iterations"] == 2000 and ours["learning_rate"] == 2e-3
    # The original's settings, on grey images.
    full = resolve({"dataset": name, "preset": "full"})
    assert (full.data.image_size, full.data.channels) == ("108,64", 1)
    assert full.training.critic_boost and full.training.iterations == 100_000
    assert full.network.critic_channels == (64, 128, 256, 512)


def test_small_ones_in_colour_have_those_of_cifar10():
    ours, cifar10 = (resolve({"dataset": name}).flat() for name in ("svhn_cropped", "cifar10"))
    assert {key for key in ours if ours[key] != cifar10[key]} == {"dataset", "logs_dir"}
    assert small(dataset="svhn_cropped") == ("32", 3, 3, 4)


def test_larger_ones_have_pictures():
    assert small(dataset="stl10") == small(dataset="oxford_flowers102") == ("64", 3, 4, 4)
    assert small(dataset="celeb_a") == ("108,64", 3, 4, 4)
    training = resolve({"dataset": "stl10"}).training
    assert not training.critic_boost and training.iterations <= 20_000
    # Networks of one width have their own, for images of one size.
    assert small(dataset="stl10", model="wgan_gp") == ("32", 3, 3, 32)
    classifier = resolve({"dataset": "stl10", "mode": "train_classifier"})
    assert (classifier.data.image_size, classifier.data.fit) == ("64", "squeeze")


def test_folders_and_arrays_by_their_images(tmp_path):
    for name, mode, size in (
        ("digits", "L", (28, 28)), ("tiny", "RGB", (32, 24)), ("grey", "L", (50, 90)),
        ("faces", "RGB", (178, 218)),
    ):  # fmt: skip
        (tmp_path / name).mkdir()
        Image.new(mode, size).save(tmp_path / name / "1.png")

    def folder(name, **flags):
        return small(data_dir=str(tmp_path / name), **flags)

    assert folder("digits") == ("32", 1, 3, 2)
    assert folder("tiny") == ("32", 3, 3, 4)
    assert folder("grey") == ("64", 1, 4, 4)
    assert resolve({"data_dir": str(tmp_path / "digits")}).data.fit == "crop"
    # CelebA's folder is trained on as by the original, unless somebody asks for less.
    assert folder("faces") == folder("faces", preset="full") == ("108,64", 3, 4, 16)
    assert folder("faces", preset="small") == ("108,64", 3, 4, 4)
    config = resolve({"data_dir": str(tmp_path / "faces")})
    assert config.run.preset == "full" and flags_of(config) == {"data_dir": config.data.data_dir}
    array = hold(np.zeros((2, 28, 28, 1), np.uint8))
    assert small(dataset=array) == ("32", 1, 3, 2)


def test_a_run_from_before_is_still_made_by_a_command(tmp_path):
    """It has the preset's name and the original's values."""
    Image.new("RGB", (178, 218)).save(tmp_path / "1.png")
    config = resolve({"data_dir": str(tmp_path)}).but(preset="small")
    assert resolve(flags_of(config)) == config


@pytest.mark.parametrize(
    ("size", "layers"), [("28", 2), ("20", 2), ("48", 4), ("56", 3), ("24,24", 3), ("128", 4)]
)
def test_layers_fit_the_size_that_is_asked_for(size, layers):
    dataset = "mnist5k" if size in ("28", "20", "24,24") else "stl10"
    assert resolve({"dataset": dataset, "image_size": size}).network.layers == layers
    for size in ("30", "100", "36"):
        with pytest.raises(UsageError, match="not divisible"):
            resolve({"dataset": "stl10", "image_size": size})
    with pytest.raises(UsageError, match="not divisible"):
        resolve({"dataset": "mnist5k", "image_size": "28", "layers": 3})


def test_what_does_not_fit_in_memory_is_said_and_tried(monkeypatch):
    monkeypatch.setattr(memory, "machine_bytes", lambda: 2**20)
    notes = []
    resolve({"mode": "train"}, None, notes)
    assert len(notes) == 1 and "GiB at least and this machine has 0: it may end" in notes[0]
    monkeypatch.setattr(memory, "machine_bytes", lambda: 2**40)
    resolve({"mode": "train"}, None, notes)
    assert len(notes) == 1
