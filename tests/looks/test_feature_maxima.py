"""Images that a feature answers to most."""

import dataclasses

import keras
import numpy as np

from wgan_tf.looks.ascent import Ascent
from wgan_tf.looks.discriminator import open_discriminators
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
