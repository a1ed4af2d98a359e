"""Images that a feature answers to most."""

import dataclasses

import keras
import numpy as np

from tests.tiny import make_model, strong
from wgan_tf.looks.ascent import Ascent
from wgan_tf.looks.discriminator import discriminator_of, open_discriminators
from wgan_tf.looks.feature_maxima import feature_maxima


def test_features_that_a_relu_hides_are_found(look):
    config = look("max_features", layer="relu")
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


def test_a_layer_of_a_given_model_by_its_number(silent):
    model = strong(make_model())
    real = np.random.default_rng(0).uniform(-1, 1, (9, 16, 16, 1)).astype(np.float32)
    features = feature_maxima(discriminator_of(model, real, name="mine"), 1, Ascent(steps=5))
    assert features.layer == "leaky_0" and features.width == 4
    assert features.images.shape == (4, 16, 16, 1) and np.abs(features.images).max() <= 1
    moved = features.maximum.after > features.maximum.before
    assert moved.sum() == 4 - features.still > 0
    network = keras.Model(model.critic.inputs[0], model.critic.get_layer("leaky_0").output)
    strongest = network(features.images).numpy().max((1, 2)).diagonal()
    np.testing.assert_allclose(features.maximum.after, strongest / features.deviation, rtol=1e-3)
    assert features.picture.shape[2] == 3 and features._repr_png_().startswith(b"\x89PNG")
