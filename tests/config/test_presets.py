"""What is set where a flag is not given."""

import pytest

from wgan_tf.config.resolve import default_logs_dir, resolve
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
