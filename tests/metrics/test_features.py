"""What turns images into features: shapes, sameness between runs, errors."""

import keras
import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.metrics.features import FEATURES, Inception, Pixels, RandomNetwork, open_features

IMAGES = np.random.default_rng(0).uniform(-1, 1, (7, 16, 16, 3)).astype(np.float32)


def test_pixels_of_small_images_are_the_pixels():
    judge = Pixels((16, 16, 3))
    assert judge.width == 768
    np.testing.assert_array_equal(judge.features(IMAGES), IMAGES.reshape(7, -1))


def test_pixels_of_large_images_are_block_means():
    judge = Pixels((64, 64, 1))
    image = np.random.default_rng(1).uniform(-1, 1, (1, 64, 64, 1)).astype(np.float32)
    expected = image.reshape(32, 2, 32, 2).mean((1, 3)).ravel()
    assert judge.width == 1024
    np.testing.assert_allclose(judge.features(image)[0], expected, atol=1e-6)


def test_random_network_is_the_same_every_time_and_sees_differences():
    first, second = (RandomNetwork((16, 16, 3)).features(IMAGES) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.shape == (7, RandomNetwork.width)
    assert (first.std(0) > 0).all()


@pytest.mark.parametrize("name", ["pixels", "random"])
def test_untrained_judges_know_no_classes_and_no_realism(name):
    judge = open_features(name, (16, 16, 3))
    assert judge.name == name
    assert judge.probabilities(IMAGES) is None and judge.realism(IMAGES) is None
    assert judge.features(IMAGES).shape == (7, judge.width)


def test_inception_sees_299_colour_pixels_in_its_range(monkeypatch):
    images = keras.Input((299, 299, 3))
    pooled = keras.layers.GlobalAveragePooling2D(name="avg_pool")(images)
    classes = keras.layers.Dense(4, activation="softmax")(pooled)
    small = keras.Model(images, classes)
    monkeypatch.setattr(keras.applications, "InceptionV3", lambda weights: small)
    judge = Inception((16, 16, 1))
    grey = IMAGES[..., :1]
    features = judge.features(grey)
    # The mean survives a change of size, and all three channels are the grey one.
    np.testing.assert_allclose(features, np.repeat(grey.mean((1, 2)), 3, 1), atol=0.02)
    np.testing.assert_allclose(judge.probabilities(grey).sum(1), 1, rtol=1e-5)


def test_inception_without_weights_is_one_line(monkeypatch):
    def fail(weights):
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.applications, "InceptionV3", fail)
    with pytest.raises(UserError, match="connect to a network once") as error:
        open_features("inception", (16, 16, 1))
    assert "\n" not in str(error.value)


def test_names():
    assert set(FEATURES) == {"classifier", "inception", "pixels", "random"}
