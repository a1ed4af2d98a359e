"""What the modes that look into a discriminator write, on tiny trained runs."""

import dataclasses
import json
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wgan_tf import runs
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError, UserError
from wgan_tf.looks import discriminator as discriminating
from wgan_tf.looks.ascent import Ascent
from wgan_tf.looks.discriminator import open_discriminators, separate
from wgan_tf.looks.feature_maxima import feature_maxima
from wgan_tf.modes import max_class, max_features, perturb_real
from wgan_tf.visualize.robustness import CURVES

QUICK = {"perturb_batch": 12, "perturb_steps": 4, "perturb_max": 4.0}


@pytest.fixture(scope="module")
def other_dir(run_dir):
    """The same run under another name."""
    return shutil.copytree(run_dir, run_dir.parent / "twin")


@pytest.fixture
def command(run_dir, cache_dir):
    """Builds the configuration of a later command on the run."""

    def build(mode, **changes):
        values = {"mode": mode, "logs_dir": str(run_dir), "cache_dir": str(cache_dir), **QUICK}
        if "maximise" in COMMANDS[mode].kinds:
            values["nr_iter_vis"] = 5
        return resolve({**values, **changes}, runs.read_config(run_dir))

    return build


@pytest.fixture
def with_classes(monkeypatch):
    """Every run is loaded as one whose critic tells ten classes apart."""
    load = runs.load_trained

    def load_with_classes(config):
        model = load(config)
        head = keras.layers.Dense(10, kernel_initializer=keras.initializers.RandomNormal(0, 1, 3))

        def classify(images):
            features = model.critic_with_features(images, training=False)[1]
            return head(tf.reshape(features, (-1, int(np.prod(features.shape[1:])))))

        model.classes, model.classify = 10, classify
        return model

    monkeypatch.setattr(runs, "load_trained", load_with_classes)


def written(run_dir, name):
    return json.loads((run_dir / f"{name}.json").read_text())


def test_perturb_real_on_a_critic(run_dir, command, capsys):
    paths = perturb_real.run(command("perturb_real"))
    names = ["perturb_real", "perturb_gradient", "perturb_altered"]
    names += ["perturb_accuracy", "perturb_smallest"]
    assert [path.name for path in paths] == [f"{name}.png" for name in names]
    assert np.asarray(Image.open(paths[0])).shape == (16, 12 * 17 - 1)
    report = written(run_dir, "perturb_real")
    assert report["images"] == 12 and report["split"] == "test images"
    assert report["sizes"] == [0, 1, 2, 3, 4]
    found = report["discriminators"]["tiny"]
    assert found["class_names"] == ["real", "generated"]
    assert set(found["labels"]) == {0} and set(found["targets"]) == {1}
    # Away from one of two classes is towards the other.
    assert set(found["curves"]) == {"targeted", "targeted_one_step", "random_signs"}
    # Scores and labels anew: the accuracy is that of the threshold.
    (discriminator,) = open_discriminators(command("perturb_real"))
    scores = runs.load(run_dir).score(discriminator.images).numpy()
    right = (scores > found["parting"]["threshold"]).mean()
    assert found["accuracy"] == pytest.approx(right)
    assert found["accuracy_error"] == pytest.approx(np.sqrt(right * (1 - right) / 12))
    for curve in found["curves"].values():
        assert curve["accuracy"][0] == pytest.approx(right)
    # What flipped at a size answers wrongly there.
    smallest = [np.inf if s is None else s for s in found["smallest"]["targeted"]["by_image"]]
    steps = np.array(found["curves"]["targeted"]["accuracy"])
    assert (np.array(smallest) == 0).mean() == pytest.approx(1 - right)
    assert steps[-1] <= (np.array(smallest) > 0).mean()
    out = capsys.readouterr().out
    assert out.count("perturb_real tiny:") == 1
    assert list((run_dir / "perturb_real").glob("events*"))


