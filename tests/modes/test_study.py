"""`--mode=study` on tiny models: what it writes, that it goes on, data without labels, points."""

import json

import numpy as np
import pytest
from PIL import Image

from wgan_tf.config.resolve import as_game, resolve
from wgan_tf.errors import UsageError
from wgan_tf.modes import study
from wgan_tf.refine.ratio import LEARNT_FROM
from wgan_tf.refine.ratio import fitting as fitting_module
from wgan_tf.runs import read_config
from wgan_tf.study import measures, point_samples
from wgan_tf.training import judging
from wgan_tf.training.studied import ImageTrainings, Studied, studied


@pytest.fixture
def quick(monkeypatch):
    """Judges and ratios of one epoch, few resamples."""
    learn = judging.learn
    monkeypatch.setattr(judging, "learn", lambda source, seed: learn(source, seed, 1))
    monkeypatch.setattr(judging, "SEEN", 2)
    monkeypatch.setattr(fitting_module, "_EPOCHS", 1)
    monkeypatch.setattr(measures, "_RESAMPLES", 20)
    for name in LEARNT_FROM:
        monkeypatch.setitem(LEARNT_FROM, name, 256)
    monkeypatch.setattr("wgan_tf.study.advisers.MOST", 400)


def tiny(resolve_tiny, **changes):
    axes = {
        "study_guides": "critic,labels",
        "study_methods": "gradient,best_of,truncation,more_training",
        "study_budgets": "2,20",
    }
    sizes = {"study_seeds": 2, "study_stages": "2", "study_samples": 100}
    return resolve_tiny(mode="study", **{**axes, **sizes, **changes})


@pytest.mark.slow
def test_a_study_goes_on_where_it_stopped_and_grows(
    quick, resolve_tiny, tmp_path, monkeypatch, capsys
):
    config = tiny(resolve_tiny)
    pictures = study.run(config)
    folder = tmp_path / "run"
    found = json.loads((folder / "study.json").read_text())
    assert [(m["game"], m["stage"], m["seed"]) for m in found["models"]] == [
        ("wgan", 2, 0), ("wgan", 2, 1)
    ]  # fmt: skip
    rows = {(r["guide"], r["method"], r["budget"]) for r in found["models"][0]["rows"]}
    assert rows == {
        ("", "nothing", 0), ("", "truncation", 1), ("", "more_training", 20),
        *((guide, method, budget) for guide in ("critic", "labels")
          for method in ("gradient", "best_of") for budget in (2, 20)),
    }  # fmt: skip
    assert found["judge"] == "classifier" and found["foreign_judge"] == "random"
    assert found["real_images"] == 1000 and found["main"] == "frechet"
    assert set(found["models"][0]["advisers"]) == {"critic", "labels"}
    about = json.loads((folder / "findings.json").read_text())
    assert about["dataset"] == "mnist5k" and "models" not in about
    assert set(about["findings"]["wgan"]["2"]["claims"]) == {
        "critic_fooled", "pixels_do_not_help", "z_helps", "low_scores_gain_most",
        "too_few_too_many",
    }  # fmt: skip
    text = (folder / "study.md").read_text()
    assert text in capsys.readouterr().out
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.width == 1440
        assert f"](images/{picture.name})" in text
    assert list((folder / "study").rglob("events*"))
    # More training went on in a folder of its own.
    assert read_config(folder / "wgan" / "seed-0" / "2").training.iterations == 2
    (longer,) = (folder / "wgan" / "seed-0").glob("2-more-*")
    assert read_config(longer).training.iterations == int(longer.name.split("-")[-1]) > 2

    # A cell that is there is not measured again, one that was lost is, and so is a new one.
    lost = folder / "cells" / "wgan-2-1" / "labels-best_of.json"
    before = json.loads(lost.read_text())["rows"]
    lost.unlink()
    asked, measure = [], study.rows.measure
    monkeypatch.setattr(
        study.rows, "measure", lambda f, piece, *a: asked.append(piece) or measure(f, piece, *a)
    )
    monkeypatch.setattr(study.ImageTrainings, "train", None)
    study.run(resolve({"mode": "study", "study_methods": "gradient,best_of,flow"},
                      read_config(folder)))
    assert {(piece.model.seed, *piece[1:3]) for piece in asked} == {
        (1, "labels", "best_of"), (0, "labels", "flow"), (1, "labels", "flow")
    }  # fmt: skip
    again = json.loads(lost.read_text())["rows"]
    for one, other in zip(before, again, strict=True):
        expected = one["metrics"]["frechet"]["value"]
        assert other["metrics"]["frechet"]["value"] == pytest.approx(expected, rel=1e-3)
    grown = json.loads((folder / "study.json").read_text())
    assert len(grown["models"][0]["rows"]) == len(found["models"][0]["rows"]) + 2


