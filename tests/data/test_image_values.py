"""Arrays of images that somebody brings: what is refused, at every door in the same words."""

import re

import numpy as np
import pytest
import tensorflow as tf

import wgan_tf
from tests.tiny import make_model
from wgan_tf.data.image_set import read_images
from wgan_tf.data.image_values import as_images, as_numbers
from wgan_tf.errors import UserError
from wgan_tf.looks.nearest import nearest
from wgan_tf.metrics import METRICS
from wgan_tf.metrics.checks import check_image_pair

IMAGES = np.random.default_rng(0).uniform(-1, 1, (30, 16, 16, 1)).astype(np.float32)
OTHERS = np.random.default_rng(1).uniform(-1, 1, (30, 16, 16, 1)).astype(np.float32)


def with_nan(images):
    images = images.copy()
    images[[3, 7], 2, 1] = np.nan
    return images


# What people bring, and what they are told.
FAULTS = {
    "unit": (lambda x: (x + 1) / 2, r"have values from \S+ to \S+: scale them to \[-1, 1\]"),
    "bytes": (lambda x: (x + 1) * 127.5, r"scale them to \[-1, 1\]"),
    "nan": (with_nan, "2 of 30 .* hold NaN"),
    "infinite": (lambda x: np.where(x == x[4, 4, 4], np.inf, x), "1 of 30 .* hold NaN or infinite"),
}


@pytest.fixture(scope="module")
def model():
    return make_model()


@pytest.fixture(scope="module")
def doors(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("arrays")

    def read(images):
        np.savez(folder / "x.npz", images=images)
        return read_images(folder / "x.npz", 100)

    return {
        "metric": lambda x: METRICS["sliced_wasserstein"](OTHERS, x),
        "real": lambda x: METRICS["variety"](x, OTHERS),
        "pair": lambda x: check_image_pair(OTHERS, x),
        "evaluate": lambda x: wgan_tf.evaluate(x, OTHERS, resamples=0),
        "evaluate_real": lambda x: wgan_tf.evaluate(OTHERS, x, resamples=0),
        "evaluate_before": lambda x: wgan_tf.evaluate(OTHERS[:30], IMAGES, before=x, resamples=0),
        "npz": read,
        "images": lambda x: wgan_tf.images(x),
        "fit": lambda x: model.fit(x, batch_size=4, epochs=1, verbose=0),
        "score": lambda x: model.score(x),
        "project": lambda x: nearest(model, x),
    }


DOORS = (
    "metric", "real", "pair", "evaluate", "evaluate_real", "evaluate_before", "npz", "images",
    "fit", "score", "project",
)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_door_is_open_to_what_another_refuses(doors, door, fault):
    spoil, message = FAULTS[fault]
    with pytest.raises(UserError, match=message) as error:
        doors[door](spoil(IMAGES).astype(np.float32))
    assert "\n" not in str(error.value)


def test_a_game_scores_and_draws_what_fits_it_only(model):
    assert model.score(IMAGES).shape == (30,) and model.generate(np.zeros((2, 3))).shape[0] == 2
    for images, message in (
        (np.moveaxis(IMAGES, -1, 1), r"\(30, 1, 16, 16\).*np.moveaxis\(images, 1, -1\)"),
        (IMAGES[:, :8], r"\(n, 16, 16, 1\) are wanted"),
        (IMAGES[0], r"\(n, 16, 16, 1\) are wanted"),
        (IMAGES[:0], "no images"),
        (IMAGES.astype(complex), "complex128"),
        (IMAGES > 0, "bool"),
        ((IMAGES > 0).astype(int), "from 0 to 1: scale them"),
        (np.full(IMAGES.shape, "a"), "must be numbers"),
        ([[1, 2], [3]], "one array"),
    ):
        with pytest.raises(UserError, match=message):
            model.score(images)
    for z in (np.zeros((2, 4)), np.zeros(3), np.full((2, 3), np.nan), np.zeros((0, 3))):
        with pytest.raises(UserError, match=re.escape("latents")):
            model.generate(z)


@pytest.mark.parametrize("kind", [np.float16, np.float64, tf.bfloat16.as_numpy_dtype])
def test_other_floats_are_images_too(kind):
    np.testing.assert_array_equal(as_images(IMAGES.astype(kind)), IMAGES.astype(kind).astype("f4"))
    as_images(np.float32([[[[1.0004]]], [[[-1.0004]]]]))  # rounding


@pytest.mark.parametrize("value", [-0.3, 0.0, 1.0, -1.0])
def test_pictures_of_one_grey_or_white_are_images(value):
    as_images(np.full((2, 4, 4, 3), value))
    as_images(IMAGES * 0.01 + np.float32(0.2))  # of a generator that has learnt nothing yet


def test_channels_come_last_and_are_one_or_three():
    with pytest.raises(UserError, match="move the channels to the end"):
        as_images(np.moveaxis(IMAGES, -1, 1))
    with pytest.raises(UserError, match="4 channels"):
        as_images(np.repeat(IMAGES, 4, -1))


def test_latents_of_any_number():
    assert as_numbers([[1, 2], [3, 4]], ("n", "z_dim"), "latents", of=(2,)).dtype == np.float32
