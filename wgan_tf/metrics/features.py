"""What turns images into numbers that metrics compare: judges that need no training of ours.

A judge has `name`, `width` and

    features(images (n, h, w, c) in [-1, 1]) -> float32 (n, width)
    probabilities(images) -> float32 (n, classes), or None where it knows no classes
    realism(images) -> float32 (n,), one number per image, higher is more real, or None

`judges.py` holds those that are trained. The critic that fine-tuned images must not judge them.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers as kl

from wgan_tf.errors import UserError
from wgan_tf.metrics import FEATURES
from wgan_tf.networks.inference import compiled, in_batches

_SEED = 71
_MOST_PIXELS = 1024  # wider features would need more images than most people have
_INCEPTION_SIZE = 299


def open_features(name: str, shape: tuple[int, int, int], judge_path=None):
    """A judge by its name.

    Args:
        name: a key of `FEATURES`.
        shape: (height, width, channels) of the images.
        judge_path: file of the trained classifier, for "classifier".

    Raises:
        UserError: the classifier's file is missing or broken; InceptionV3's weights are neither
            at hand nor to be had.
    """
    if name == "classifier":
        return FEATURES[name].load(judge_path)
    return FEATURES[name](shape)


class _Unclassified:
    """What knows no classes and has no opinion on a single image."""

    def probabilities(self, images: np.ndarray) -> np.ndarray | None:
        """None."""
        return None

    def realism(self, images: np.ndarray) -> np.ndarray | None:
        """None."""
        return None


class Pixels(_Unclassified):
    """The pixels themselves, averaged over blocks until at most 1,024 numbers are left.

    Args:
        shape: (height, width, channels) of the images.
    """

    name = "pixels"

    def __init__(self, shape: tuple[int, int, int]):
        height, width, channels = shape
        self._block = 1
        while (-(-height // self._block)) * (-(-width // self._block)) * channels > _MOST_PIXELS:
            self._block += 1
        pool = kl.AveragePooling2D(self._block, padding="same", name="blocks")
        images = keras.Input(shape, name="images")
        network = keras.Model(images, kl.Flatten(name="flat")(pool(images)), name="pixels")
        self.width = network.output_shape[1]
        self._compiled = compiled(network)

    def features(self, images: np.ndarray) -> np.ndarray:
        """Block means, float32 (n, width)."""
        return in_batches(self._compiled, images, "pixels")


class RandomNetwork(_Unclassified):
    """A convolutional network with fixed random weights, the same in every run.

    Strided 3 x 3 convolutions with ReLU down to 4 pixels, weights after He; features are the 64
    channels' means and standard deviations over the last map. Without training it knows nothing
    of any data set, so it suits those without labels.

    Args:
        shape: (height, width, channels) of the images.

    Source: Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics", section 3.4, who embed
    by a network with random weights.
    """

    name = "random"
    width = 128

    def __init__(self, shape: tuple[int, int, int]):
        images = keras.Input(shape, name="images")
        x, stage = images, 0
        while stage < 2 or max(x.shape[1:3]) > 4:
            # A bias keeps part of each map at work where the image is black.
            x = kl.Conv2D(
                64,
                3,
                2,
                padding="same",
                activation="relu",
                kernel_initializer=keras.initializers.HeNormal(_SEED + stage),
                bias_initializer=keras.initializers.RandomNormal(0.0, 0.1, _SEED - stage),
                name=f"convolution_{stage}",
            )(x)
            stage += 1
        self.network = keras.Model(images, x, name="random")
        self._compiled = compiled(self.network)

    def features(self, images: np.ndarray) -> np.ndarray:
        """Means and deviations of the last maps, float32 (n, 128)."""
        return in_batches(self._pooled, images, "random features")

    def _pooled(self, images):
        mean, variance = tf.nn.moments(self._compiled(images), (1, 2))
        return tf.concat([mean, tf.sqrt(variance + 1e-12)], 1)


class Inception(_Unclassified):
    """InceptionV3 trained on ImageNet, its pooled layer of 2,048 numbers; images at 299 pixels.

    Keras' own weights, not those of the first Frechet inception distances: numbers are not
    comparable with published ones.

    Args:
        shape: (height, width, channels) of the images.

    Raises:
        UserError: the weights are neither in Keras' folder nor can be downloaded.
    """

    name = "inception"
    width = 2048

    def __init__(self, shape: tuple[int, int, int]):
        del shape  # any size is brought to 299
        try:
            network = keras.applications.InceptionV3(weights="imagenet")
        except Exception as error:  # Keras wraps what fails in downloading into plain ones
            raise UserError(
                "InceptionV3's weights are neither in Keras' folder nor can they be downloaded "
                "(connect to a network once), or choose other --features"
            ) from error
        pooled = network.get_layer("avg_pool").output
        self._compiled = compiled(keras.Model(network.input, [pooled, network.output]))

    def features(self, images: np.ndarray) -> np.ndarray:
        """The pooled layer, float32 (n, 2048)."""
        return in_batches(lambda x: self._apply(x)[0], images, "inception", 64)

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Probabilities of ImageNet's classes, float32 (n, 1000): the Inception score's."""
        return in_batches(lambda x: self._apply(x)[1], images, "inception", 64)

    def _apply(self, images):
        if images.shape[-1] == 1:
            images = tf.image.grayscale_to_rgb(images)
        # Its own preprocessing maps bytes to [-1, 1], where our images already are.
        size = (_INCEPTION_SIZE, _INCEPTION_SIZE)
        return self._compiled(tf.image.resize(images, size, antialias=True))
