"""A fitted log density ratio against the true one."""

import json

import numpy as np
import pytest

from tests.identity import Identity
from wgan_tf.errors import UserError
from wgan_tf.refine.ratio import RATIO_FEATURES, fitting
from wgan_tf.refine.ratio.fitting import fit_ratio, fresh_samples


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(fitting, "_EPOCHS", 1)


def test_a_ratio_of_two_known_laws(laws, fitted):
    real, generated = laws.images(3000, 11), laws.images(3000, 12, 0.0)
    images = np.concatenate([real, generated])
    errors = fitted.log_ratio(images) - laws.log_ratio(images)
    assert np.abs(errors).mean() < 0.1
    # The mean ratio of samples that nobody has seen.
    assert np.exp(fitted.log_ratio(laws.images(20_000, 13, 0.0))).mean() == pytest.approx(
        1, rel=0.05
    )


def test_what_is_known_of_it(laws, fitted):
    facts = fitted.facts
    assert facts["features"] == "pixels" and facts["feature_width"] == 2
    # 15 % of the real images; 10,000 samples.
    assert facts["real_images"] == 750 and facts["generated_images"] == 10_000
    assert facts["mean_ratio"] == pytest.approx(1, rel=0.05)
    # d is N(+-v / 2, v), v = 2 (0.3 / 0.5)^2 = 0.72: of its weights exp(-v) are effective, and
    # Phi(sqrt(v / 2)) of the pairs are in order.
    assert facts["effective_share"] == pytest.approx(np.exp(-0.72), rel=0.12)
    assert facts["auc"] == pytest.approx(0.7257, abs=0.035)
    assert facts["real_median"] == fitted.level == pytest.approx(0.36, abs=0.15)
    assert facts["gate"] is None
    assert 0 < facts["seconds_of_features"] < facts["seconds"]
    json.dumps(facts)


def test_the_same_seed_gives_the_same_numbers(laws, quick):
    real = laws.images(300, 1)
    ratios = [fit_ratio(laws.model, real, features="pixels", seed=s) for s in (4, 4)]
    values = [ratio.log_ratio(real) for ratio in ratios]
    np.testing.assert_array_equal(values[0], values[1])
    seconds = {"seconds", "seconds_of_features"}
    first, again = ({k: v for k, v in r.facts.items() if k not in seconds} for r in ratios)
    assert first == again
    # 15 % of 300; ten times 300.
    assert first["real_images"] == 45 and first["generated_images"] == 3000


def test_equal_laws_tell_nothing(laws):
    ratio = fit_ratio(laws.model, laws.images(2000, 1, 0.0), features="pixels")
    assert "no better than chance" in ratio.facts["gate"]
    assert ratio.facts["mean_ratio"] == pytest.approx(1, rel=0.05)
    assert np.abs(ratio.log_ratio(laws.images(500, 2, 0.0))).mean() < 0.25


def test_laws_far_apart(laws, monkeypatch):
    monkeypatch.setattr(fitting, "_EPOCHS", 12)
    ratio = fit_ratio(laws.model, laws.images(400, 1, 4.0), features="pixels")
    assert "of the samples lie where real images are" in ratio.facts["gate"]
    assert ratio.facts["auc"] == 1
    values = ratio.log_ratio(np.concatenate([laws.images(9, 2, 4.0), laws.images(9, 2, 0.0)]))
    assert np.isfinite(values).all() and values[:9].min() > values[9:].max()


@pytest.mark.parametrize(
    ("real", "counts"),
    [
        (200, (2000, 2000)),
        (700, (7000, 7000)),
        (1500, (15_000, 10_000)),
        (5000, (20_000, 10_000)),
    ],
)
def test_as_many_samples_as_help(real, counts):
    assert fresh_samples(real) == counts


def test_samples_that_shift_are_others_than_those_that_judge(laws, quick, monkeypatch):
    seen = {}
    calibrate, diagnose = fitting._calibrate, fitting.diagnose

    def shifted(head, real, generated, samples, scale):
        seen["learnt"], seen["shift"], seen["head"] = generated, samples, head
        calibrate(head, real, generated, samples, scale)
        seen["mean"] = fitting.mean_ratio(fitting._of(head, samples))

    monkeypatch.setattr(fitting, "_calibrate", shifted)
    monkeypatch.setattr(
        fitting,
        "diagnose",
        lambda real, generated: seen.update(judge=generated) or diagnose(real, generated),
    )
    fit_ratio(laws.model, laws.images(300, 1), features="pixels")
    assert seen["mean"] == pytest.approx(1, abs=1e-5)
    assert len(seen["shift"]) == len(seen["judge"]) == 3000
    values = fitting._of(seen["head"], seen["shift"])
    assert not np.isin(values, seen["judge"]).all()
    assert np.isin(values, seen["judge"]).mean() < 0.01


