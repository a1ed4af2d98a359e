"""`--mode=study` on tiny models: what it writes, that it goes on, and data without labels."""

import functools
import json

import numpy as np
import pytest
from PIL import Image

from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError
from wgan_tf.metrics import judges as judge_module
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.modes import study
from wgan_tf.runs import read_config
from wgan_tf.study.experiments import Samples, conditions


@pytest.fixture
def quick(monkeypatch):
    """Judges of one epoch, two metrics, few resamples."""
    for name, value in (("_SEEN", 1), ("_FEWEST_EPOCHS", 1), ("_STAGES", (4, 4, 8))):
        monkeypatch.setattr(judge_module, name, value)
    few = functools.partial(Evaluation, names=("frechet", "variety"), resamples=20)
    monkeypatch.setattr(study, "Evaluation", few)
    monkeypatch.setattr("wgan_tf.study.experiments.RECORDS", (1, 3, 10, 30, 100))


def tiny(resolve_tiny, **changes):
    sizes = {"study_seeds": 1, "study_stages": "2", "study_samples": 100}
    return resolve_tiny(mode="study", **{**sizes, **changes})


@pytest.mark.slow
def test_study_of_labelled_data_goes_on_where_it_stopped(
    quick, resolve_tiny, tmp_path, monkeypatch, capsys
):
    config = tiny(resolve_tiny)
    pictures = study.run(config)
    folder = tmp_path / "run"
    report = json.loads((folder / "study.json").read_text())
    (model,) = report["models"]
    assert list(model["conditions"]) == [condition.key for condition in conditions()]
    assert report["judge"] == "classifier" and report["real_images"] == 1000
    assert set(report["findings"]["2"]["claims"]) == {
        "critic_fooled", "pixels_do_not_help", "z_helps", "low_scores_gain_most",
        "too_few_too_many",
    }  # fmt: skip
    text = (folder / "study.md").read_text()
    assert text in capsys.readouterr().out and "## After 2 iterations" in text
    for picture in pictures:
        assert Image.open(picture).size[0] == 1440
        assert f"](images/{picture.name})" in text
    assert list((folder / "study").rglob("events*"))
    # More training went on in a folder of its own.
    more = report["models"][0]["conditions"]["more_training 0.01 100"]
    assert more["pixel_change"] > 0
    assert read_config(folder / "seed-0" / "2").training.iterations == 2
    assert read_config(folder / "seed-0" / "2-more").training.iterations > 2

    path = folder / "measured" / "seed-0-2.json"
    entries = json.loads(path.read_text())
    lost = ["z_iterator 0.03 100", "more_training 0.01 100"]
    path.write_text(json.dumps({key: e for key, e in entries.items() if key not in lost}))
    asked, under = [], Samples.under
    monkeypatch.setattr(
        Samples, "under", lambda self, one: (asked.append(one.key), under(self, one))[1]
    )
    study.run(resolve(config.flat(), read_config(folder)))
    assert asked == lost
    again = json.loads((folder / "study.json").read_text())
    for key, entry in again["models"][0]["conditions"].items():
        expected = model["conditions"][key]["metrics"]["frechet"]["value"]
        assert entry["metrics"]["frechet"]["value"] == pytest.approx(expected, rel=1e-3)


@pytest.fixture
def folder_of_pictures(tmp_path):
    rng = np.random.default_rng(0)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for index in range(160):
        Image.fromarray(rng.integers(0, 255, (16, 16), np.uint8)).save(pictures / f"{index}.png")
    return str(pictures)


def test_data_without_labels_is_divided(resolve_tiny, folder_of_pictures):
    data = study._Data(tiny(resolve_tiny, data_dir=folder_of_pictures, channels=1))
    assert data.split == "train[:50%]"
    parts = data.training, data._for_judge, data.real
    assert [len(part) for part in parts] == [80, 40, 40]
    assert len({image.tobytes() for part in parts for image in part}) == 160
    with pytest.raises(UsageError, match="divides data without labels"):
        study._Data(
            tiny(resolve_tiny, data_dir=folder_of_pictures, channels=1, split="train[:10%]")
        )


@pytest.mark.slow
def test_data_without_labels_is_judged_by_a_second_critic(
    quick, resolve_tiny, tmp_path, folder_of_pictures
):
    study.run(tiny(resolve_tiny, data_dir=folder_of_pictures, channels=1))
    folder = tmp_path / "run"
    report = json.loads((folder / "study.json").read_text())
    assert report["judge"] == "critic" and report["real_images"] == 40
    assert (folder / "judge.keras").exists()
    assert read_config(folder / "seed-0" / "2").data.split == "train[:50%]"
    assert report["models"][0]["conditions"]["nothing"]["class_changed"] is None


@pytest.mark.parametrize(
    "flags, message",
    [
        ({"study_stages": "300,100"}, "must rise"),
        ({"study_stages": "early"}, "1 to 10000000 each"),
        ({"study_samples": 99}, "must be 100 to 1000000"),
        ({"study_seeds": 0}, "must be 1 to 1000"),
    ],
)
def test_flags_are_checked(flags, message):
    with pytest.raises(UsageError, match=message):
        resolve({"mode": "study", **flags})


def test_a_study_that_was_started_differently_is_not_continued(resolve_tiny):
    stored = tiny(resolve_tiny)
    with pytest.raises(UsageError, match="was started with 100"):
        resolve({**stored.flat(), "study_samples": 200}, stored)
