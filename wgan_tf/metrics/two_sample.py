"""Classifier two-sample test: can a fresh classifier tell generated images from real ones?

Lopez-Paz and Oquab 2017, "Revisiting Classifier Two-Sample Tests". The classifier is a small
convolutional network on the images themselves: it shares nothing with critic or judge, and finds
pixel patterns that are no part of any judge's features.
"""

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import layers as kl
from tqdm import tqdm

from wgan_tf.metrics.checks import check_enough, check_image_pair
from wgan_tf.metrics.metric import CHANCE, Metric
from wgan_tf.metrics.remembered import remembered
from wgan_tf.networks.inference import compiled, in_batches

MIN_IMAGES = 20
_SEED = 61
_BATCH, _SEEN, _LEARNING_RATE = 64, 30_000, 2e-3
_FEWEST_EPOCHS, _MOST_EPOCHS = 2, 50


class TwoSample:
    """A classifier trained on half of the images and its logits on the other half.

    As many real as generated images are learnt from: half of the smaller set of each. Image i of
    two sets of the same size is learnt from in both or in neither, so before and after can be
    compared image by image. Training of 10,000 images of 32 pixels takes 5 to 10 s.

    Args:
        real: images (n, h, w, c) in [-1, 1], n at least 20.
        fake: images (m, h, w, c), m at least 20.

    Attributes:
        real_rows, fake_rows: int (n',), (m',): the test images.
        real_logits, fake_logits: float32 (n',), (m',): high for real.

    Raises:
        UserError: see `checks.check_image_pair`, or too few images.
    """

    def __init__(self, real: np.ndarray, fake: np.ndarray):
        real, fake = check_image_pair(real, fake)
        for images, name in ((real, "real images"), (fake, "generated images")):
            check_enough(len(images), MIN_IMAGES, name, "the two-sample test")
        self.real_count, self.fake_count = len(real), len(fake)
        half = min(len(real), len(fake)) // 2
        (real_half, self.real_rows), (fake_half, self.fake_rows) = (
            np.split(np.random.default_rng([_SEED, side]).permutation(len(images)), [half])
            for side, images in enumerate((real, fake))
        )
        epochs = int(np.clip(_SEEN // (2 * half), _FEWEST_EPOCHS, _MOST_EPOCHS))
        learner = _learner(real.shape[1:], 2 * half, epochs)
        learner.learn(np.concatenate([real[real_half], fake[fake_half]]))
        self.real_logits, self.fake_logits = (
            in_batches(learner.logits, images[rows], "two-sample test")
            for images, rows in ((real, self.real_rows), (fake, self.fake_rows))
        )


_two_sample = remembered(TwoSample)


class _TwoSampleMetric(Metric):
    better = CHANCE
    needs = "images"
    limits = (0.0, 1.0)

    def __init__(self, real: np.ndarray, fake: np.ndarray):
        self._test = _two_sample(real, fake)
        self.real_count, self.fake_count = self._test.real_count, self._test.fake_count

    def _weights(self, real_counts, fake_counts) -> tuple[np.ndarray, np.ndarray]:
        real, fake = super()._weights(real_counts, fake_counts)
        rows = self._test.real_rows, self._test.fake_rows
        return real[:, rows[0]].astype(np.float64), fake[:, rows[1]].astype(np.float64)


class TwoSampleAccuracy(_TwoSampleMetric):
    """Mean of the shares of real and of generated test images that are told right.

    0.5 where they cannot be told apart, 1 where always. Below 0.5 they can be told apart, too, the
    wrong way round, as by a classifier that has learnt single images: the nearer to 0.5 the better.
    Resamples vary the test
    images, not the training.

    Args:
        real, fake: see `TwoSample`, which is trained once for accuracy and AUC.

    Raises:
        UserError: see `TwoSample`.
    """

    title = "two-sample accuracy"

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The accuracy, float64 (r,), on resamples: counts (r, n) and (r, m), None: all once.

        Counts of images that were learnt from have no effect.
        """
        real, fake = self._weights(real_counts, fake_counts)
        right = real @ (self._test.real_logits > 0) / real.sum(1)
        return (right + fake @ (self._test.fake_logits <= 0) / fake.sum(1)) / 2


class TwoSampleAUC(_TwoSampleMetric):
    """Probability that a real test image has a higher logit than a generated one (ties: 1/2).

    0.5 where they cannot be told apart; the nearer to that the better, from either side.
    Arguments, errors and resamples as for `TwoSampleAccuracy`.
    """

    title = "two-sample AUC"

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The area, float64 (r,), on resamples: counts (r, n) and (r, m), None: all once."""
        real, fake = self._weights(real_counts, fake_counts)
        return _weighted_auc(self._test.real_logits, self._test.fake_logits, real, fake)


def _weighted_auc(real_logits, fake_logits, real_weights, fake_weights) -> np.ndarray:
    """Areas (r,) under weights (r, n) and (r, m)."""
    ordered = np.argsort(fake_logits, kind="stable")
    below = np.zeros((len(fake_weights), len(ordered) + 1))
    np.cumsum(fake_weights[:, ordered], axis=1, out=below[:, 1:])
    # The mean of both sides counts a tie as one half.
    sides = (
        below[:, np.searchsorted(fake_logits[ordered], real_logits, side)]
        for side in ("left", "right")
    )
    beaten = sum((real_weights * side).sum(1) for side in sides) / 2
    return beaten / (real_weights.sum(1) * fake_weights.sum(1))


def _network(shape: tuple[int, int, int]) -> keras.Model:
    """Strided 3 x 3 convolutions down to at most 4 pixels, then the logit (batch,)."""

    def weights(name: str) -> dict:
        return {"kernel_initializer": keras.initializers.HeNormal(_SEED), "name": name}

    images = keras.Input(shape, name="images")
    x, width, stage = images, 16, 0
    while not stage or max(x.shape[1:3]) > 4:
        name = f"convolution_{stage}"
        x = kl.Conv2D(width, 3, 2, padding="same", use_bias=False, **weights(name))(x)
        x = kl.BatchNormalization(momentum=0.9, name=f"norm_{name}")(x)
        x = kl.ReLU(name=f"relu_{name}")(x)
        width, stage = min(2 * width, 128), stage + 1
    x = kl.Dense(1, dtype="float32", **weights("dense"))(kl.Flatten(name="flat")(x))
    return keras.Model(images, kl.Reshape((), name="logit", dtype="float32")(x), name="two_sample")


class _Learner:
    """The classifier of `count` images of one shape, fresh at every `learn`, compiled once."""

    def __init__(self, shape: tuple[int, int, int], count: int, epochs: int):
        self._batch, self._epochs = min(_BATCH, count), epochs
        self._steps = count // self._batch
        self._network = _network(shape)
        decay = keras.optimizers.schedules.CosineDecay(_LEARNING_RATE, epochs * self._steps)
        self._optimizer = keras.optimizers.Adam(decay)
        self._optimizer.build(self._network.trainable_variables)
        self._variables = [*self._network.variables, *self._optimizer.variables]
        self._fresh = [variable.numpy() for variable in self._variables]
        self._update = tf.function(self._updated, autograph=False)
        self.logits = compiled(self._network)

    def learn(self, images: np.ndarray) -> None:
        """Trains on images whose first half is real; the seed is fixed."""
        for variable, value in zip(self._variables, self._fresh, strict=True):
            variable.assign(value)
        labels = np.repeat(np.float32([1, 0]), len(images) // 2)
        total = self._epochs * self._steps
        with tqdm(total=total, desc="two-sample test", delay=1, leave=False) as bar:
            for epoch in range(self._epochs):
                order = np.random.default_rng([_SEED, epoch]).permutation(len(images))
                for rows in np.split(order[: self._steps * self._batch], self._steps):
                    self._update(tf.constant(images[rows]), tf.constant(labels[rows]))
                    bar.update()

    def _updated(self, images, labels):
        variables = self._network.trainable_variables
        with tf.GradientTape() as tape:
            logits = self._network(images, training=True)
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses)
        self._optimizer.apply(tape.gradient(loss, variables), variables)


@functools.lru_cache(maxsize=2)  # before and after of one study; real against real
def _learner(shape: tuple[int, int, int], count: int, epochs: int) -> _Learner:
    return _Learner(shape, count, epochs)
