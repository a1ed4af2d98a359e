"""What a ratio looks at: frozen networks that turn images into numbers, one function each.

Each takes (model, real images (n, h, w, c) in [-1, 1], their labels or None, seed) and returns a
network, images to features (m, width), and the rows (k,) of those real images that it did not
learn from, or learnt from without knowing more of them than of others: to those a ratio is fitted.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers as kl

from wgan_tf.errors import UserError
from wgan_tf.metrics.features import RandomNetwork
from wgan_tf.models.losses import class_loss
from wgan_tf.networks import NETWORKS
from wgan_tf.networks.batch_norm import plain
from wgan_tf.refine.guide import check_single
from wgan_tf.refine.ratio import LEARNT_FROM
from wgan_tf.refine.ratio.learning import learn

# Neither architecture nor seed nor all images of the judge.
_WIDTH, _BATCH, _RATE, _SMOOTHING = 16, 128, 5e-3, 0.1
_NOISE, _SHIFT = 0.15, 0.06
_STREAM = 84


def labels(model, real, labels, seed: int):
    """The layer before the last of a small classifier ("fast"), which learns half of the labels on
    images with noise.

    Raises:
        UserError: there are no labels, or all are the same.
    """
    if labels is None:
        raise UserError("these images have no labels: --ratio_features=self needs none")
    labels = np.asarray(labels)
    classes = int(labels.max()) + 1
    if len(np.unique(labels)) < 2:
        raise UserError("all labels are the same: --ratio_features=self needs none")
    rows = np.random.default_rng([_STREAM, seed]).permutation(len(real))
    learnt, fresh = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    size, _, channels = real.shape[1:]
    network = NETWORKS["fast"](size, channels, (_WIDTH,), classes, seed + _STREAM)
    network = network.build_classifier()
    logits = keras.Model(network.inputs[0], network.outputs[1])

    def loss(key, images, classes):
        return class_loss(logits(noisy(images, key), training=True), classes, _SMOOTHING)

    learn(
        logits,
        loss,
        (real[learnt], labels[learnt]),
        LEARNT_FROM["labels"] // _BATCH,
        batch_size=_BATCH,
        rate=_RATE,
        seed=seed,
        title="learning features by labels",
    )
    return keras.Model(network.inputs[0], network.outputs[0], name="labels"), fresh


def noisy(images: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """Images shifted by a few pixels, with noise: features that a faint change hardly moves."""
    side = images.shape[1]
    reach = max(1, round(_SHIFT * side))
    keys = tf.random.split(key, 2)
    padded = tf.pad(images, [[0, 0], [reach, reach], [reach, reach], [0, 0]], "SYMMETRIC")
    place = tf.random.stateless_uniform((2,), keys[0], 0, 2 * reach + 1, tf.int32)
    images = padded[:, place[0] : place[0] + side, place[1] : place[1] + side]
    return images + _NOISE * tf.random.stateless_normal(tf.shape(images), keys[1])


def critic(model, real, labels, seed: int):
    """A frozen copy of the critic up to its last layer before the score.

    Raises:
        UserError: it scores a batch as a whole.
    """
    check_single(model)
    flat = kl.Flatten(name="flat")(model.critic_with_features.outputs[1])
    network = keras.Model(model.critic_with_features.inputs[0], flat, name="critic")
    return plain(network), all_of(real)


def score(model, real, labels, seed: int):
    """The score alone of a frozen copy of the critic.

    Raises:
        UserError: it scores a batch as a whole.
    """
    check_single(model)
    one = kl.Reshape((1,), name="one")(model.critic_with_features.outputs[0])
    network = keras.Model(model.critic_with_features.inputs[0], one, name="score")
    return plain(network), all_of(real)


def random(model, real, labels, seed: int):
    """A network with random weights, see `metrics.features.RandomNetwork`."""
    network = RandomNetwork(real.shape[1:]).network
    pooled = kl.GlobalAveragePooling2D(name="means")(network.outputs[0])
    return keras.Model(network.inputs[0], pooled, name="random"), all_of(real)


def pixels(model, real, labels, seed: int):
    """The pixels themselves."""
    images = keras.Input(real.shape[1:], name="images")
    return keras.Model(images, kl.Flatten(name="flat")(images), name="pixels"), all_of(real)


def all_of(real) -> np.ndarray:
    """All rows."""
    return np.arange(len(real))
