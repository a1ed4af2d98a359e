"""`--mode=evaluate`: runs and sets of images, on tiny data."""

import json

import numpy as np
import pytest
from PIL import Image

import wgan_tf
from tests import tiny
from tests.fakes import Classless
from tests.pngs import save_folder
from tests.processes import run_main
from tests.reading import events
from wgan_tf import metrics, runs
from wgan_tf.config.resolve import default_logs_dir, resolve
from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UsageError, UserError
from wgan_tf.metrics import two_sample
from wgan_tf.metrics.bootstrap import weighted_mean
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.metrics.metric import Metric
from wgan_tf.modes import evaluate, generate


class Quarters(Classless):
    """Four features; says that it has more, to be warned of."""

    width = 40


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(evaluate, "RESAMPLES", 20)
    # What is slow is tested in files of its own: here the two-sample classifier learns little.
    monkeypatch.setattr(two_sample, "_MOST_EPOCHS", 2)
    monkeypatch.setattr(evaluate, "open_judge", lambda config, shape: Quarters())


def command(run_dir, **changes):
    return tiny.command(run_dir, "evaluate", **changes)


def blobs(count, seed=0, shift=0, channels=1):
    """Bytes: soft spots at random places on noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:16, :16, :1][:2]
    at = rng.uniform(4, 12, (2, count, 1, 1, 1))
    spot = np.exp(-((y - at[0]) ** 2 + (x - at[1]) ** 2) / 12)
    noise = rng.uniform(0, 40, (count, 16, 16, channels))
    return np.clip(160 * spot + noise + shift, 0, 255).astype(np.uint8)


def two_sets(tmp_path, generated, real, **changes):
    values = {"generated": str(generated), "real": str(real), "logs_dir": str(tmp_path / "out")}
    return resolve({"mode": "evaluate", "features": "random", **values, **changes})


def test_the_flags_values_are_those_there_are():
    assert set(metrics.BEST_BY) < set(metrics.IN_TRAINING) < set(metrics.METRICS)
    assert all(metrics.METRICS[name].better for name in metrics.BEST_BY)


def test_a_run_against_held_out_images(run_dir, capsys, monkeypatch):
    # A fifth of the held-out digits: enough to see that all goes where it should.
    held_out = evaluate.held_out
    monkeypatch.setattr(
        evaluate, "held_out", lambda config: tuple(part[:200] for part in held_out(config))
    )
    (picture,) = evaluate.run(command(run_dir, samples=60))
    report = json.loads((run_dir / "evaluate.json").read_text())
    assert report["images"] == {
        "generated": 60,
        "real": 200,
        "training": 200,
        "shape": [16, 16, 1],
    }
    rows = report["metrics"]
    assert set(rows) == set(metrics.METRICS) - {"classifier_score", "class_balance"}
    assert report["iteration"] == 6 and report["features"] == "corners"
    model = wgan_tf.load(run_dir).model
    fake = model.generate(model.sample_z(60, 0)).numpy()
    real, training = evaluate.held_out(command(run_dir))
    again = Evaluation(
        real,
        Quarters(),
        training=training,
        count=60,
        names=("frechet", "coverage", "memorisation"),
        resamples=20,
    )
    for name, estimate in again.measure(fake).items():
        assert rows[name]["value"] == pytest.approx(estimate.value, rel=1e-5)
        assert rows[name]["low"] == pytest.approx(estimate.low, rel=1e-5)
        assert rows[name]["real_against_real"] == pytest.approx(again.reference[name], rel=1e-5)
    # Six iterations make nothing like a digit.
    assert rows["frechet"]["value"] > 3 * rows["frechet"]["real_against_real"]
    (warning,) = report["warnings"]
    assert "60 images are too few" in warning
    printed = capsys.readouterr().out
    assert "60 images" in printed and "200 images" in printed and f"warning: {warning}" in printed
    assert f"| Fréchet distance | {rows['frechet']['value']:.4g} |" in printed
    with Image.open(picture) as image:
        assert image.width > 1000
    tags = events(run_dir / "evaluate")
    for name in rows:
        assert [step for step, _ in tags[f"metrics/{name}"]] == [6], name
    assert {"evaluate/table", "evaluate/picture"} <= set(tags)


class Brightness(Metric):
    """What one file and one row add."""

    title, needs, limits = "brightness beside real", "images", (-2.0, 2.0)

    def __init__(self, real, fake):
        self.real_count, self.fake_count = len(real), len(fake)
        self._means = [images.mean((1, 2, 3)) for images in (real, fake)]

    def estimate(self, real_counts=None, fake_counts=None):
        weights = self._weights(real_counts, fake_counts)
        real, fake = map(weighted_mean, weights, self._means)
        return fake - real


def test_a_metric_that_is_registered_is_in_the_table_the_picture_and_the_json(
    tmp_path, monkeypatch, capsys
):
    generated = save_folder(tmp_path / "generated", blobs(48, 1, shift=51))
    real = save_folder(tmp_path / "real", blobs(48, 1))
    heights = []
    for entries in ({}, {"brightness": f"{__name__}:{Brightness.__name__}"}):
        for name, entry in entries.items():
            monkeypatch.setitem(metrics.METRICS._entries, name, entry)
        (picture,) = evaluate.run(two_sets(tmp_path, generated, real))
        with Image.open(picture) as image:
            heights.append(image.height)
    row = json.loads((tmp_path / "out" / "evaluate.json").read_text())["metrics"]["brightness"]
    assert 0.35 < row["value"] < 0.45 and row["low"] < row["value"] < row["high"]
    assert f"| brightness beside real | {row['value']:.4g} |" in capsys.readouterr().out
    assert heights[1] > heights[0]


def test_two_folders_and_an_npz_need_no_run(tmp_path, capsys):
    near, far, real = blobs(60, 1), blobs(60, 2, shift=60), blobs(80, 3)
    folder = save_folder(tmp_path / "near", near)
    np.savez(tmp_path / "far.npz", before=near, after=to_float(far))
    truth = save_folder(tmp_path / "real", real)
    values = {}
    for generated in (folder, tmp_path / "far.npz"):
        evaluate.run(two_sets(tmp_path, generated, truth))
        report = json.loads((tmp_path / "out" / "evaluate.json").read_text())
        assert report["images"]["shape"] == [16, 16, 1] and report["iteration"] is None
        assert (report["generated"], report["real"]) == (str(generated), str(truth))
        assert {"memorisation", "classifier_score"}.isdisjoint(report["metrics"])
        values[generated.name] = report["metrics"]["frechet"]
    assert values["near"]["high"] < values["far.npz"]["low"]
    assert values["near"]["real_against_real"] == values["far.npz"]["real_against_real"]
    assert not (tmp_path / "out" / "config.json").exists()
    assert "60 images" in capsys.readouterr().out


def test_before_and_after_are_compared_z_by_z(tmp_path, capsys):
    real, before = blobs(60), blobs(50, seed=1, shift=40)
    after = np.clip(before.astype(int) - 30, 0, 255).astype(np.uint8)
    arrays = {"before": to_float(before), "after": to_float(after)}
    np.savez(tmp_path / "real.npz", real)
    np.savez(tmp_path / "z.npz", **arrays)
    evaluate.run(two_sets(tmp_path, tmp_path / "z.npz", tmp_path / "real.npz"))
    assert "difference (95 % interval, paired)" in capsys.readouterr().out
    report = json.loads((tmp_path / "out" / "evaluate.json").read_text())
    row = report["metrics"]["variety"]
    assert row["difference"] == pytest.approx(row["value"] - row["before"])
    # What differs between z's cancels: far narrower than either alone.
    width = row["difference_high"] - row["difference_low"]
    assert width < 0.5 * (row["high"] - row["low"])
    distance = report["metrics"]["sliced_wasserstein"]
    assert distance["difference_high"] < 0

    np.savez(tmp_path / "after.npz", to_float(after))
    np.savez(tmp_path / "before.npz", to_float(before[:40]))
    few = two_sets(
        tmp_path, tmp_path / "after.npz", tmp_path / "real.npz", before=str(tmp_path / "before.npz")
    )
    with pytest.raises(UserError, match="40 images before and 50 after"):
        evaluate.run(few)


def test_grey_and_coloured_sets_are_compared_in_colour(tmp_path):
    save_folder(tmp_path / "grey", blobs(30, 1))
    save_folder(tmp_path / "colour", blobs(30, 2, channels=3))
    sets = evaluate._open_sets(two_sets(tmp_path, tmp_path / "grey", tmp_path / "colour"))
    assert sets.fake.shape == sets.real.shape == (30, 16, 16, 3)
    config = two_sets(tmp_path, tmp_path / "grey", tmp_path / "colour", channels=1)
    assert evaluate._open_sets(config).real.shape == (30, 16, 16, 1)


def test_a_size_that_is_asked_for_holds_for_both_sets(tmp_path):
    for name in ("a", "b"):
        save_folder(tmp_path / name, blobs(30))
    config = two_sets(tmp_path, tmp_path / "a", tmp_path / "b", image_size="12,10")
    sets = evaluate._open_sets(config)
    assert sets.fake.shape == (30, 10, 10, 1)
    np.testing.assert_array_equal(sets.fake, sets.real)


def test_a_folder_beside_a_run_has_the_runs_size(run_dir, tmp_path):
    folder = save_folder(tmp_path / "set", np.repeat(blobs(20, channels=3), 2, 1).repeat(2, 2))
    sets = evaluate._open_sets(command(run_dir, generated=str(folder)))
    assert sets.fake.shape == (20, 16, 16, 1) and sets.real.shape == (1000, 16, 16, 1)
    assert sets.training is not None and sets.iteration is None


def bad_sets():
    """Name to (generated, real, what the line says)."""
    good, floats = blobs(60, 1), to_float(blobs(60, 2))
    holed = floats.copy()
    holed[3, 2, 1, 0] = np.nan
    return {
        "few": (good[:3], good, "at least .* not 3"),
        "sizes": (good[:, :8, :8], good, "one size"),
        "constant": (np.repeat(good[:1], 60, 0), good, "all 60 generated images are the same"),
        "nan": (holed, good, "1 of 60 images hold NaN"),
        "range": (floats * 3, good, "scale them"),
        "real": (good, np.repeat(good[:1], 60, 0), "all 60 real images are the same"),
    }


@pytest.mark.parametrize("case", list(bad_sets()))
def test_what_cannot_be_measured_is_one_line_and_writes_nothing(case, tmp_path):
    generated, real, words = bad_sets()[case]
    np.savez(tmp_path / "generated.npz", generated)
    np.savez(tmp_path / "real.npz", real)
    with pytest.raises(UserError, match=words) as error:
        evaluate.run(two_sets(tmp_path, tmp_path / "generated.npz", tmp_path / "real.npz"))
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out").exists()


def test_paths_are_looked_for_before_anything_else(run_dir, tmp_path):
    with pytest.raises(UsageError, match="--generated=.*nowhere"):
        runs.check_evaluation(command(run_dir, generated=str(tmp_path / "nowhere")))
    with pytest.raises(UserError, match="--mode=train"):
        runs.check_evaluation(resolve({"mode": "evaluate", "logs_dir": str(tmp_path / "none")}))
    with pytest.raises(UserError, match="--evaluate_every"):
        runs.check_evaluation(command(run_dir, checkpoint="best"))
    runs.check_evaluation(command(run_dir))


def test_the_command_line_answers_in_one_line(tmp_path):
    np.savez(tmp_path / "set.npz", blobs(20))
    common = ("--mode=evaluate", "--real=set.npz", "--features=random")
    process = run_main(*common, "--generated=no.npz", cwd=tmp_path, check=False)
    assert process.returncode == 2 and process.stderr.count("\n") == 1
    np.savez(tmp_path / "few.npz", blobs(4))
    process = run_main(*common, "--generated=few.npz", cwd=tmp_path, check=False)
    assert process.returncode == 1 and process.stderr.splitlines()[-1].startswith("error: ")
    assert {path.name for path in tmp_path.iterdir()} == {"set.npz", "few.npz"}


def test_two_sets_have_a_folder_of_their_own():
    sets = {"mode": "evaluate", "generated": "a", "real": "b"}
    assert default_logs_dir(sets).endswith("evaluate")
    assert default_logs_dir({**sets, "real": None}).endswith("mnist5k")
    assert resolve(sets).data.size == 0
    assert resolve({**sets, "image_size": "30"}).data.size == 30


def test_what_generate_writes_is_measured_alike_in_every_format(run_dir, tmp_path):
    real = save_folder(tmp_path / "real", blobs(60, 3))
    flags = {"mode": "generate", "count": 70, "shard_size": 30, "seed": 5}
    stored, measured = runs.read_config(run_dir), {}
    paths = {"npz": "", "tfrecord": "", "png": "", "webp": "", "jpg": ""}
    for form in paths:
        generate.run(resolve({**flags, "logs_dir": str(run_dir), "shard_format": form}, stored))
        folder = (run_dir / "samples").rename(tmp_path / form)
        evaluate.run(two_sets(tmp_path, folder, real, channels=1))
        report = json.loads((tmp_path / "out" / "evaluate.json").read_text())
        assert report["images"]["generated"] == 70 and report["images"]["shape"] == [16, 16, 1]
        measured[form] = report["metrics"]
    for form in ("tfrecord", "png", "webp"):
        assert measured[form] == measured["npz"], form
    assert measured["jpg"] != measured["npz"]
    frechet = [measured[form]["frechet"]["value"] for form in ("npz", "jpg")]
    assert frechet[1] == pytest.approx(frechet[0], rel=0.1)
    # One file of several, and the whole of them at once, are sets of images as well.
    for name in ("npz/samples-00002-of-00003.npz", "tfrecord/samples-00002-of-00003.tfrecord"):
        sets = evaluate._open_sets(two_sets(tmp_path, tmp_path / name, real, channels=1))
        whole = evaluate._open_sets(two_sets(tmp_path, tmp_path / "png", real, channels=1))
        np.testing.assert_array_equal(sets.fake, whole.fake[60:])
