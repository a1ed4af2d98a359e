"""A run that an earlier version of the program made is gone on with, and every mode opens it."""

import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import wgan_tf
from tests.processes import run_main
from tests.tiny import command
from wgan_tf.metrics import two_sample
from wgan_tf.modes import MODES, evaluate

FOLDER = Path(__file__).parent / "run_before_the_house"


# Every mode that opens a run, with settings that make it quick. The map of latents needs a judge
# and the comparison a second kind of run: neither is there.
MODES_OF_A_RUN = {
    "visualize": {"batch_size": 4},
    "generate": {"count": 5},
    "image_iterator": {"nr_iter_vis": 3, "batch_size": 4},
    "z_iterator": {"nr_iter_vis": 3, "batch_size": 4},
    "z_iterator_tsne": {"nr_iter_vis": 2, "batch_size": 4},
    "traverse": {"traverse_steps": 3, "dims": "0"},
    "manifold": {"manifold_grid": 2},
    "project": {"nr_iter_vis": 2, "targets": 1, "starts": 2},
    "perturb_real": {"perturb_batch": 4, "perturb_steps": 2, "perturb_max": 2.0},
    "max_class": {"nr_iter_vis": 2, "perturb_batch": 4},
    "max_features": {"nr_iter_vis": 2, "perturb_batch": 4},
    "evaluate": {"features": "random", "samples": 20},
}


@pytest.fixture
def run_dir(tmp_path):
    """A copy of the run, which stands at iteration 6."""
    return shutil.copytree(FOLDER / "run", tmp_path / "run")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A copy that one mode after the other opens."""
    return shutil.copytree(FOLDER / "run", tmp_path_factory.mktemp("earlier") / "run")


def test_training_goes_on_where_it_stopped(run_dir, cache_dir):
    run_main("--mode=train", f"--logs_dir={run_dir}", f"--cache_dir={cache_dir}", "--iterations=12")
    with (
        np.load(run_dir / "checkpoints" / "iteration-00000012.npz") as made,
        np.load(FOLDER / "expected.npz") as expected,
    ):
        # What lies beside the model has seconds and names of files in it.
        names = {name for name in expected if not name.startswith(("beside/", "sha256"))}
        assert names == {name for name in made if not name.startswith(("beside/", "sha256"))}
        extras = {name for name in expected if name.startswith("beside/")}
        assert extras <= set(made.files)
        for name in names:
            # Bit for bit on the machine that made it; others round differently.
            np.testing.assert_allclose(made[name], expected[name], rtol=1e-3, atol=1e-5)
    curves = [
        json.loads(path.read_text())["measurements"]
        for path in (run_dir / "evaluations.json", FOLDER / "expected_evaluations.json")
    ]
    assert [row["iteration"] for row in curves[0]] == [row["iteration"] for row in curves[1]]
    feedback = json.loads((run_dir / "feedback.json").read_text())
    assert [look["iteration"] for look in feedback["looks"]] == [2, 4, 6, 8, 10, 12]
    assert json.loads((run_dir / "film" / "film.json").read_text())["first_iteration"] == 0


def test_the_trained_networks_are_those_that_were_exported(opened):
    model = wgan_tf.load(opened).model
    assert int(model.iteration.numpy()) == 6
    z = model.sample_z(4, 0)
    plain = keras.saving.load_model(opened / "generator.keras")
    np.testing.assert_allclose(plain(z), model.generate(z), atol=1e-6)


@pytest.mark.parametrize("mode", list(MODES_OF_A_RUN))
def test_a_mode_opens_it(mode, opened, cache_dir, monkeypatch):
    monkeypatch.setattr(evaluate, "RESAMPLES", 5)
    monkeypatch.setattr(two_sample, "_MOST_EPOCHS", 2)
    pictures = MODES[mode](command(opened, mode, cache_dir=str(cache_dir), **MODES_OF_A_RUN[mode]))
    assert pictures
    for path in pictures:
        with Image.open(path) as picture:
            assert np.ptp(np.asarray(picture.convert("L"))) > 0, path