def test_perturb_real_with_classes_and_two_discriminators(
    run_dir, other_dir, command, with_classes
):
    config = command("perturb_real", other_logs_dir=str(other_dir), target_class="3")
    paths = perturb_real.run(config)
    names = {path.name for path in paths}
    assert {"perturb_gradient_tiny.png", "perturb_altered_twin.png"} <= names and len(paths) == 7
    report = written(run_dir, "perturb_real")["discriminators"]
    ours, theirs = report["tiny"], report["twin"]
    assert ours["class_names"] == [str(digit) for digit in range(10)]
    assert ours["parting"] is None and len(set(ours["labels"])) > 3
    for label, target in zip(ours["labels"], ours["targets"], strict=True):
        assert target == (4 if label == 3 else 3)
    assert set(ours["curves"]) == set(CURVES)
    assert set(ours["smallest"]) == {"targeted", "untargeted"}
    assert ours["curves"] == theirs["curves"]


def test_labels_are_those_of_the_images(command, with_classes):
    from wgan_tf.data.scaling import to_uint8

    config = command("perturb_real")
    (discriminator,) = open_discriminators(config)
    source = runs.open_images(config, "test")
    everything = source.read(np.arange(source.count))
    for image, label in zip(to_uint8(discriminator.images), discriminator.labels, strict=True):
        (rows,) = np.nonzero((everything == image).all((1, 2, 3)))
        assert label in source.labels[rows]


@pytest.mark.parametrize("name", ["truck", "10", "-1"])
def test_a_class_that_does_not_exist_is_one_line_with_those_that_do(command, name):
    with pytest.raises(UsageError, match=f"--target_class={name}: .*0 real, 1 generated") as error:
        perturb_real.run(command("perturb_real", target_class=name))
    assert "\n" not in str(error.value)


def test_data_without_labels_is_refused_where_there_are_classes(command, with_classes, monkeypatch):
    source = runs.open_images(command("perturb_real"), "test")
    source.labels = None
    monkeypatch.setattr(runs.images, "open_images", lambda *_: source)
    with pytest.raises(UserError, match="no labels"):
        max_class.run(command("max_class"))


def test_max_class_starts_from_the_mean_and_shows_every_class(run_dir, command, with_classes):
    (path,) = max_class.run(command("max_class"))
    report = written(run_dir, "max_class")
    assert (report["start"], report["learning_rate"], report["steps"]) == ("mean", 0.1, 5)
    found = report["discriminators"]["tiny"]
    assert (np.array(found["output_after"]) > np.array(found["output_before"])).all()
    (discriminator,) = open_discriminators(command("max_class"))
    mean = discriminator.images.mean(0, keepdims=True)
    expected = discriminator.logits(tf.constant(mean)).numpy()[0]
    np.testing.assert_allclose(found["output_before"], expected, rtol=1e-3, atol=1e-5)
    assert len(found["probability"]) == 10 and "other" not in found
    assert np.asarray(Image.open(path)).shape[1] > 10 * 100


def test_max_class_of_two_critics_says_what_the_other_sees(run_dir, other_dir, command, capsys):
    max_class.run(command("max_class", other_logs_dir=str(other_dir), start="noise"))
    found = written(run_dir, "max_class")["discriminators"]
    other = found["tiny"]["other"]
    assert other["name"] == "twin"
    own = np.array(found["tiny"]["probability"]) > 0.5
    np.testing.assert_array_equal(own, np.array(other["taken_for"]) == [0, 1])
    assert other["share_recognised"] == own.mean()
    assert "twin recognises" in capsys.readouterr().out


def test_max_features_by_number_and_name(run_dir, command):
    (path,) = max_features.run(command("max_features", layer="1"))
    assert path.name == "max_features_1.png"
    found = written(run_dir, "max_features_1")["discriminators"]["tiny"]
    assert found["layer"] == "leaky_0" and found["features"] == found["width"] == 4
    (discriminator,) = open_discriminators(command("max_features"))
    network = keras.Model(
        discriminator.network.inputs[0], discriminator.network.get_layer("leaky_0").output
    )
    strongest = network(discriminator.images).numpy().max((1, 2))
    np.testing.assert_allclose(found["deviation"], strongest.std(0), rtol=1e-4)
    mean = network(discriminator.images.mean(0, keepdims=True)).numpy().max((1, 2))[0]
    np.testing.assert_allclose(
        found["output_before"], mean / strongest.std(0), rtol=1e-3, atol=1e-5
    )
    # Without a layer the fourth activation, or the last of fewer; its name is that of the file.
    (path,) = max_features.run(command("max_features"))
    assert path.name == "max_features_features.png"
    # Any layer by its name, also one without a map.
    max_features.run(command("max_features", layer="score"))
    assert written(run_dir, "max_features_score")["discriminators"]["tiny"]["width"] == 1