def test_a_ratio_that_was_calibrated_is_left_as_it_is(laws, fitted):
    """A logistic regression on fresh log ratios finds scale 1 and the odds of both kinds."""
    from sklearn.linear_model import LogisticRegression

    kinds = [laws.images(20_000, 21), laws.images(20_000, 22, 0.0)]
    values = np.concatenate([fitted.log_ratio(images) for images in kinds])
    line = LogisticRegression(C=np.inf).fit(values[:, None], np.repeat([1, 0], 20_000))
    assert line.coef_[0, 0] == pytest.approx(1, abs=0.12)
    assert line.intercept_[0] == pytest.approx(0, abs=0.1)


def bad_pixel(images, value):
    images = images.copy()
    images[3, 0, 0, 1] = value
    return images


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x: x[:199], "a ratio needs at least 200 real images, not 199"),
        (lambda x: x[:0], "there are no real images"),
        (lambda x: x[..., :1], "the real images are 1x1x1, the model's 1x1x2: bring them to its"),
        (lambda x: np.tile(x, (1, 4, 4, 1)), "are 4x4x2, the model's 1x1x2"),
        (lambda x: x[:, 0], "must be numbers"),
        (lambda x: bad_pixel(x, np.nan), "1 of 300 real images hold NaN or infinite"),
        (lambda x: bad_pixel(x, np.inf), "1 of 300 real images hold NaN or infinite"),
        (lambda x: np.repeat(x[:1], 300, 0), "all 300 real images are the same"),
    ],
)
def test_images_that_cannot_be_used(laws, spoil, message):
    with pytest.raises(UserError, match=message) as error:
        fit_ratio(laws.model, spoil(laws.images(300, 1)), features="pixels")
    assert "\n" not in str(error.value)


def test_a_generator_without_numbers(laws, quick):
    with pytest.raises(UserError, match="no number for some images"):
        fit_ratio(Identity(factor=np.nan), laws.images(300, 1), features="pixels")


def test_a_ratio_without_numbers(laws, quick, monkeypatch):
    monkeypatch.setattr(fitting, "_of", lambda head, features: np.full(len(features), np.nan))
    monkeypatch.setattr(fitting, "_calibrate", lambda *_: None)
    monkeypatch.setattr(fitting, "_fit_head", lambda *_: (None, 0))
    with pytest.raises(UserError, match="no number for some images"):
        fit_ratio(laws.model, laws.images(300, 1), features="pixels")


@pytest.mark.parametrize(
    ("labels", "name"),
    [(None, "self"), (np.zeros(300, int), "self"), (np.arange(300) % 3, "labels")],
)
def test_auto_takes_labels_where_there_are_any(laws, labels, name, monkeypatch):
    class Chosen(Exception):
        pass

    def choose(self, key):
        raise Chosen(key)

    monkeypatch.setattr(type(RATIO_FEATURES), "__getitem__", choose)
    with pytest.raises(Chosen, match=name):
        fit_ratio(laws.model, laws.images(300, 1), labels)


def test_features_that_were_learnt_serve_again(laws, quick, monkeypatch):
    real = laws.images(300, 1)
    learnt = fitting.learn_features(laws.model, real, features="pixels", seed=4)
    monkeypatch.setattr(fitting, "learn_features", None)
    again = fit_ratio(laws.model, real, features=learnt, seed=4)
    monkeypatch.undo()
    monkeypatch.setattr(fitting, "_EPOCHS", 1)
    whole = fit_ratio(laws.model, real, features="pixels", seed=4)
    np.testing.assert_array_equal(again.log_ratio(real), whole.log_ratio(real))
    assert again.facts["seconds"] >= learnt.seconds == again.facts["seconds_of_features"]


def test_fewer_images_and_samples(laws, quick, monkeypatch):
    seen, features_of = [], fitting._features_of
    monkeypatch.setattr(
        fitting, "_features_of", lambda *a: seen.append(len(a[2])) or features_of(*a)
    )
    ratio = fit_ratio(laws.model, laws.images(1000, 1), features="pixels", most=400)
    assert seen == [400 + 400 + 200]
    assert ratio.facts["real_images"] == 60 and ratio.facts["generated_images"] == 200


def test_a_control_knows_nothing_and_is_as_wide_as_it_is_told(laws):
    """Which image is real is drawn: no order is left, but values differ as much as a ratio's."""
    ratio = fit_ratio(laws.model, laws.images(5000, 1), features="pixels", spread_by_chance=1.5)
    fresh = ratio.log_ratio(laws.images(5000, 21, 0.0))
    assert fresh.std() == pytest.approx(1.5, rel=0.1)
    assert abs(ratio.facts["auc"] - 0.5) < 0.12
    sober = fit_ratio(laws.model, laws.images(5000, 1), features="pixels")
    assert sober.facts["auc"] > 0.68


def test_arithmetic_of_fitting_is_that_of_the_head(laws, quick):
    """Pixels cost nothing to look at: 2 x 128, 128 x 128 and 128 x 1 weights, each twice a pass,
    and a pass forward, one by weights and, but for the first layer, one by inputs.
    """
    ratio = fit_ratio(laws.model, laws.images(1000, 1), features="pixels")
    passes = 2e-9 * (2 * (256 + 16384 + 128) + 16384 + 128)
    # 70 % of 1,000 of each kind, once.
    assert ratio.facts["gflop"] == pytest.approx(1400 * passes, rel=1e-6)
