"""`--mode=fit_ratio`, and how other modes come by a ratio."""

import json
import shutil

import keras
import numpy as np
import pytest

import wgan_tf
from tests.reading import events
from tests.tiny import command
from wgan_tf import runs
from wgan_tf.errors import UserError
from wgan_tf.modes import fit_ratio
from wgan_tf.refine.ratio.ratio import Ratio
from wgan_tf.training import ratios


@pytest.fixture(scope="module")
def fitted(run_dir):
    """A run with a ratio in the critic's features."""
    fit_ratio.run(command(run_dir, "fit_ratio", ratio_features="critic"))
    return run_dir


@pytest.fixture
def copy(fitted, tmp_path):
    """A copy that a test may spoil."""
    return shutil.copytree(fitted, tmp_path / "run")


def test_it_writes_a_network_figures_a_picture_and_events(fitted):
    facts = json.loads((fitted / "ratio.json").read_text())
    assert facts["features"] == "critic" and facts["real_images"] >= 30
    assert 0 <= facts["auc"] <= 1 and facts["log_loss"] > 0
    assert (fitted / "images" / "ratio.png").exists()
    assert {"ratio/auc", "ratio/picture", "ratio/real", "ratio/samples"} <= set(
        events(fitted / "ratio")
    )
    model = wgan_tf.load(fitted).model
    images = model.generate(model.sample_z(8, 1)).numpy()
    plain = keras.models.load_model(fitted / "ratio.keras", compile=False)
    stored = Ratio.load(fitted / "ratio.keras").log_ratio(images)
    np.testing.assert_allclose(plain(images), stored, rtol=1e-5, atol=1e-5)
    assert np.ptp(stored) > 0


def test_a_ratio_that_fits_is_taken(fitted, monkeypatch):
    monkeypatch.setattr(ratios, "learn_ratio", None)  # calling it would be an error
    config = command(fitted, "refine", ratio_features="critic")
    ratio = ratios.find_ratio(config, runs.load_trained(config))
    assert ratio.facts["features"] == "critic"


@pytest.mark.parametrize(
    ("fact", "value", "line"),
    [("iteration", 1, "of iteration 1"), ("features", "pixels", "in pixels features")],
)
def test_one_of_earlier_weights_or_in_other_features_is_fitted_anew(
    copy, monkeypatch, capsys, fact, value, line
):
    facts = json.loads((copy / "ratio.json").read_text())
    (copy / "ratio.json").write_text(json.dumps({**facts, fact: value}))
    monkeypatch.setattr(ratios, "learn_ratio", lambda config, model: ("another", []))
    config = command(copy, "refine", ratio_features="critic")
    assert ratios.find_ratio(config, runs.load_trained(config)) == "another"
    assert line in capsys.readouterr().out


def test_a_ratio_of_another_run_is_refused(copy):
    facts = json.loads((copy / "ratio.json").read_text())
    (copy / "ratio.json").write_text(json.dumps({**facts, "weights": "others"}))
    config = command(copy, "refine")
    with pytest.raises(UserError, match="another run's samples"):
        ratios.find_ratio(config, runs.load_trained(config))


def test_a_ratio_of_other_images_is_refused(copy):
    images = keras.Input((8, 8, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(images)
    network = keras.Model(images, keras.layers.Reshape(())(keras.layers.Dense(1)(pooled)))
    Ratio(network, {"real_median": 0.0}).save(copy / "ratio.keras")
    config = command(copy, "refine")
    with pytest.raises(UserError, match="a ratio of 8x8x3 images, the run has 16x16x1"):
        ratios.find_ratio(config, runs.load_trained(config))


def test_labels_that_are_not_there_are_named_and_nothing_is_written(run_dir, monkeypatch, tmp_path):
    run = shutil.copytree(run_dir, tmp_path / "bare", ignore=shutil.ignore_patterns("ratio*"))
    images = np.random.default_rng(0).uniform(-1, 1, (300, 16, 16, 1)).astype(np.float32)
    monkeypatch.setattr(ratios, "real_images", lambda config: (images, None))
    with pytest.raises(UserError, match="no labels"):
        fit_ratio.run(command(run, "fit_ratio", ratio_features="labels"))
    assert not list(run.glob("ratio*"))
