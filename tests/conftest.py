"""Fixtures shared by the tests."""

import shutil

import pytest
from absl import logging

import wgan_tf  # noqa: F401  (before TensorFlow: it sets oneDNN)
from tests.tiny import TINY_FLAGS, command
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.resolve import resolve


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory):
    """A cache folder that all tests share, so that MNIST is parsed once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def resolve_tiny(tmp_path, cache_dir):
    """Builds a tiny configuration on mnist5k in a fresh run folder."""

    def resolve_it(stored=None, **changes):
        values = {"logs_dir": str(tmp_path / "run"), "cache_dir": str(cache_dir)}
        if stored is None:
            values = {**TINY_FLAGS, **values}
        return resolve({**values, **changes}, stored)

    return resolve_it


@pytest.fixture(scope="session")
def trained_run(tmp_path_factory, cache_dir):
    """The folder of a tiny trained run, to be read only: `run_dir` is there to write in."""
    from wgan_tf.training import game

    folder = tmp_path_factory.mktemp("trained") / "tiny"
    game.train(
        resolve(
            {
                **TINY_FLAGS,
                "logs_dir": str(folder),
                "cache_dir": str(cache_dir),
                "iterations": 6,
                "summary_every": 2,
                "image_every": 3,
                "histogram_every": 3,
                # Not the gentle defaults: in six iterations scores must leave zero.
                "optimizer": "keras_rmsprop",
                "learning_rate": 0.02,
                "clip_value": 0.5,
            }
        )
    )
    return folder


@pytest.fixture(scope="module")
def run_dir(trained_run, tmp_path_factory):
    """The module's copy of the tiny trained run."""
    return shutil.copytree(trained_run, tmp_path_factory.mktemp("runs") / "tiny")


@pytest.fixture(scope="module")
def other_dir(run_dir):
    """The same run under another name."""
    return shutil.copytree(run_dir, run_dir.parent / "twin")


@pytest.fixture
def look(run_dir):
    """Builds the configuration of a quick look into the run's discriminator."""
    quick = {"perturb_batch": 12, "perturb_steps": 4, "perturb_max": 4.0}

    def build(mode, **changes):
        steps = {"nr_iter_vis": 5} if "maximise" in COMMANDS[mode].kinds else {}
        return command(run_dir, mode, **quick | steps | changes)

    return build


@pytest.fixture
def with_classes(monkeypatch):
    """Every run is loaded as one whose critic tells ten classes apart."""
    import keras
    import numpy as np
    import tensorflow as tf

    from wgan_tf import runs

    load = runs.load_trained

    def load_with_classes(config):
        model = load(config)
        head = keras.layers.Dense(10, kernel_initializer=keras.initializers.RandomNormal(0, 1, 3))

        def classify(images):
            features = model.critic_with_features(images, training=False)[1]
            return head(tf.reshape(features, (-1, int(np.prod(features.shape[1:])))))

        model.classes, model.classify = 10, classify
        return model

    monkeypatch.setattr(runs, "load_trained", load_with_classes)


@pytest.fixture
def classifier(tmp_path, cache_dir):
    """Builds the configuration of a tiny classifier of 16-pixel digits."""

    def build(stored=None, **changes):
        values = {"mode": "train_classifier", "logs_dir": str(tmp_path / "run")}
        if stored is None:
            tiny = {"image_size": "16", "disc_dimension": 4, "epochs": 1, "batch_size": 500}
            values = {**tiny, **values, "cache_dir": str(cache_dir)}
        return resolve({**values, **changes}, stored)

    return build


@pytest.fixture(params=["in memory", "on the fly"])
def both_ways(request, monkeypatch):
    """Images that fit into memory, and images that do not."""
    from wgan_tf.data import source

    if request.param == "on the fly":
        monkeypatch.setattr(source, "RAM_BYTES", 0)
    return request.param


@pytest.fixture
def warned(monkeypatch):
    """The warnings of the test, one line each."""
    lines = []
    monkeypatch.setattr(logging, "warning", lambda text, *args: lines.append(text % args))
    return lines
