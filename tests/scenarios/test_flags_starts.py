"""What flags let through also trains: a command starts and ends, or is answered on one line."""

import contextlib
import io
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tiny import TINY_FLAGS
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UserError
from wgan_tf.models import LOSSES
from wgan_tf.modes import MODES
from wgan_tf.optimizers import OPTIMIZERS

REPEATABLE = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Up to the ends of what a field may be, and small enough for a second.
VALUES = {
    "model": st.sampled_from(["wgan", "gan", "dcgan", "infogan", "wgan_gp", "acgan"]),
    "loss": st.sampled_from(list(LOSSES)),
    "optimizer": st.sampled_from(list(OPTIMIZERS)),
    "seed": st.sampled_from([0, 1, 2**31 - 1]),
    "batch_size": st.integers(1, 9),
    "z_dim": st.sampled_from([1, 2, 3, 14, 40, 1000]),
    "z_prior": st.sampled_from(["uniform", "normal"]),
    "channels": st.sampled_from([1, 3]),
    "image_size": st.sampled_from(["16", "20,16", "65536,16", "24", "28"]),
    "layers": st.integers(1, 3),
    "generator_widths": st.sampled_from(["1", "3,1", "2,3,4"]),
    "critic_widths": st.sampled_from(["1", "1,3", "2,3,4"]),
    "gen_dimension": st.integers(1, 3),
    "disc_dimension": st.integers(1, 5),
    "categories": st.integers(2, 12),
    "codes": st.integers(0, 3),
    "classes": st.integers(2, 12),
    "minibatch_discrimination": st.booleans(),
    "kernel_size": st.sampled_from([2, 3, 4, 5]),
    "upsampling": st.sampled_from(["transposed", "resize"]),
    "spectral_norm": st.booleans(),
    "alternate": st.sampled_from(["epochs:1,1", "epochs:1000,1"]),
    "critic_boost": st.booleans(),
    "n_critic": st.integers(1, 3),
    "matched_batches": st.integers(0, 2),
    "matched_rate": st.sampled_from([1e-30, 0.1, 1e30]),
    "augment": st.sampled_from(["mirror", "cutout,translate", "colour,mirror,translate,cutout"]),
    "clip_value": st.sampled_from([1e-30, 0.1, 1e30]),
    "penalty_weight": st.sampled_from([1e-30, 10.0, 1e30]),
    "r1": st.sampled_from([0.0, 1e-30, 10.0, 1e30]),
    "learning_rate": st.sampled_from([1e-30, 1e-4, 1.0, 1e30]),
    "optimizer_param": st.sampled_from([0.0, 0.5, 0.999999]),
    "beta_2": st.sampled_from([0.0, 0.5, 0.999999]),
    "precision": st.sampled_from(["auto", "float32", "mixed_bfloat16", "mixed_float16"]),
    "on_nan": st.sampled_from(["stop", "rollback"]),
    "checkpoint_every": st.sampled_from([1, 2, 2**31 - 1]),
    "keep_checkpoints": st.sampled_from([1, 2**31 - 1]),
    "summary_every": st.sampled_from([1, 2**31 - 1]),
    "image_every": st.sampled_from([1, 2**31 - 1]),
    "histogram_every": st.sampled_from([0, 1, 2**31 - 1]),
    "watch_every": st.sampled_from([0, 1, 2**31 - 1]),
    "sample_epochs": st.sampled_from(["0", "0,1,10000000"]),
    "film": st.booleans(),
    "film_every": st.sampled_from([1, 2**31 - 1]),
    "film_grid": st.integers(1, 3),
    "film_strip": st.sampled_from(["1", "1,2,10000000"]),
    "evaluate_every": st.sampled_from([0, 1]),
    "evaluate_samples": st.sampled_from([10, 100]),
    "features": st.sampled_from(["pixels", "random"]),
    "keep_best": st.sampled_from(["frechet", "coverage", "classifier_score"]),
    "sync_batch_norm": st.booleans(),
    "deterministic": st.booleans(),
    "iterations": st.integers(0, 2),
    "epochs": st.just(1),
    "split": st.sampled_from(["train", "test", "train[:1%]"]),
}


@st.composite
def trainings(draw):
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=8, unique=True))
    # Data with few classes, and no judge, which would be trained first.
    base = {"iterations": 1, "features": "pixels", "watch_every": 0, "critic_boost": False}
    return {**base, **{name: draw(VALUES[name]) for name in names}}


def start(values, folder, cache_dir):
    """Trains, and trains on, as two commands would."""
    shutil.rmtree(folder, ignore_errors=True)
    chosen = {**values, "logs_dir": str(folder), "cache_dir": str(cache_dir)}
    small = TINY_FLAGS
    if chosen.get("model") in ("wgan_gp", "acgan", "infogan"):
        small = {**TINY_FLAGS, "z_dim": 15}
        small.pop("layers")
    chosen = {**small, **chosen}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            config = resolve(chosen)
            MODES["train"](config)
            stored = resolve({"logs_dir": str(folder), "iterations": 2}, config)
            MODES["train"](stored)
        except UserError as error:
            assert str(error).isprintable() and str(error)
        except SystemExit as ended:
            assert ended.code == 0


@settings(REPEATABLE, max_examples=3)
@given(values=trainings())
def test_what_is_let_through_trains(values, tmp_path, cache_dir):
    start(values, tmp_path / "run", cache_dir)


@pytest.mark.slow
@settings(REPEATABLE, max_examples=150)
@given(values=trainings())
def test_much_that_is_let_through_trains(values, tmp_path, cache_dir):
    start(values, tmp_path / "run", cache_dir)