@pytest.mark.slow
def test_points_are_studied_with_their_oracle(quick, resolve_tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("wgan_tf.study.oracle._SIDE", 100)
    monkeypatch.setattr("wgan_tf.study.oracle._FRESH", 2000)
    monkeypatch.setattr(point_samples, "FITTED", 400)
    monkeypatch.setattr(point_samples, "RESCALED", 400)
    folder = tmp_path / "points"
    config = resolve({
        "mode": "study", "dataset": "grid25", "logs_dir": str(folder), "study_seeds": 2,
        "study_stages": "2", "study_samples": 100, "study_guides": "critic,fitted,oracle",
        "study_methods": "gradient,resampling,random", "study_budgets": "2,6",
    })  # fmt: skip
    study.run(config)
    found = json.loads((folder / "study.json").read_text())
    assert found["main"] == "earth_movers" and found["foreign"] == "jensen_shannon"
    rows = found["models"][0]["rows"]
    assert not [row for row in rows if "failed" in row]
    assert {r["method"] for r in rows if r["guide"] == "critic"} == {"gradient", "random"}
    assert {r["method"] for r in rows if r["guide"] == "oracle"} == {
        "gradient", "resampling", "random"
    }  # fmt: skip
    first = np.load(folder / "wgan" / "seed-0" / "2.npz")
    assert first["generator_0"].shape == (2, 128)
    # What was stored is what was trained.
    model = study.PointTrainings(config).load(Studied("wgan", 2, 0))
    np.testing.assert_array_equal(model.generator.get_weights()[0], first["generator_0"])


@pytest.fixture
def folder_of_pictures(tmp_path):
    rng = np.random.default_rng(0)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for index in range(160):
        Image.fromarray(rng.integers(0, 255, (16, 16), np.uint8)).save(pictures / f"{index}.png")
    return str(pictures)


def test_data_without_labels_is_divided(resolve_tiny, folder_of_pictures):
    data = ImageTrainings(tiny(resolve_tiny, data_dir=folder_of_pictures, channels=1))
    assert data._split == "train[:50%]" and not data.labelled
    parts = data.training, data._for_judge, data.real
    assert [len(part) for part in parts] == [80, 40, 40]
    assert len({image.tobytes() for part in parts for image in part}) == 160
    images, labels = data.learnt_from()
    assert labels is None and len(images) == 80
    assert {image.tobytes() for image in images} == {image.tobytes() for image in data.training}
    with pytest.raises(UsageError, match="divides data without labels"):
        ImageTrainings(
            tiny(resolve_tiny, data_dir=folder_of_pictures, channels=1, split="train[:10%]")
        )


@pytest.mark.slow
def test_data_without_labels_is_judged_by_a_second_critic(
    quick, resolve_tiny, tmp_path, folder_of_pictures, monkeypatch
):
    monkeypatch.setattr(fitting_module, "FEWEST", 40)
    study.run(tiny(
        resolve_tiny, data_dir=folder_of_pictures, channels=1, study_guides="critic,self",
        study_methods="gradient", study_budgets="2",
    ))  # fmt: skip
    folder = tmp_path / "run"
    found = json.loads((folder / "study.json").read_text())
    assert found["judge"] == "critic" and found["real_images"] == 40
    assert (folder / "judge.keras").exists()
    assert read_config(folder / "wgan" / "seed-0" / "2").data.split == "train[:50%]"
    assert "class_balance" not in found["titles"] and "frechet" in found["titles"]


def test_trainings_are_seed_by_seed(resolve_tiny):
    config = tiny(resolve_tiny, study_games="wgan,dcgan", study_stages="2,5", seed=7)
    assert studied(config)[:5] == [
        Studied("wgan", 2, 7), Studied("wgan", 5, 7),
        Studied("dcgan", 2, 7), Studied("dcgan", 5, 7), Studied("wgan", 2, 8),
    ]  # fmt: skip
    assert len(studied(config)) == 8
    full = studied(tiny(resolve_tiny, study_size="full"))
    assert {one.game for one in full} == {"wgan", "wgan_gp", "dcgan"} and len(full) == 6
    assert {one.game for one in studied(tiny(resolve_tiny))} == {"wgan"}


def test_another_game_has_its_own_preset_and_the_flags_that_were_given():
    config = resolve({"mode": "study", "dataset": "mnist5k", "n_critic": 4})
    game = as_game(config, "dcgan")
    alone = resolve({"mode": "study", "dataset": "mnist5k", "model": "dcgan", "n_critic": 4,
                     "logs_dir": config.run.logs_dir})
    assert game == alone and game.training.ema == 0.995 and game.training.n_critic == 4
    assert as_game(config, "wgan") is config


@pytest.mark.parametrize(
    "flags, message",
    [
        ({"study_stages": "300,100"}, "must rise"),
        ({"study_stages": "early"}, "1 to 10000000 each"),
        ({"study_samples": 99}, "must be 100 to 1000000"),
        ({"study_seeds": 0}, "must be 1 to 1000"),
        ({"study_size": "huge"}, "must be one of default, full"),
        ({"study_guides": "critic,label"}, "must be of critic.*did you mean labels"),
        ({"study_games": "acgan"}, "must be of wgan"),
        ({"study_budgets": "1,2"}, "2 to 10000000 each"),
        ({"study_budgets": "20,2"}, "must rise"),
    ],
)
def test_flags_are_checked(flags, message):
    with pytest.raises(UsageError, match=message):
        resolve({"mode": "study", **flags})


def test_a_study_of_other_samples_is_not_continued(resolve_tiny):
    stored = tiny(resolve_tiny)
    with pytest.raises(UsageError, match="was started with 100"):
        resolve({**stored.flat(), "study_samples": 200}, stored)


def test_axes_may_grow(resolve_tiny):
    stored = tiny(resolve_tiny)
    grown = resolve({"mode": "study", "study_seeds": 5, "study_guides": "self"}, stored)
    assert grown.study.study_seeds == 5 and grown.study.listed("study_guides") == ["self"]
    assert grown.study.budgets == (2, 20)
