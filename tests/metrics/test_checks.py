"""What every metric refuses, in one line that says what is wrong."""

import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.metrics import METRICS
from wgan_tf.metrics.checks import (
    check_feature_pair,
    check_features,
    check_image_pair,
    check_images,
    check_probabilities,
)

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (30, 8, 8, 1)).astype(np.float32)
FEATURES = RNG.normal(size=(30, 4)).astype(np.float32)
PROBABILITIES = RNG.dirichlet(np.ones(3), 30)
GOOD = {"images": IMAGES, "features": FEATURES, "probabilities": PROBABILITIES}


def with_nan(array):
    array = array.copy()
    array[[3, 7]] = np.nan
    return array


@pytest.mark.parametrize("name", list(METRICS))
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (with_nan, "2 of 30 .*NaN or infinite"),
        (lambda x: np.repeat(x[:1], 30, 0), "all 30 .*the same"),
        (lambda x: x[:1], "at least 2"),
        (lambda x: x[0], r"must be numbers \("),
    ],
)
def test_every_metric_refuses_bad_generated_images(name, spoil, message):
    metric = METRICS[name]
    good = GOOD[metric.needs]
    others = [good] if metric.of_training else []
    with pytest.raises(UserError, match=message) as error:
        metric(good, spoil(good), *others)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", list(METRICS))
def test_every_metric_refuses_two_sizes(name):
    metric = METRICS[name]
    if metric.needs == "probabilities":
        return  # of one set only
    good = GOOD[metric.needs]
    others = [good] if metric.of_training else []
    with pytest.raises(UserError, match="8x8x1, generated images 8x7x1|4 wide, .* 3"):
        metric(good, good[:, :, :7] if good.ndim == 4 else good[:, :3], *others)


@pytest.mark.parametrize("name", list(METRICS))
def test_every_metric_describes_itself(name):
    metric = METRICS[name]
    assert metric.title and metric.needs in GOOD
    assert metric.better in ("higher", "lower", "near 0.5", None)
    assert metric.limits[0] < metric.limits[1]


def test_images_outside_the_range():
    with pytest.raises(UserError, match=r"from 0 to 255: scale them to \[-1, 1\]"):
        check_images(np.arange(256, dtype=np.uint8).reshape(4, 8, 8, 1))
    check_images(IMAGES * 1.0001 / np.abs(IMAGES).max())  # a rounding error


def test_infinite_features():
    features = FEATURES.copy()
    features[2, 1] = -np.inf
    with pytest.raises(UserError, match="1 of 30 features"):
        check_features(features)


def test_pairs_name_the_set_that_is_wrong():
    with pytest.raises(UserError, match="generated features"):
        check_feature_pair(FEATURES, with_nan(FEATURES))
    with pytest.raises(UserError, match="real images"):
        check_image_pair(with_nan(IMAGES), IMAGES)


def test_probabilities_must_sum_to_one():
    with pytest.raises(UserError, match="sum to 1"):
        check_probabilities(PROBABILITIES * 1.1)
    with pytest.raises(UserError, match="sum to 1"):
        check_probabilities(np.array([[1.5, -0.5], [0.5, 0.5]]))


def test_checked_arrays_are_float32_and_not_copied_for_nothing():
    assert check_images(IMAGES) is IMAGES
    assert check_features(FEATURES.astype(np.float64)).dtype == np.float32
