"""Fixtures of the modes' tests; in each of them a mode reads those fields of the configuration that
it says it reads.
"""

import dataclasses
import functools
import sys

import pytest

from tests.tiny import make_model, strong
from wgan_tf import runs
from wgan_tf.config import Config, all_fields, as_command, reads
from wgan_tf.config.commands import COMMANDS
from wgan_tf.models import OF_SOME

# What modes read and no flag says: they set it themselves, or it stands as it is by default.
NOT_BY_FLAGS = {
    "demo": {"start", "begin_from"},
    "train_judge": {"begin_from"},
    "benchmark": {"alternate", "augment", "matched_batches", "matched_rate", "r1"},
    "compare_discriminators": {"layer"},
    "latent_map": {"generated", "real"},
    "study": {
        "begin_from", "evaluate_every", "checkpoint", "generated", "real", "iterations",
        # Of the judge that it trains.
        "augmentation", "epochs", "label_smoothing", "weight_decay",
    },
    "matched_study": {"begin_from", "evaluate_every", "checkpoint", "generated", "real"},
    "import_tf1": {"start", "stop_at_real", "count", "shard_size"},
}


def said(mode: str) -> set[str]:
    """The fields that a mode may read."""
    names = {field.name for _, field in all_fields() if reads(mode, field.name)}
    # By what its game was trained with, a run's networks are built, as it is stored.
    stored = OF_SOME if COMMANDS[mode].needs in ("run", "images") else set()
    return names | stored | NOT_BY_FLAGS.get(mode, set())


@pytest.fixture
def loaded(monkeypatch):
    """Every run is loaded as one tiny model with large weights."""

    def load(kind="wgan", **changes):
        model = strong(make_model(kind, **changes))
        monkeypatch.setattr(runs, "load_trained", lambda config: model)
        return model

    return load


@pytest.fixture(autouse=True)
def modes_read_what_they_say(monkeypatch):
    """Lets a mode fail that reads a field which is not among those that it says it reads."""
    names, whole = set(), []

    def unnoticed(function):  # what copies or stores all fields reads none
        def called(config):
            whole.append(None)
            try:
                return function(config)
            finally:
                whole.pop()

        return called

    def watch(group):
        fields = {field.name for field in dataclasses.fields(group)}

        def get(self, name):
            if name in fields and not whole:
                names.add(name)
            return object.__getattribute__(self, name)

        monkeypatch.setattr(group, "__getattribute__", get, raising=False)

    def checked(mode, run):
        @functools.wraps(run)
        def watched(config):
            names.clear()
            pictures = run(config)
            assert names <= said(mode), f"{mode} reads {sorted(names - said(mode))} unsaid"
            return pictures

        return watched

    monkeypatch.setattr(Config, "flat", unnoticed(Config.flat))
    monkeypatch.setattr(as_command, "flags_of", unnoticed(as_command.flags_of))
    for concern in dataclasses.fields(Config):
        watch(concern.type)
    for mode in COMMANDS:
        module = sys.modules.get(f"wgan_tf.modes.{mode}")
        if module is not None:
            monkeypatch.setattr(module, "run", checked(mode, module.run))
