"""Files of what was measured: only what is missing is measured."""

import json

import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.study import rows
from wgan_tf.study.experiments import Outcome
from wgan_tf.study.rows import Piece, gathered, is_measured, measure, path_of, strips

MODEL = ("wgan", 30, 2)


class Samples:
    """Outcomes of known numbers."""

    def __init__(self, fails_at=None):
        self.asked, self.fails_at, self.advisers = [], fails_at, self

    def facts(self, guide):
        return {"auc": 0.75, "seconds": 2.0, "gflop": 50.0}

    def outcomes(self, guide, method, budgets):
        self.asked.append((guide, method, list(budgets)))
        for budget in budgets:
            if budget == self.fails_at:
                raise UserError("too small")
            yield Outcome(np.full((3, 2, 2, 1), budget), None, budget, 0.5, 0.1 * budget, {"x": 1})


def measured(outcome):
    return {"metrics": {"frechet": {"value": float(outcome.images.mean())}}}


def run(folder, piece, samples):
    shown = []
    measure(folder, piece, samples, measured, lambda path, images: shown.append(path.name))
    return shown


def test_a_piece_that_grows(tmp_path):
    samples, piece = Samples(), Piece(MODEL, "labels", "gradient", (2, 6))
    assert not is_measured(tmp_path, piece)
    assert run(tmp_path, piece, samples) == ["labels-gradient-2", "labels-gradient-6"]
    assert is_measured(tmp_path, piece)
    larger = piece._replace(budgets=(2, 6, 20))
    assert not is_measured(tmp_path, larger)
    assert run(tmp_path, larger, samples) == ["labels-gradient-20"]
    assert samples.asked == [("labels", "gradient", [2, 6]), ("labels", "gradient", [20])]
    found = gathered(tmp_path, MODEL)
    assert found["advisers"] == {"labels": {"auc": 0.75, "seconds": 2.0, "gflop": 50.0}}
    assert [row["budget"] for row in found["rows"]] == [2, 6, 20]
    row = found["rows"][1]
    assert row["metrics"]["frechet"]["value"] == 6 and row["x"] == 1
    # 0.6 a sample, and 50 shared by so many.
    assert row["gflop_with_fitting"] == {
        "100": pytest.approx(1.1), "1000": pytest.approx(0.65), "10000": pytest.approx(0.605)
    }  # fmt: skip


def test_what_fails_is_a_row_and_so_is_what_would_come_after(tmp_path, capsys):
    piece = Piece(MODEL, "self", "flow", (2, 6, 20))
    assert run(tmp_path, piece, Samples(fails_at=6)) == ["self-flow-2"]
    found = gathered(tmp_path, MODEL)["rows"]
    assert [row.get("failed") for row in found] == [None, "too small", "too small"]
    assert "metrics" not in found[1]
    assert is_measured(tmp_path, piece)
    assert capsys.readouterr().out.count("too small") == 1


def test_names_of_files_and_their_pictures(tmp_path):
    piece = Piece(MODEL, "labels", "langevin:temperature=0.1", (2,))
    assert path_of(tmp_path, piece).name == "labels-langevin_temperature=0.1.json"
    assert path_of(tmp_path, Piece(MODEL, "", "nothing", ())).name == "nothing.json"
    picture = path_of(tmp_path, piece).with_name("labels-langevin_temperature=0.1-2.png")
    picture.parent.mkdir(parents=True)
    picture.touch()
    keys = [("", "nothing", 0), ("labels", "langevin:temperature=0.1", 2)]
    assert strips(tmp_path, MODEL, keys) == {keys[1]: picture}


def test_a_damaged_file(tmp_path):
    piece = Piece(MODEL, "self", "flow", (2,))
    path = path_of(tmp_path, piece)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"rows": [{"budget": 2}]})[:-3])
    with pytest.raises(UserError, match="damaged"):
        rows.is_measured(tmp_path, piece)
