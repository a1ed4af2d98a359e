"""`--mode=compare_discriminators`, and the ACGAN and the classifier that it compares."""

import json

import numpy as np
import pytest
from PIL import Image

from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError, UserError
from wgan_tf.modes import (
    compare_discriminators,
    evaluate,
    max_features,
    train,
    train_classifier,
    visualize,
)

# The fewest digits there are: ten batches an epoch.
SMALL = {"image_size": "16", "disc_dimension": 4, "batch_size": 100, "split": "test"}
QUICK = {"perturb_batch": 12, "perturb_steps": 4, "perturb_max": 8.0, "nr_iter_vis": 3}


@pytest.fixture(scope="module")
def two(tmp_path_factory, cache_dir):
    """Folders of an ACGAN and of a classifier on the same network, one epoch each."""
    folder = tmp_path_factory.mktemp("compare")
    places = [
        {"logs_dir": str(folder / name), "cache_dir": str(cache_dir)} for name in ("gan", "alone")
    ]
    game = {"model": "acgan", "gen_dimension": 4, "z_dim": 12, "iterations": 12}
    train.run(resolve({**SMALL, **places[0], **game, "image_every": 10}))
    alone = {"mode": "train_classifier", "network": "homework", "epochs": 1}
    train_classifier.run(resolve({**SMALL, **places[1], **alone}))
    return folder / "gan", folder / "alone"


@pytest.fixture
def command(two, cache_dir):
    def build(mode, folder=two[0], **changes):
        values = {"mode": mode, "logs_dir": str(folder), "cache_dir": str(cache_dir)}
        quick = QUICK if mode == "compare_discriminators" else {}
        return resolve({**values, **quick, **changes}, runs.read_config(folder))

    return build


def test_acgan_reports_its_test_accuracy_and_draws_a_column_per_class(two, command):
    (entry,) = json.loads((two[0] / "test_accuracy.json").read_text())["epochs"]
    assert (entry["epoch"], entry["iteration"]) == (1, 10)
    assert 0 <= entry["accuracy"] <= 1 and entry["standard_error"] < 0.02
    assert runs.read_config(two[0]).network.classes == 10
    for name in ("epoch_000", "epoch_001"):
        with Image.open(two[0] / "images" / f"{name}.png") as image:
            assert image.size == (10 * 17 - 1, 8 * 17 - 1)
    (path,) = visualize.run(command("visualize", batch_size=20))
    model = runs.load_trained(command("visualize"))
    drawn = np.asarray(model.generate(model.sample_z(20, 0)))[13, ..., 0]
    with Image.open(path) as image:
        pixels = np.asarray(image)[17:33, 3 * 17 : 3 * 17 + 16]
    np.testing.assert_allclose(pixels, (drawn + 1) * 127.5, atol=0.51)


def test_acgan_resumed_equals_uninterrupted(two, tmp_path, cache_dir):
    stored = runs.read_config(two[0])
    for stop in (5, 12):
        values = {"logs_dir": str(tmp_path), "iterations": stop}
        train.run(resolve({**values, "cache_dir": str(cache_dir)}, stored))
    files = [folder / "checkpoints" / "iteration-00000012.npz" for folder in (two[0], tmp_path)]
    with np.load(files[0]) as whole, np.load(files[1]) as parts:
        assert set(whole.files) == set(parts.files)
        for name in whole.files:
            # What callbacks keep has the clock in it, and the checksum is over all.
            if not name.startswith(("beside/", "sha256")):
                np.testing.assert_array_equal(whole[name], parts[name], err_msg=name)
    curves = [
        json.loads((folder / "test_accuracy.json").read_text())["epochs"]
        for folder in (two[0], tmp_path)
    ]
    assert curves[0][0]["accuracy"] == curves[1][0]["accuracy"] and len(curves[1]) == 1


def test_one_page_with_everything(two, command, capsys):
    config = command("compare_discriminators", other_logs_dir=str(two[1]))
    paths = compare_discriminators.run(config)
    names = [
        "compare_discriminators", "compare_curves", "perturb_accuracy", "perturb_smallest",
        "compare_gradients", "max_class", "max_features_4", "max_features_8",
    ]
    assert [path.name for path in paths] == [f"{name}.png" for name in names]
    heights = []
    for path in paths:
        with Image.open(path) as image:
            heights.append(image.size[1])
    assert heights[0] > sum(heights[1:])
    report = json.loads((two[0] / "compare_discriminators.json").read_text())
    gan, alone = report["discriminators"]
    assert (gan["trained"], alone["trained"]) == ("with a generator", "alone")
    figures = json.loads((two[1] / "train_classifier.json").read_text())
    assert alone["accuracy"] == pytest.approx(figures["accuracy"])
    assert alone["test_images"] == 1000 and alone["epochs"] == gan["epochs"] == 1
    difference = report["findings"]["accuracy"]["difference"]
    assert difference == pytest.approx(gan["accuracy"] - alone["accuracy"])
    text = (two[0] / "compare_discriminators.md").read_text()
    for path in paths[1:]:
        assert f"(images/{path.name})" in text
    assert all(sentence in text for sentence in report["answer"])
    assert report["answer"][0] in capsys.readouterr().out
    assert list((two[0] / "compare_discriminators").glob("events*"))


def test_what_cannot_be_is_one_line(two, command, cache_dir, tmp_path):
    with pytest.raises(UsageError, match="needs --other_logs_dir"):
        compare_discriminators.run(command("compare_discriminators"))
    with pytest.raises(UserError, match="no checkpoint in"):
        compare_discriminators.run(
            command("compare_discriminators", other_logs_dir=str(tmp_path))
        )
    with pytest.raises(UsageError, match="--layer=9: alone has no such layer, only 1 leaky_1, 2"):
        max_features.run(command("max_features", two[1], layer="9"))
    with pytest.raises(UsageError, match="needs a generator, a classifier has none"):
        command("z_iterator", two[1])
    with pytest.raises(UsageError, match="must be more than the 10 classes"):
        resolve({"model": "acgan", "classes": 10, "z_dim": 10})
    rng = np.random.default_rng(0)
    for index in range(8):
        Image.fromarray(rng.integers(0, 255, (16, 16), np.uint8)).save(tmp_path / f"{index}.png")
    folder = {"data_dir": str(tmp_path), "channels": 1, "logs_dir": str(tmp_path / "run")}
    folder |= {"split": "train", "gen_dimension": 4}
    with pytest.raises(UserError, match="no labels, which this needs"):
        train.run(resolve({**SMALL, **folder, "model": "acgan"}))
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_digits_are_those_that_were_asked_for(tmp_path, cache_dir):
    """The preset's few minutes on the 4,000 digits, judged by the independent classifier."""
    values = {"logs_dir": str(tmp_path / "run"), "cache_dir": str(cache_dir)}
    train.run(resolve({**values, "model": "acgan"}))
    stored = runs.read_config(tmp_path / "run")
    evaluate.run(resolve({**values, "mode": "evaluate"}, stored))
    report = json.loads((tmp_path / "run" / "evaluate.json").read_text())
    assert report["asked"]["accuracy"] > 0.9