def test_features_that_a_relu_hides_are_found(command):
    config = command("max_features", layer="relu")
    (discriminator,) = open_discriminators(config)
    images = keras.Input(discriminator.shape)
    hidden = keras.layers.Conv2D(
        2, 3, bias_initializer=keras.initializers.Constant(-50.0), name="convolution"
    )(images)
    network = keras.Model(images, keras.layers.ReLU(name="relu")(hidden))
    assert not np.any(network(discriminator.images))
    discriminator = dataclasses.replace(discriminator, network=network)
    features = feature_maxima(discriminator, "relu", Ascent.of(config))
    assert features.layer == "relu" and features.still == 0
    assert (features.maximum.after > features.maximum.before).all()


@pytest.mark.parametrize("layer", ["3", "0", "no_such"])
def test_a_layer_that_does_not_exist_is_one_line_with_those_that_do(command, layer):
    with pytest.raises(UsageError, match=f"--layer={layer}: tiny .*1 leaky_0, 2 features") as error:
        max_features.run(command("max_features", layer=layer))
    assert "\n" not in str(error.value)


def test_runs_that_cannot_be_compared(run_dir, other_dir, command, with_classes, monkeypatch):
    with pytest.raises(UsageError, match="the run itself"):
        open_discriminators(command("max_class", other_logs_dir=str(run_dir)))
    with pytest.raises(UserError, match="--other_logs_dir: there is no checkpoint in nowhere"):
        open_discriminators(command("max_class", other_logs_dir="nowhere"))
    models = [runs.load_trained(command("max_class")) for _ in range(2)]
    models[1].classes = 0
    queue = iter(models)
    monkeypatch.setattr(runs, "load_trained", lambda _: next(queue))
    with pytest.raises(UserError, match="real from generated images, the run 10 classes"):
        open_discriminators(command("max_class", other_logs_dir=str(other_dir)))


def test_names_of_runs_differ(tmp_path):
    def named(*folders):
        config = resolve({})
        return discriminating._names(
            [
                dataclasses.replace(
                    config, run=dataclasses.replace(config.run, logs_dir=str(tmp_path / folder))
                )
                for folder in folders
            ]
        )

    assert named("a/x", "a/y") == ["x", "y"]
    assert named("a/x", "b/x") == ["a_x", "b_x"]
    assert named("a/b/x", "c/b/x") == ["1_b_x", "2_b_x"]


def test_separate_by_hand():
    # Between 1 and 3: all four of real, two of three of fake.
    threshold, accuracy = separate([3.0, 4.0, 5.0, 9.0], [0.0, 1.0, 4.5])
    assert threshold == 2.0 and accuracy == pytest.approx((1 + 2 / 3) / 2)
    assert separate([1.0, 1.0], [1.0])[1] == 0.5
    # Where generated images score higher, no threshold beats taking all for the same.
    assert separate([0.0], [1.0])[1] == 0.5
    assert separate([0.0, 2.0], [1.0])[1] == 0.75


def test_defaults_and_starts_of_the_modes(command):
    stored = resolve({"mode": "demo", "logs_dir": "there", "nr_iter_vis": 7})
    config = resolve({"mode": "max_features"}, stored)
    assert config.refinement.nr_iter_vis == 200 and config.refinement.start == "mean"
    assert config.refinement.iterator_learning_rate == 0.1
    again = resolve({"mode": "max_class", "nr_iter_vis": 3, "start": "noise"}, stored).refinement
    assert (again.nr_iter_vis, again.start) == (3, "noise")
    assert resolve({"mode": "image_iterator"}, stored).refinement.nr_iter_vis == 7
    for mode, start in (
        ("max_class", "generated"),
        ("max_features", "real"),
        ("image_iterator", "mean"),
    ):
        with pytest.raises(UsageError, match=f"--start={start}"):
            resolve({"mode": mode, "start": start}, stored)
