"""Random changes of images: pure functions of a key, and what each may and may not do."""

import numpy as np
import pytest

from wgan_tf.models import AUGMENTATIONS

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (40, 16, 16, 3)).astype(np.float32)
KEY = np.array([0, 1], np.int64)


@pytest.mark.parametrize("name", [name for name in AUGMENTATIONS if name != "none"])
def test_a_pure_function_of_its_key_that_keeps_shape_and_range(name):
    first, again, other = (
        AUGMENTATIONS[name](IMAGES, np.array([0, step], np.int64)).numpy() for step in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any() and first.shape == IMAGES.shape
    assert first.min() >= -1 and first.max() <= 1
    # Images of one batch are changed each in a way of its own.
    same = np.repeat(IMAGES[:1], 40, 0)
    assert len({image.tobytes() for image in AUGMENTATIONS[name](same, KEY).numpy()}) > 5


def test_none_changes_nothing():
    np.testing.assert_array_equal(AUGMENTATIONS["none"](IMAGES, KEY), IMAGES)


def test_turned_keeps_the_middle_near_the_middle():
    dot = np.full((50, 17, 17, 1), -1, np.float32)
    dot[:, 8, 8] = 1
    moved = AUGMENTATIONS["turned"](dot, KEY).numpy()[..., 0] + 1
    rows = (moved.sum(2) * np.arange(17)).sum(1) / moved.sum((1, 2))
    assert 0.1 < np.abs(rows - 8).max() < 1.5


def test_shifted_moves_whole_pixels_and_mirrors_half():
    image = RNG.uniform(-1, 1, (16, 16, 1)).astype(np.float32)
    count, shifts, mirrored = 300, set(), 0
    for moved in AUGMENTATIONS["shifted"](np.repeat(image[None], count, 0), KEY).numpy():
        change = None
        for flip in (False, True):
            source = image[:, ::-1] if flip else image
            for x in (-1, 0, 1):
                for y in (-1, 0, 1):
                    # The middle only: what comes from outside repeats the edge.
                    if (moved[2:-2, 2:-2] == source[2 + y : 14 + y, 2 + x : 14 + x]).all():
                        change = flip, x, y
        assert change is not None
        mirrored += change[0]
        shifts.add(change[1:])
    assert 0.35 < mirrored / count < 0.65 and len(shifts) == 9


def test_cropped_without_jitter_is_the_whole_image_at_most(monkeypatch):
    monkeypatch.setattr("wgan_tf.models.augmentation._JITTER", 0.0)
    ramp = np.broadcast_to(np.linspace(-0.9, 0.9, 16)[None, None, :, None], (200, 16, 16, 1))
    out = AUGMENTATIONS["cropped"](ramp.astype(np.float32), KEY).numpy()[..., 0]
    np.testing.assert_allclose(out, np.repeat(out[:, :1], 16, 1), atol=1e-5)  # rows stay equal
    slopes = np.diff(out[:, 0], axis=1)[:, 3:-3].mean(1) / 0.12
    assert ((np.abs(slopes) > 0.69) & (np.abs(slopes) < 1.001)).all()
    assert 0.35 < (slopes < 0).mean() < 0.65
    assert out.min() >= -0.9001 and out.max() <= 0.9001


def test_cropped_jitters_light_and_colour():
    grey = np.zeros((100, 16, 16, 3), np.float32)
    light = AUGMENTATIONS["cropped"](grey, KEY).numpy()
    assert -0.1001 < light.min() < -0.05 and 0.05 < light.max() < 0.1001
    np.testing.assert_allclose(light[..., 0], light[..., 2], atol=1e-6)
    red = np.broadcast_to(np.float32([0.5, -0.5, -0.5]), grey.shape)
    spread = np.ptp(AUGMENTATIONS["cropped"](red, KEY).numpy()[:, 0, 0], axis=1)
    assert spread.min() < 0.95 and spread.max() > 1.05
