"""`--mode=toy` with games of a few iterations and a few samples."""

import json

import numpy as np
import pytest
from PIL import Image

from wgan_tf.config.resolve import default_logs_dir, resolve
from wgan_tf.data import WORLDS
from wgan_tf.errors import UsageError
from wgan_tf.modes import toy
from wgan_tf.refine.guide import CriticGuide
from wgan_tf.study import known_world, oracle, point_samples, toy_table
from wgan_tf.training import toy_game

METHODS = ("gradient", "rejection", "best_of")


def fitted(model, real, features, seed, spread_by_chance):
    """In the place of a ratio, which takes seconds."""
    guide = CriticGuide(model, real)
    guide.network = model.critic
    guide.facts = {"features": features, "log_loss": 0.5, "reliability": [1, 2]}
    return guide


@pytest.fixture
def quick(monkeypatch):
    games = {"wgan": toy_game.GAMES["wgan"]._replace(iterations=3, batch_size=16)}
    for module in (toy, toy_game):
        monkeypatch.setattr(module, "GAMES", games)
    for module in (toy, known_world, toy_table):
        monkeypatch.setattr(module, "BUDGETS", (4,))
        monkeypatch.setattr(module, "METHODS_OF_GUIDES", METHODS)
    monkeypatch.setattr(toy, "TRAINED_ON", 200)
    monkeypatch.setattr(toy, "SAMPLES", 150)
    monkeypatch.setattr(point_samples, "FITTED", 300)
    monkeypatch.setattr(point_samples, "fit_ratio", fitted)
    monkeypatch.setattr(toy, "_PIXELS", 40)
    monkeypatch.setattr(known_world, "MEASURED", 200)
    monkeypatch.setattr(known_world, "MOVED", 100)
    monkeypatch.setattr(oracle, "CELLS", 64)
    monkeypatch.setattr(oracle, "_SIDE", 50)
    monkeypatch.setattr(oracle, "_FRESH", 500)


def test_every_method_by_every_guide(quick, tmp_path, capsys):
    config = resolve({"mode": "toy", "logs_dir": str(tmp_path / "run")})
    pictures = toy.run(config)
    figures = json.loads((tmp_path / "run" / "toy.json").read_text())
    rows = figures["games"]["wgan"]["rows"]
    assert figures["games"]["wgan"]["guides"]["fitted"] == {
        "seconds": 0.0, "gflop": 0.0, "features": "pixels", "log_loss": 0.5
    }
    assert [row["method"] for row in rows[:2]] == ["nothing", "truncation"]
    assert [(row["method"], row["guide"]) for row in rows[2:]] == [
        (method, guide) for guide in known_world.GUIDES for method in METHODS
    ]
    for row in rows:
        assert 0 <= row["good"] <= 1 and np.isfinite(row["jensen_shannon"])
    # The best by the oracle are no worse.
    best = next(row for row in rows if (row["method"], row["guide"]) == ("best_of", "oracle"))
    assert best["good"] >= rows[0]["good"] and best["evaluations"] == 4
    assert figures["real_points"]["good"] > 0.98
    names = ["toy_wgan.png", "toy_table_4.png"]
    assert [picture.name for picture in pictures] == names
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.width > 500
    text = capsys.readouterr().out
    assert "| 4 | gradient | critic |" in text and "| real points |" in text
    assert (tmp_path / "run" / "toy.md").read_text() == text.rstrip("\n") + "\n"
    assert list((tmp_path / "run" / "toy").glob("events*"))


def test_the_roll_has_no_modes():
    world = WORLDS["swiss_roll"]()
    measure = known_world.Measure(world, np.random.default_rng(0))
    row = measure(world.sample(300, np.random.default_rng(1)))
    assert set(row) == {"good", "to_nearest", "earth_movers"}
    assert row["good"] > 0.99 and row["to_nearest"] < 0.02
    entry = {"method": "nothing", "guide": "", "budget": 0}
    rows = [row | entry]
    for guide in known_world.GUIDES:
        for number, method in enumerate(known_world.METHODS_OF_GUIDES):
            rows.append({"method": method, "guide": guide, "budget": 20, "good": number / 10})
    tables, before = toy_table.tables_of(
        {"real_points": row, "games": {"wgan": {"rows": rows}}}, 20
    )
    assert list(tables["wgan"]) == ["share good", "to nearest", "earth mover's"]
    assert tables["wgan"]["share good"][2, 3] == 0.3
    assert np.isnan(tables["wgan"]["to nearest"]).all()
    assert before["wgan"]["to nearest best"] == row["to_nearest"]


def test_points_are_for_this_mode_and_images_for_others():
    with pytest.raises(UsageError, match="points in a plane, for --mode=study or --mode=toy"):
        resolve({"mode": "train", "dataset": "grid25"})
    with pytest.raises(UsageError, match="--dataset=mnist5k: --mode=toy must know the density"):
        resolve({"mode": "toy", "dataset": "mnist5k"})
    with pytest.raises(UsageError, match="--data_dir: --mode=toy must know the density"):
        resolve({"mode": "toy", "data_dir": "pictures"})


def test_defaults_and_what_has_no_effect():
    assert default_logs_dir({"mode": "toy"}).endswith("toy_grid25")
    assert default_logs_dir({"mode": "toy", "dataset": "ring8"}).endswith("toy_ring8")
    notes = []
    config = resolve({"mode": "toy", "model": "dcgan", "z_dim": 5}, None, notes)
    assert config.data.dataset == "grid25"
    assert notes == [
        "--model=dcgan has no effect in --mode=toy",
        "--z_dim=5 has no effect in --mode=toy",
    ]
