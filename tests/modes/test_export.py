"""`--mode=export`: files of four formats that compute what the model does, in any batch."""

import contextlib
import json
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.tiny import command
from wgan_tf import runs
from wgan_tf.errors import UserError
from wgan_tf.modes import export
from wgan_tf.networks import FORMATS, portable
from wgan_tf.refine.ratio.ratio import Ratio

NEEDS = FORMATS["onnx"].missing()
ONNX = pytest.param("onnx", marks=pytest.mark.skipif(bool(NEEDS), reason=f"needs {NEEDS}"))
ALL = ["saved_model", "tflite", ONNX, "keras"]
SUFFIX = {"saved_model": "", "tflite": ".tflite", "onnx": ".onnx", "keras": ".keras"}


@pytest.fixture
def run(run_dir, tmp_path):
    return shutil.copytree(run_dir, tmp_path / "run")


def exported(run, name):
    assert export.run(command(run, "export", export_format=name)) == []
    return json.loads((run / "export.json").read_text())


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", ["wgan", "wgan_gp", "infogan", "acgan"])
def test_files_compute_what_the_model_does(run, loaded, kind, name):
    model = loaded(kind)
    model.measure_statistics()
    told = exported(run, name)
    path = run / "export" / f"generator{SUFFIX[name]}"
    for count in (1, 3, 70):  # none of which it was compared at but the first
        z = model.sample_z(count, 5).numpy()
        (images,) = FORMATS[name].open(path)(z)
        np.testing.assert_allclose(images, model.generate(z), atol=5e-5)
        assert np.ptp(images) > 0.1
    outputs = FORMATS[name].open(run / "export" / f"critic{SUFFIX[name]}")(images)
    expected = tf.nest.flatten(model.critic(images, training=False))
    assert len(outputs) == {"wgan": 1, "wgan_gp": 1, "infogan": 3, "acgan": 2}[kind]
    for output, wanted in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(output, wanted, atol=1e-4)
    assert list(told["networks"]) == ["generator", "critic"]
    entry = told["networks"]["generator"]
    assert entry["file"] == f"export/{path.name}" and entry["bytes"] > 1000
    assert entry["parameters"] == model.generator.count_params()
    assert 0 <= entry["outputs"][0]["mean_difference"] <= entry["outputs"][0]["largest_difference"]
    assert sorted(p.name for p in (run / "export").iterdir()) == sorted(
        f"{part}{SUFFIX[name]}" for part in told["networks"]
    )


@pytest.mark.parametrize(
    ("kind", "prior", "words"),
    [
        ("wgan", "uniform", "latents z; values 0 to 2: uniform in [-1, 1]"),
        (
            "infogan",
            "uniform",
            "latents z; values 0 to 3: the class or category, one-hot; values 4 to 5: codes, "
            "uniform in [-1, 1]; values 6 to 7: uniform in [-1, 1]",
        ),
        (
            "acgan",
            "normal",
            "latents z; values 0 to 2: the class or category, one-hot; values 3 to 4: normal, "
            "mean 0, deviation 1",
        ),
    ],
)
def test_json_says_what_goes_in_and_what_comes_out(run, loaded, kind, prior, words):
    model = loaded(kind)
    told = exported(run, "keras")["networks"]
    taken, given = told["generator"]["input"], told["generator"]["outputs"][0]
    assert taken["meaning"] == words and taken["shape"] == [None, model.z_dim]
    assert (taken["prior"], taken["one_hot"], taken["codes"]) == (prior, model.one_hot, model.codes)
    assert taken["range"] == ([-1, 1] if prior == "uniform" else None)
    assert (given["shape"], given["layout"], given["range"]) == ([None, 16, 16, 1], "NHWC", [-1, 1])
    assert told["critic"]["input"]["shape"] == [None, 16, 16, 1]
    assert told["critic"]["outputs"][0]["meaning"] == "score, high for real images"


@pytest.mark.parametrize("name", ALL)
def test_the_line_that_is_printed_opens_the_file(run, capsys, name):
    told = exported(run, name)["networks"]["generator"]
    assert f"to use the generator: {told['open']}" in capsys.readouterr().out.splitlines()
    names = {"tensorflow": tf, "keras": keras, "z": np.zeros((2, 3), np.float32)}
    if name == "onnx":
        names["onnxruntime"] = pytest.importorskip("onnxruntime")
    opening, calling = told["open"].split("; ")
    with pytest.warns(UserWarning) if name == "tflite" else contextlib.nullcontext():
        exec(opening, names)
    images = eval(calling, names)
    images = list(images.values())[0] if isinstance(images, dict) else images
    assert np.shape(images[0] if name == "onnx" else images) == (2, 16, 16, 1)


def test_scores_that_see_the_whole_batch(run, loaded):
    loaded("dcgan", minibatch_discrimination=True)
    exported(run, "tflite")


def test_the_ratio_of_the_run_goes_with_them(run, capsys):
    model = runs.load_trained(command(run, "export"))
    images = keras.Input((16, 16, 1))
    pooled = keras.layers.GlobalAveragePooling2D()(images)
    network = keras.Model(images, keras.layers.Reshape(())(keras.layers.Dense(1)(pooled)))
    weights = runs.digest_of(model.generator)
    Ratio(network, {"real_median": 0.0, "weights": weights}).save(run / "ratio.keras")
    assert list(exported(run, "tflite")["networks"]) == ["generator", "critic", "ratio"]
    assert (run / "export" / "ratio.tflite").exists()
    Ratio(network, {"real_median": 0.0, "weights": "others"}).save(run / "ratio.keras")
    capsys.readouterr()
    assert "ratio" not in exported(run, "tflite")["networks"]
    assert "is of other weights and left out" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [1e-3, np.nan])
def test_other_numbers_are_an_error_that_the_file_tells(run, monkeypatch, wrong):
    kind = FORMATS["keras"]
    right = kind.open

    def spoilt(path):
        return lambda inputs: [output + wrong for output in right(path)(inputs)]

    monkeypatch.setattr(kind, "open", spoilt)
    with pytest.raises(UserError, match="^export/generator.keras computes other numbers"):
        export.run(command(run, "export", export_format="keras"))
    (output,) = json.loads((run / "export.json").read_text())["networks"]["generator"]["outputs"]
    # JSON has no NaN.
    assert output["largest_difference"] == (None if np.isnan(wrong) else pytest.approx(1e-3, 1e-3))


def test_packages_that_are_missing_are_one_line_and_nothing_is_written(run, monkeypatch):
    monkeypatch.setattr(portable.importlib.util, "find_spec", lambda name: None)
    line = (
        "^--export_format=onnx needs the packages tf2onnx and onnxruntime: "
        "pip install tf2onnx onnxruntime$"
    )
    with pytest.raises(UserError, match=line):
        export.run(command(run, "export", export_format="onnx"))
    assert not (run / "export").exists() and not (run / "export.json").exists()


def test_a_saved_model_takes_the_place_of_the_one_before(run):
    exported(run, "saved_model")
    stale, killed = run / "export" / "generator" / "stale", run / "export" / ".999999999.generator"
    stale.write_text("of before")
    killed.mkdir()
    exported(run, "saved_model")
    assert not stale.exists() and not killed.exists()
    assert sorted(path.name for path in (run / "export").iterdir()) == ["critic", "generator"]
