"""Features that are learnt from images alone: two views of an image are to be told from others."""

import math

import keras
import tensorflow as tf
from keras import layers as kl

from wgan_tf.models.augmentation import transformed
from wgan_tf.networks import NETWORKS
from wgan_tf.networks.seeds import seed_of
from wgan_tf.refine.ratio import LEARNT_FROM
from wgan_tf.refine.ratio.embeddings import all_of
from wgan_tf.refine.ratio.learning import learn

_WIDTH, _BATCH, _RATE = 16, 128, 3e-3
_STEPS = LEARNT_FROM["self"] // (2 * _BATCH)  # two views of each image
_PROJECTED, _TEMPERATURE = (128, 64), 0.2
# Of a view: degrees; log scale of an axis; shear; share of the side; of a box's side; of [-1, 1].
_TURN, _SCALE, _SHEAR, _SHIFT, _BOX, _NOISE = 15.0, 0.15, 0.15, 0.1, 0.35, 0.3
_CONTRAST, _TINT = 0.3, 0.2
# Larger images are halved by the first convolution, so that none takes longer.
_MOST_SIDE = 40
_STREAM = 85


def self_supervised(model, real, labels, seed: int, steps: int = _STEPS):
    """A small network of which each image's two views are more alike than other images' views.

    Args:
        model, real, labels, seed: see `embeddings`; neither model nor labels are looked at.
        steps: updates.

    Source: Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual
    Representations" (SimCLR), without mirroring, which makes other digits, and with noise, so
    that a faint change of an image hardly moves its features.

    Tried on digits, one training and one seed each; how far seeds differ was not measured. By a
    judge that learnt labels, ten steps in z bring the Frechet distance from 13.4 to 7.9; to 8.5
    after 200 updates; to 8.3 if then classes by k-means are learnt (Caron et al. 2018, "Deep
    Clustering"); to 9.2 if half of the images are damaged ones, to be told from all others and by
    their damage (Tack et al. 2020, "CSI"; Li et al. 2021, "CutPaste"). Features that learnt
    labels: 5.9. On faces, by a judge like this that learnt other images: from 2.7 to 1.1.
    """
    size, _, channels = real.shape[1:]
    body = NETWORKS["fast"](size, channels, (_WIDTH,), seed=seed + _STREAM)
    network = body.build_body(stride=2 if size > _MOST_SIDE else 1)
    hidden, out = _PROJECTED
    x = _dense(hidden, "hidden", seed)(network.outputs[0])
    x = kl.ReLU()(kl.BatchNormalization(momentum=0.9)(x))
    projected = keras.Model(network.inputs[0], _dense(out, "projected", seed)(x))

    def loss(key, images):
        keys = tf.random.split(key, 2)
        views = tf.concat([_view(images, keys[0]), _view(images, keys[1])], 0)
        return _contrast(projected(views, training=True))

    learn(
        projected,
        loss,
        (real,),
        steps,
        batch_size=_BATCH,
        rate=_RATE,
        seed=seed,
        title="learning features of images",
    )
    return network, all_of(real)


def _dense(width: int, name: str, seed: int) -> kl.Layer:
    he = keras.initializers.HeNormal(seed_of(seed, name))
    return kl.Dense(width, kernel_initializer=he, name=name)


def _contrast(projected: tf.Tensor) -> tf.Tensor:
    """The mean cross-entropy of finding an image's other view among all; row i and row i + n of
    2 n are views of one image (NT-Xent).
    """
    count = projected.shape[0]
    x = tf.math.l2_normalize(projected, 1)
    likeness = tf.linalg.set_diag(
        tf.matmul(x, x, transpose_b=True) / _TEMPERATURE, tf.fill((count,), -1e9)
    )
    other = tf.roll(tf.range(count), count // 2, 0)
    return tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=other, logits=likeness)
    )


def _view(images: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """Each image seen a little differently: turned, scaled, shifted, tinted, a box of it gone."""
    keys = tf.random.split(key, 7)
    count, side, _, channels = images.shape

    def drawn(index, shape, reach):
        return tf.random.stateless_uniform((count, *shape), keys[index], -reach, reach)

    x = _warped(images, keys[0])
    x = x * tf.exp(drawn(1, (1, 1, 1), _CONTRAST)) + drawn(2, (1, 1, channels), _TINT)
    # Half a box's side, down and across, and where its middle is.
    half = tf.abs(drawn(3, (2, 1), _BOX * side / 2))
    middle = side / 2 + drawn(4, (2, 1), side / 2)
    inside = tf.abs(tf.range(side, dtype=tf.float32) + 0.5 - middle) < half
    box = inside[:, 0, :, None, None] & inside[:, 1, None, :, None]
    x = tf.where(box, tf.reduce_min(x, (1, 2), keepdims=True), x)
    return x + drawn(5, (1, 1, 1), _NOISE) * tf.random.stateless_normal(tf.shape(x), keys[6])


def _warped(images: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """Each image turned, scaled, sheared and shifted about its middle; its rim goes on outside."""
    count, side = images.shape[:2]
    drawn = tf.random.stateless_uniform((6, count), key, -1.0, 1.0)
    turn = drawn[0] * (_TURN * math.pi / 180)
    cos, sin = tf.cos(turn), tf.sin(turn)
    across, down = tf.exp(_SCALE * drawn[1]), tf.exp(_SCALE * drawn[2])
    a, b = cos * across, _SHEAR * drawn[3] - sin * down
    c, d = sin * across, cos * down
    middle, reach = (side - 1) / 2, _SHIFT * side
    right = middle * (1 - a - b) + reach * drawn[4]
    below = middle * (1 - c - d) + reach * drawn[5]
    return transformed(images, (a, b, right, c, d, below), "BILINEAR")
