"""Fixtures shared by the tests: tiny models and a tiny trained run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from absl import logging

import wgan_tf  # noqa: F401  (before TensorFlow: it sets oneDNN)

ROOT = Path(__file__).resolve().parent.parent
TINY = {"size": 16, "channels": 1, "z_dim": 3, "generator_widths": (16, 8), "critic_widths": (4, 8)}
TINY_FLAGS = {
    "image_size": "16",
    "layers": 2,
    "z_dim": 3,
    "gen_dimension": 1,
    "disc_dimension": 4,
    "batch_size": 8,
}


def make_model(kind="wgan", optimizer=None, rate=1e-2, compiled=None, **changes):
    """A tiny model, compiled with these further arguments."""
    from wgan_tf.models import MODELS
    from wgan_tf.optimizers import make_optimizer

    one_width = {"z_dim": 5, "generator_widths": (8,), "critic_widths": (6,), "z_prior": "normal"}
    settings = {
        "wgan": {"clip_value": 0.05},
        "gan": {"crop_size": 16},
        "dcgan": {},
        "infogan": {"z_dim": 8, "categories": 4, "codes": 2},
        "wgan_gp": one_width,
        "acgan": {**one_width, "classes": 3},
    }[kind]
    model = MODELS[kind](**{**TINY, **settings, **changes})
    name = optimizer or ("RMSProp" if kind == "wgan" else "Adam")
    model.compile(make_optimizer(name, rate, 0.5), **(compiled or {}))
    return model


def strong(model):
    """Gives a model weights so large that scores and gradients are far from rounding errors."""
    rng = np.random.default_rng(7)
    for variable in model.trainable_variables:
        if "kernel" in variable.path:
            variable.assign(rng.normal(0, 0.3, variable.shape))
    return model


def run_main(*arguments, cwd=ROOT, check=True, timeout=300):
    """Runs `python main.py` as a user does; returns the finished process."""
    command = [sys.executable, str(ROOT / "main.py"), *map(str, arguments)]
    process = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=timeout, env=dict(os.environ)
    )
    if check:
        assert process.returncode == 0, process.stderr[-2000:]
    return process


def peak_bytes(anew=False):
    """The largest memory of this process so far, or from now on."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory):
    """A cache folder that all tests share, so that MNIST is parsed once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def resolve_tiny(tmp_path, cache_dir):
    """Builds a tiny configuration on mnist5k in a fresh run folder."""
    from wgan_tf.config.resolve import resolve

    def resolve_it(stored=None, **changes):
        values = {"logs_dir": str(tmp_path / "run"), "cache_dir": str(cache_dir)}
        if stored is None:
            values = {**TINY_FLAGS, **values}
        return resolve({**values, **changes}, stored)

    return resolve_it


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
