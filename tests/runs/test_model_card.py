"""The card of a run: what it says, that it goes with the run, and that it leaves others' text."""

import json
import shutil

import numpy as np
import pytest

import wgan_tf
from tests.tiny import command, make_model
from wgan_tf.config.resolve import resolve
from wgan_tf.data.scaling import to_uint8
from wgan_tf.runs import model_card
from wgan_tf.runs.model_card import measure_again, write_card
from wgan_tf.training import game
from wgan_tf.visualize.page import read_png

METRIC = {
    "title": "Fréchet | distance", "value": 12.345678, "low": 11.0, "high": 13.5,
    "real_against_real": 1.25, "better": "lower",
}  # fmt: skip
REPORT = {
    "iteration": 6,
    "generated": "samples",
    "real": "held-out images of <b>mnist5k</b>",
    "features": "random",
    "images": {"generated": 300, "real": 1000},
    "metrics": {"frechet": METRIC},
}
RATIO = {
    "iteration": 6, "features": "self", "auc": 0.87654, "log_loss": 0.4, "log_loss_chance": 0.69,
    "effective_share": 0.25, "overlap": 0.5,
}  # fmt: skip


@pytest.fixture
def run(run_dir, tmp_path):
    return shutil.copytree(run_dir, tmp_path / "run")


def card(folder):
    return (folder / "README.md").read_text(encoding="utf-8")


