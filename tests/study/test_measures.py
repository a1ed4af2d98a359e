"""What is measured of outcomes: by two judges, paired, and by the critic."""

import numpy as np
import pytest

from tests.tiny import make_model, strong
from wgan_tf.study.experiments import Outcome, Samples
from wgan_tf.study.known_world import Measure
from wgan_tf.study.measures import Images, Points, priced


class Brightness:
    """A judge: the brighter an image, the more real; two classes, dark and bright."""

    name, width = "brightness", 3

    def features(self, images):
        quarters = images.reshape(len(images), 2, 8, 2, 8).mean((2, 4)).reshape(len(images), 4)
        return quarters[:, :3]

    def realism(self, images):
        return images.mean((1, 2, 3))

    def probabilities(self, images):
        bright = 1 / (1 + np.exp(-20 * self.realism(images)))
        return np.stack([1 - bright, bright], 1).astype(np.float32)


@pytest.fixture(scope="module")
def model():
    return strong(make_model())


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    real, training = (rng.uniform(-1, 1, (60, 16, 16, 1)).astype(np.float32) for _ in range(2))
    return Images(real, Brightness(), training, 40)


@pytest.fixture(scope="module")
def samples(model):
    return Samples(model, model.sample_z(40, 1), None)


def outcome(images, paired=True):
    return Outcome(images, None, 6, 0.5, 0.25, {"duplicates": 0.125}, paired)


def test_nothing_makes_no_difference(images, samples):
    row = images.of(samples)(outcome(samples.images))
    assert set(row["metrics"]) == set(images.titles) - {"duplicates"}
    for name, entry in row["metrics"].items():
        assert entry["difference"] == 0, name
    assert row["score_gain"] == row["pixel_change"] == row["class_changed"] == 0
    assert row["gain_of_lowest"] == row["gain_of_highest"] == 0


def test_values_are_those_of_the_metrics(images, samples):
    from wgan_tf.metrics import METRICS

    brighter = np.clip(samples.images + 0.25, -1, 1)
    row, judge = images.of(samples)(outcome(brighter)), Brightness()
    real = images._real
    frechet = row["metrics"]["frechet"]
    before, after = (
        METRICS["frechet"](judge.features(real), judge.features(x)).estimate()[0]
        for x in (samples.images, brighter)
    )
    assert frechet["value"] == pytest.approx(after)
    assert frechet["difference"] == pytest.approx(after - before)
    assert frechet["low"] < frechet["difference"] < frechet["high"]
    foreign = row["metrics"]["foreign_frechet"]
    strange = images.other.features
    expected = METRICS["frechet"](strange(real), strange(brighter)).estimate()[0]
    assert foreign["value"] == pytest.approx(expected, rel=1e-6) and "low" not in foreign
    assert row["pixel_change"] == pytest.approx(np.abs(brighter - samples.images).mean(), rel=1e-5)
    gain = judge.realism(brighter) - judge.realism(samples.images)
    order = np.argsort(np.asarray(samples.model.score(samples.images)), kind="stable")
    assert row["gain_of_lowest"] == pytest.approx(gain[order[:8]].mean(), rel=1e-4)
    assert row["gain_of_highest"] == pytest.approx(gain[order[-8:]].mean(), rel=1e-4)
    errors = [gain[rows].std(ddof=1) ** 2 / 8 for rows in (order[:8], order[-8:])]
    assert row["gain_error"] == pytest.approx(sum(errors) ** 0.5, rel=1e-4)


def test_what_is_not_paired_has_no_change_of_its_own(images, samples):
    row = images.of(samples)(outcome(samples.images[5:], paired=False))
    assert "pixel_change" not in row and "gain_error" not in row and "score" in row
    assert "low" not in row["metrics"]["frechet"]


def test_prices():
    row = priced(outcome(np.zeros((2, 1, 1, 1))), fitting=30.0)
    assert row["gflop_with_fitting"] == {"100": 0.55, "1000": 0.28, "10000": 0.253}
    assert row["evaluations"] == 6 and row["duplicates"] == 0.125


def test_points(model):
    from wgan_tf.data import WORLDS

    world, rng = WORLDS["grid25"](), np.random.default_rng(1)
    points = Points(Measure(world, rng), world.sample(200, rng))

    class Before:
        images = rng.normal(0, 0.5, (200, 1, 1, 2)).astype(np.float32)

    measured = points.of(Before())
    row = measured(outcome(world.sample(200, rng).reshape(-1, 1, 1, 2)))
    assert row["metrics"]["good"]["value"] > 0.99
    assert row["metrics"]["earth_movers"]["difference"] < 0
    assert points.main == "earth_movers" and points.foreign == "jensen_shannon"
    assert points.facts["reference"]["good"] > 0.99
