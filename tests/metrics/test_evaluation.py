"""All metrics at once: the same numbers as one by one, and what they are compared with."""

import numpy as np
import pytest

from tests.fakes import Classless, Corners
from wgan_tf.errors import UserError
from wgan_tf.metrics import METRICS
from wgan_tf.metrics.bootstrap import estimate_of, halves
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.metrics.frechet import FrechetInfinity
from wgan_tf.metrics.measured import report_of

CHEAP = ("frechet", "frechet_infinity", "kernel", "coverage", "classifier_score", "variety")


def images(seed, count, shift=0.0):
    rng = np.random.default_rng(seed)
    blocks = rng.uniform(-0.4, 0.4, (count, 2, 1, 2, 1)) + np.zeros((1, 1, 8, 1, 8))
    noise = rng.uniform(-0.3, 0.3, (count, 16, 16, 1))
    return (blocks.reshape(count, 16, 16, 1) + noise + shift).astype(np.float32)


def test_each_metric_is_what_it_is_alone():
    real, fake, judge = images(0, 40), images(1, 40, 0.2), Corners()
    estimates = Evaluation(real, judge, names=CHEAP, resamples=50).measure(fake)
    assert tuple(estimates) == CHEAP
    features = judge.features(real), judge.features(fake)
    for name in ("frechet", "kernel", "coverage"):
        alone = estimate_of(METRICS[name](*features), 50)
        assert estimates[name].value == alone.value
        np.testing.assert_array_equal(estimates[name].resampled, alone.resampled)
    assert estimates["frechet_infinity"].value == FrechetInfinity(*features).estimate()[0]
    assert np.isnan(estimates["frechet_infinity"].low)
    score = METRICS["classifier_score"](judge.probabilities(real), judge.probabilities(fake))
    assert estimates["classifier_score"].value == estimate_of(score).value
    assert estimates["variety"].value == METRICS["variety"](real, fake).estimate()[0]


def test_all_names_with_training_images_and_an_improvement_that_is_sure():
    real, training = images(0, 60), images(1, 80)
    evaluation = Evaluation(real, Corners(), training=training, count=60, resamples=100)
    assert evaluation.names == tuple(METRICS)
    far, near = (evaluation.measure(images(2, 60, shift)) for shift in (0.25, 0.02))
    difference, low, high = near["frechet"].minus(far["frechet"])
    assert low < difference < high < 0
    assert set(evaluation.reference) == set(METRICS)
    assert evaluation.reference["frechet"] < near["frechet"].value + 1
    assert 0.7 < evaluation.reference["memorisation"] < 1.3
    copies = evaluation.measure(training[:60])
    assert copies["memorisation"].value < 0.8


def test_reference_without_training_images_is_of_metrics_that_any_number_suits():
    """Halves of the real images beside all of them would make blurred images look better than
    real ones.
    """
    real, judge = images(0, 41), Classless()
    evaluation = Evaluation(real, judge, resamples=0)
    assert "memorisation" not in evaluation.names
    assert "classifier_score" not in evaluation.names
    expected = METRICS["kernel"](*halves(judge.features(real))).estimate()[0]
    assert evaluation.reference["kernel"] == pytest.approx(expected)
    has = {name for name, value in evaluation.reference.items() if np.isfinite(value)}
    assert has == {"kernel", "variety"}
    assert "Fréchet distance" in evaluation.without_reference
    assert "41 more real images" in evaluation.without_reference
    report = report_of(evaluation, images(1, 41))
    assert evaluation.without_reference in report.warnings
    line = next(row for row in report.table.splitlines() if "Fréchet distance |" in row)
    assert line.split("|")[4].strip() == "" and "nan" not in report.table


def test_blurred_images_do_not_look_better_than_real_ones():
    real, training, fake = images(0, 60), images(1, 120), images(2, 60)
    blurred = fake.reshape(60, 8, 2, 8, 2, 1).mean((2, 4), keepdims=True)
    blurred = np.broadcast_to(blurred, (60, 8, 2, 8, 2, 1)).reshape(fake.shape)
    name = "sliced_wasserstein"
    for known in (None, training):
        evaluation = Evaluation(real, Corners(), training=known, names=(name,), resamples=0)
        value = evaluation.measure(blurred)[name].value
        assert not value <= evaluation.reference[name], known is None


@pytest.mark.parametrize("count", [2, 3])
def test_too_few_images_for_a_reference_have_none(count):
    evaluation = Evaluation(images(0, count), Classless(), resamples=0, names=("kernel", "frechet"))
    assert all(np.isnan(value) for value in evaluation.reference.values())
    assert np.isfinite(evaluation.measure(images(1, 9))["frechet"].value)


def test_too_few_training_images_are_no_reference():
    names = ("frechet", "memorisation")
    evaluation = Evaluation(
        images(0, 60), Corners(), training=images(1, 59), count=60, names=names
    )
    assert np.isnan(evaluation.reference["frechet"])
    assert 0.7 < evaluation.reference["memorisation"] < 1.3


def test_reference_has_as_many_images_as_the_generated_sets():
    training = images(1, 80)
    few, many = (
        Evaluation(
            images(0, 60), Corners(), training=training, count=count, names=("frechet",)
        ).reference["frechet"]
        for count in (20, 80)
    )
    # The distance is biased upward, the more so the fewer images.
    assert few > many


def test_too_few_for_covariances_is_a_warning():
    (line,) = Evaluation(images(0, 40), Corners(), count=7).warnings
    assert line.startswith("7 images are too few")
    assert not Evaluation(images(0, 40), Corners()).warnings


def bad(fake, value):
    fake[3, 2, 1, 0] = value
    return fake


@pytest.mark.parametrize(
    "fake, message",
    [
        (images(1, 30)[:, :8, :8], "bring them to one size"),
        (np.zeros((30, 16, 16, 1)), "all 30 generated images are the same"),
        (bad(images(1, 30), np.nan), "1 of 30 generated images hold NaN"),
        (bad(images(1, 30), 7), "scale them to"),
        (images(1, 9), "at least 10 generated images, not 9"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line(fake, message):
    class Blind(Corners):
        def features(self, images):
            return np.random.default_rng(0).normal(size=(len(images), 4))

    names = ("frechet", "sliced_wasserstein")
    with pytest.raises(UserError, match=message) as error:
        Evaluation(images(0, 40), Blind(), names=names, resamples=20).measure(fake)
    assert "\n" not in str(error.value)