def rows(text):
    """First column to the others of all tables."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return {first.strip(): rest for first, *rest in lines}


def test_training_leaves_a_card(run):
    text, model = card(run), wgan_tf.load(run).model
    table = rows(text)
    assert text.splitlines()[2] == "# tiny"  # as the folder was called
    assert table["data"] == ["mnist5k train: 4000 images, 16x16x1"]
    assert table["game"] == ["wgan"]
    size = f"{model.generator.count_params():,} parameters; z of 3 values, uniform"
    assert table["generator"] == [size]
    assert table["critic"] == [f"{model.critic.count_params():,} parameters"]
    assert table["iterations"] == ["6 of batches of 8"]
    assert "tensorflow 2." in table["versions"][0] and "wgan_tf" in table["versions"][0]
    (made_by,) = [line for line in text.splitlines() if "main.py" in line]
    for flag in ("--z_dim=3", "--iterations=6", "--clip_value=0.5", "--optimizer=keras_rmsprop"):
        assert flag in made_by.split()
    assert "--n_critic" not in made_by and "--model" not in made_by  # defaults
    assert float(table["loss/critic"][0]) == pytest.approx(
        -float(table["loss/wasserstein\\_estimate"][0]), rel=1e-3
    )
    assert "up to 6" in text
    for picture in ("after_training.png", "losses.png"):
        assert f"(images/{picture})" in text and (run / "images" / picture).exists()
    assert "## Samples" not in text and "## Ratio" not in text


def test_the_grid_is_of_samples_and_no_image_of_it_is_real(run):
    model = wgan_tf.load(run).model
    shown = read_png(run / "images" / "after_training.png")
    assert shown.shape[:2] == (8 * 17 - 1, 8 * 17 - 1)
    images = to_uint8(model.generate(model.sample_z(64, 0)).numpy())
    for index in (0, 1, 13, 63):
        top, left = 17 * (index // 8), 17 * (index % 8)
        cell = shown[top : top + 16, left : left + 16, 0].astype(int)
        assert np.abs(cell - images[index, ..., 0]).max() <= 1
    assert set(card(run).split("](")[1:]) and card(run).count("![") == 2


def test_what_is_measured_later_comes_into_the_card(run):
    (run / "evaluate.json").write_text(json.dumps(REPORT))
    before = card(run)
    measure_again(run)
    table = rows(card(run))
    assert table["Fréchet \\| distance"] == ["12.35", "11 to 13.5", "1.25", "lower"]
    assert "\\<b\\>mnist5k\\</b\\>" in card(run) and "300 samples after iteration 6" in card(run)
    (run / "ratio.json").write_text(json.dumps(RATIO))
    measure_again(run)
    assert rows(card(run))["area under the curve"] == ["0.8765"]
    (run / "ratio.json").unlink()
    (run / "evaluate.json").write_text(json.dumps(REPORT | {"iteration": None}))  # another's images
    measure_again(run)
    assert card(run) == before


def test_modes_that_measure_bring_it_up_to_date(run):
    from wgan_tf.modes import evaluate, fit_ratio

    fit_ratio.run(command(run, "fit_ratio", ratio_features="critic"))
    facts = json.loads((run / "ratio.json").read_text())
    assert float(rows(card(run))["area under the curve"][0]) == pytest.approx(facts["auc"], 1e-3)
    evaluate.run(command(run, "evaluate", features="random", samples=64))
    report = json.loads((run / "evaluate.json").read_text())
    for row in report["metrics"].values():
        assert row["title"].replace("*", "\\*").replace("_", "\\_") in card(run), row["title"]


def test_training_that_goes_on_writes_it_anew_and_leaves_what_people_wrote(run):
    path = run / "README.md"
    path.write_text("Mine, above.\n" + card(run) + "Mine, below.\n")
    game.train(command(run, "train", iterations=8))
    text = card(run)
    assert text.startswith("Mine, above.\n<!--") and text.endswith("\nMine, below.\n")
    assert rows(text)["iterations"] == ["8 of batches of 8"] and text.count("# run\n") == 1


@pytest.mark.parametrize("kind", ["text", "half a card", "no text", "link", "folder"])
def test_a_readme_that_is_not_ours_is_left_alone(run, tmp_path, warned, kind):
    path, model = run / "README.md", make_model()
    begin = model_card._CARD[0]
    contents = {"text": b"mine", "half a card": begin.encode(), "no text": b"\xff\xfe\x00"}
    path.unlink()
    if kind in contents:
        path.write_bytes(contents[kind])
    elif kind == "link":
        (tmp_path / "elsewhere.md").write_text("\n".join(model_card._CARD))
        path.symlink_to(tmp_path / "elsewhere.md")
    else:
        path.mkdir()
    write_card(command(run, "train"), model, "data")
    measure_again(run)
    assert len(warned) == 2 and all("README.md" in line for line in warned)
    if kind in contents:
        assert path.read_bytes() == contents[kind]
    if kind == "link":
        assert (tmp_path / "elsewhere.md").read_text() == "\n".join(model_card._CARD)


@pytest.mark.parametrize(
    "changed",
    [
        [], "text", None, REPORT | {"metrics": []}, REPORT | {"images": {"generated": "x"}},
        REPORT | {"metrics": {"a": METRIC | {"value": "x"}}}, {"iteration": 1e400},
    ],
    ids=str,
)  # fmt: skip
def test_a_changed_file_costs_its_part_only(run, warned, changed):
    (run / "evaluate.json").write_text(json.dumps(changed))
    (run / "ratio.json").write_text(json.dumps(RATIO))
    measure_again(run)
    assert "## Samples" not in card(run) and "## Ratio" in card(run) and "## Losses" in card(run)
    assert len(warned) == 1 and "left out" in warned[0]


def test_a_run_without_rows_and_pictures_has_a_card(tmp_path, warned):
    folder = tmp_path / "my *run*"
    model = make_model("infogan")
    names = {"model": "infogan", "image_size": "16", "layers": 2, "categories": 4, "z_dim": 8}
    write_card(resolve({**names, "logs_dir": str(folder)}), model, "a | b\n# c")
    text = card(folder)
    assert "# my \\*run\\*\n" in text and "![" not in text and "## " not in text
    assert rows(text)["data"] == ["a \\| b\\n\\# c"] and "\n# c" not in text
    assert "z of 8 values, uniform, 4 categories, 2 codes" in text
    assert rows(text)["game"] == ["infogan, non_saturating loss"]
    assert rows(text)["iterations"] == ["0 of batches of 64"]
    assert not warned


def test_a_card_that_cannot_be_written_is_a_warning(run, warned, monkeypatch):
    path = run / "README.md"
    path.unlink()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space")))
    write_card(command(run, "train"), make_model(), "data")
    assert len(warned) == 1 and "the card of the run is not written" in warned[0]
    assert not path.exists() and not list(run.glob(".*README*"))
