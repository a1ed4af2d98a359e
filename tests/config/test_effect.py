"""A mode obeys the flags that it reads, and only those; `tests/modes/conftest.py` checks which."""

import pytest

from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError
from wgan_tf.models import GAMES

STORED = {"logs_dir": "there", "clip_value": 0.05}


def noted(explicit, stored=None):
    """The configuration, and the lines on what has no effect."""
    notes = []
    return resolve(explicit, stored, notes), notes


@pytest.mark.parametrize(
    ("mode", "flag", "stored", "line"),
    [
        ("evaluate", {"clip_value": 3.0}, STORED, "--clip_value=3.0 has no effect in "
         "--mode=evaluate: the stored 0.05 holds"),
        ("z_iterator", {"loss": "hinge"}, {"model": "dcgan", "logs_dir": "there"},
         "--loss=hinge has no effect in --mode=z_iterator: the stored non_saturating holds"),
        ("visualize", {"iterations": 7}, {"iterations": 5, "logs_dir": "there"},
         "--iterations=7 has no effect in --mode=visualize: the stored 5 holds"),
        ("traverse", {"data_dir": "/there"}, {"data_dir": "/here", "logs_dir": "there"},
         "--data_dir=/there has no effect in --mode=traverse: the stored /here holds"),
        ("visualize", {"learning_rate": 1.0}, {"learning_rate": 0.5, "logs_dir": "there"},
         "--learning_rate=1.0 has no effect in --mode=visualize: the stored 0.5 holds"),
        ("train", {"n_critic": 5}, {"model": "infogan", "alternate": "epochs:1,1"},
         "--n_critic=5 has no effect with --alternate=epochs:1,1"),
    ],
)
def test_what_a_mode_does_not_read_leaves_the_stored_value(mode, flag, stored, line):
    stored = resolve(stored)
    config, notes = noted({"mode": mode, **flag}, stored)
    assert notes == [line]
    assert config == resolve({"mode": mode}, stored)


@pytest.mark.parametrize(
    ("flags", "name", "where"),
    [
        ({"epochs": 5}, "epochs", "in --mode=train"),
        ({"augmentation": "shifted"}, "augmentation", "in --mode=train"),
        ({"nr_iter_vis": 5}, "nr_iter_vis", "in --mode=train"),
        ({"model": "wgan_gp", "clip_value": 0.5}, "clip_value", "with --model=wgan_gp"),
        ({"model": "gan", "penalty_weight": 1.0}, "penalty_weight", "with --model=gan"),
        ({"categories": 5}, "categories", "with --model=wgan"),
        ({"sample_epochs": "1"}, "sample_epochs", "with --model=wgan"),
        ({"network": "judge"}, "network", "with --model=wgan"),
        ({"loss": "hinge", "clip_value": 0.5}, "clip_value", "with --loss=hinge"),
        ({"model": "infogan", "n_critic": 5, "alternate": "epochs:1,1"}, "n_critic",
         "with --alternate=epochs:1,1"),
        ({"mode": "train_judge", "augment": "mirror"}, "augment", "in --mode=train_judge"),
        ({"mode": "toy", "augment": "mirror"}, "augment", "in --mode=toy"),
        ({"mode": "demo", "start": "noise"}, "start", "in --mode=demo"),
        ({"mode": "train_classifier", "z_dim": 5}, "z_dim", "with --model=classifier"),
        ({"mode": "benchmark", "iterations": 5}, "iterations", "in --mode=benchmark"),
    ],
)
def test_a_new_run_does_not_store_it_and_the_same_command_goes_on(flags, name, where):
    config, notes = noted(flags)
    assert notes == [f"--{name}={flags[name]} has no effect {where}"]
    others = {key: value for key, value in flags.items() if key != name}
    assert config == resolve(others)
    again, _ = noted(flags, config)
    assert again == config


def test_a_value_that_holds_anyway_is_no_news():
    stored = resolve(STORED)
    assert noted({"mode": "evaluate", "clip_value": 0.05}, stored)[1] == []
    assert noted({"mode": "visualize", "dataset": "mnist5k", "preset": "small"}, stored)[1] == []


def test_what_is_read_takes_effect_without_a_word():
    stored = resolve(STORED)
    config, notes = noted({"mode": "z_iterator", "learning_rate": 0.5, "optimizer": "Adam"}, stored)
    assert not notes and config.refinement.iterator_learning_rate == 0.5
    assert config.training.optimizer == "Adam"
    config, notes = noted({"loss": "wasserstein", "clip_value": 0.5})
    assert not notes and config.training.clip_value == 0.5


def test_contradictions_and_losses_of_other_games_stay_errors():
    stored = resolve(STORED)
    for mode, flag, word in (
        ("evaluate", {"z_dim": 5}, "--z_dim=5"),
        ("train", {"clip_value": 0.5}, "--clip_value=0.5"),
        ("visualize", {"model": "gan"}, "--model=gan"),
        ("train", {"loss": "hinge"}, "wgan has a loss of its own"),
        ("visualize", {"minibatch_discrimination": True}, "wgan has none"),
        # It has no effect there, and can have none anywhere.
        ("visualize", {"clip_value": -1.0}, "must be positive"),
    ):
        with pytest.raises(UsageError, match=word):
            resolve({"mode": mode, **flag}, stored)


@pytest.mark.parametrize("model", [name for name, game in GAMES.items() if game.generator])
def test_each_iterator_starts_from_what_it_can(model):
    wide = {"model": model, "z_dim": 20, "logs_dir": "there"}
    stored = resolve({**wide, **({"classes": 10} if model == "acgan" else {})})
    for start in ("noise", "real", "mean"):
        with pytest.raises(UsageError, match=f"--start={start}: --mode=z_iterator starts from gen"):
            resolve({"mode": "z_iterator", "start": start}, stored)
    config = resolve({"mode": "image_iterator", "start": "noise"}, stored)
    assert config.refinement.start == "noise"
    with pytest.raises(UsageError, match="--start=mean"):
        resolve({"mode": "image_iterator", "start": "mean"}, stored)
