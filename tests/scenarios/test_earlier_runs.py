"""A run that an earlier version of the program made is gone on with, and every mode opens it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.processes import run_main

FOLDER = Path(__file__).parent / "run_before_the_house"


@pytest.fixture
def run_dir(tmp_path):
    """A copy of the run, which stands at iteration 6."""
    return shutil.copytree(FOLDER / "run", tmp_path / "run")


def test_training_goes_on_where_it_stopped(run_dir, cache_dir):
    run_main("--mode=train", f"--logs_dir={run_dir}", f"--cache_dir={cache_dir}", "--iterations=12")
    with (
        np.load(run_dir / "checkpoints" / "iteration-00000012.npz") as made,
        np.load(FOLDER / "expected.npz") as expected,
    ):
        # What lies beside the model has seconds and names of files in it.
        names = {name for name in expected if not name.startswith(("beside/", "sha256"))}
        assert names == {name for name in made if not name.startswith(("beside/", "sha256"))}
        beside = {name for name in expected if name.startswith("beside/")}
        assert beside <= set(made.files)
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
