"""Judges that are trained: they share neither architecture, seed nor loss with any critic.

`Judge` classifies labelled data; `CriticJudge` is the second critic where there are no labels.
See `features` for what judges offer.
"""

import os

import keras
import numpy as np
import tensorflow as tf
from keras import layers as kl
from tqdm import tqdm

from wgan_tf.errors import UserError
from wgan_tf.files import written_whole
from wgan_tf.metrics.batches import compiled, in_batches
from wgan_tf.metrics.checks import check_image_pair, check_images
from wgan_tf.metrics.sharing import remembered

WIDTH = 64  # of the features
_STAGES = (24, 48, 96)
_BATCH, _LEARNING_RATE, _SMOOTHING = 64, 3e-3, 0.1
# Images seen in training: many passes over a small set, one over a large one.
_SEEN, _FEWEST_EPOCHS, _MOST_EPOCHS = 80_000, 1, 30
# Augmentation: turns in radians, scales and shifts in shares of the size.
_TURN, _SCALE, _SHIFT = 0.15, 0.1, 0.05
_CLASSIFIER_SEED, _CRITIC_SEED = 101, 202


class _Trained:
    """A network with outputs (features, logits), in a file that plain Keras opens."""

    name = ""
    width = WIDTH

    def __init__(self, network: keras.Model):
        self.network = network
        outputs = compiled(network)
        self._compiled = lambda images: tf.concat(outputs(images), 1)
        # Features, probabilities and realism of one set are asked for one after the other.
        self._outputs = remembered(self._run)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images that it judges."""
        return tuple(self.network.input_shape[1:])

    def features(self, images: np.ndarray) -> np.ndarray:
        """The layer before the last, float32 (n, 64)."""
        return self._outputs(images)[:, :WIDTH]

    def logits(self, images: np.ndarray) -> np.ndarray:
        """The last layer, float32 (n, classes), or (n, 1) of a critic."""
        return self._outputs(images)[:, WIDTH:]

    def save(self, path: str | os.PathLike) -> None:
        """Writes the network as a `.keras` file.

        Raises:
            UserError: the file cannot be written.
        """
        with written_whole(path) as unfinished:
            self.network.save(unfinished)

    @classmethod
    def load(cls, path: str | os.PathLike):
        """The judge that `save` wrote.

        Raises:
            UserError: there is no such file, or it is none of these judges.
        """
        if not os.path.isfile(path):
            raise UserError(f"there is no judge in {path}: train one with --mode=train_judge")
        try:
            network = keras.saving.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # Keras raises nearly anything on a damaged file
            raise UserError(f"{path} is damaged or no judge: train it again") from error
        if network.name != cls.name or len(network.outputs) != 2:
            raise UserError(f"{path} holds another network, no judge of kind {cls.name!r}")
        return cls(network)

    def _run(self, images: np.ndarray) -> np.ndarray:
        if tuple(images.shape[1:]) != self.shape:
            given, own = ("x".join(map(str, s)) for s in (images.shape[1:], self.shape))
            raise UserError(f"the judge was trained on {own} images, not {given}")
        return in_batches(self._compiled, images, "judge")


class Judge(_Trained):
    """A classifier."""

    name = "classifier"

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Class probabilities, float32 (n, classes)."""
        return tf.nn.softmax(self.logits(images)).numpy()

    def realism(self, images: np.ndarray) -> np.ndarray:
        """Log of the highest class probability, float32 (n,): how clear a case an image is."""
        return tf.nn.log_softmax(self.logits(images)).numpy().max(1)


class CriticJudge(_Trained):
    """A second critic: real against generated, its logit high for real."""

    name = "critic"

    def probabilities(self, images: np.ndarray) -> None:
        """None: it knows no classes."""
        return None

    def realism(self, images: np.ndarray) -> np.ndarray:
        """The logit, float32 (n,)."""
        return self.logits(images)[:, 0]


def train_judge(images, labels, *, seed: int = 0, on_epoch=None) -> Judge:
    """Trains a classifier; on 2 cores in two minutes for 4,000 as for 60,000 digits.

    Args:
        images: (n, h, w, c) in [-1, 1].
        labels: int (n,), from 0.
        seed: of weights, order and augmentation.
        on_epoch: called after each epoch with (epoch, mean loss, the judge so far).

    Raises:
        UserError: see `checks.check_images`; or a single class.
    """
    images = check_images(images, "training images")
    labels = np.asarray(labels)
    classes = int(labels.max()) + 1
    if classes < 2:
        raise UserError("a classifier needs images of at least two classes")
    network = _network(images.shape[1:], classes, Judge.name, _CLASSIFIER_SEED + seed)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=_SMOOTHING)
    targets = np.eye(classes, dtype=np.float32)[labels]
    epochs = int(np.clip(_SEEN // len(images), _FEWEST_EPOCHS, _MOST_EPOCHS))

    def report(epoch: int, mean_loss: float) -> None:
        if on_epoch:
            on_epoch(epoch, mean_loss, Judge(network))

    _fit(network, images, targets, loss, epochs, seed, report)
    return Judge(network)


def train_critic_judge(real, fake, *, seed: int = 0) -> CriticJudge:
    """Trains a second critic on as many real as generated images.

    Args:
        real: images (n, h, w, c) in [-1, 1] that the first critic never saw.
        fake: images (m, h, w, c) of the generators, from z's that will not be judged.
        seed: of weights, order and augmentation.

    Raises:
        UserError: see `checks.check_image_pair`.
    """
    real, fake = check_image_pair(real, fake)
    count = min(len(real), len(fake))
    images = np.concatenate([real[:count], fake[:count]])
    targets = np.repeat(np.float32([1, 0]), count)[:, None]
    network = _network(images.shape[1:], 1, CriticJudge.name, _CRITIC_SEED + seed)
    # Smoothed, so that it stays able to tell more from less real.
    loss = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=_SMOOTHING)
    epochs = int(np.clip(_SEEN // 2 // len(images), _FEWEST_EPOCHS, _MOST_EPOCHS))
    _fit(network, images, targets, loss, epochs, seed, lambda *_: None)
    return CriticJudge(network)


def _network(shape, outputs: int, name: str, seed: int) -> keras.Model:
    """Pairs of 3 x 3 convolutions with batch norm and max pooling; (features, logits)."""
    images = keras.Input(shape, name="images")
    x = images
    for stage, width in enumerate(_STAGES):
        for half in range(1 + (stage > 0)):
            label = f"{stage}_{half}"
            x = kl.Conv2D(
                width,
                3,
                padding="same",
                use_bias=False,
                kernel_initializer=keras.initializers.HeNormal(seed + 10 * stage + half),
                name=f"convolution_{label}",
            )(x)
            x = kl.BatchNormalization(momentum=0.9, name=f"norm_{label}")(x)
            x = kl.ReLU(name=f"relu_{label}")(x)
        x = kl.MaxPooling2D(name=f"pool_{stage}")(x)
    x = kl.Flatten(name="flat")(kl.AveragePooling2D(max(1, x.shape[1] // 4), name="small")(x))
    x = kl.Dropout(0.3, seed=seed, name="dropout")(x)
    he, glorot = keras.initializers.HeNormal(seed), keras.initializers.GlorotUniform(seed)
    features = kl.Dense(WIDTH, "relu", kernel_initializer=he, name="features")(x)
    logits = kl.Dense(outputs, kernel_initializer=glorot, name="logits")(features)
    return keras.Model(images, [features, logits], name=name)


def _fit(network, images, targets, loss_function, epochs: int, seed: int, on_epoch) -> None:
    """Trains in place under a progress bar; calls on_epoch(epoch, mean loss) after each."""
    size = min(_BATCH, len(images))
    steps = len(images) // size
    warm = epochs * steps // 5
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, epochs * steps - warm, warmup_target=_LEARNING_RATE, warmup_steps=warm
    )
    optimizer = keras.optimizers.Adam(rate)
    variables = network.trainable_variables
    optimizer.build(variables)

    @tf.function(autograph=False)
    def update(x, y, number):
        x = _augmented(x, tf.stack([tf.constant(seed, tf.int64), number]))
        with tf.GradientTape() as tape:
            loss = loss_function(y, network(x, training=True)[1])
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    title = f"training the {network.name}"
    with tqdm(total=epochs * steps, desc=title, unit="step", delay=1) as bar:
        for epoch in range(epochs):
            order = np.random.default_rng([seed, epoch]).permutation(len(images))
            losses = []
            for step, rows in enumerate(np.split(order[: steps * size], steps)):
                number = tf.constant(epoch * steps + step, tf.int64)
                losses.append(update(tf.constant(images[rows]), tf.constant(targets[rows]), number))
                bar.update()
            on_epoch(epoch + 1, float(np.mean(losses)))


def _augmented(images, key):
    """Images turned, scaled and shifted at random, a pure function of the key."""
    count, side = tf.shape(images)[0], float(max(images.shape[1:3]))
    drawn = tf.random.stateless_uniform((5, count), key, -1.0, 1.0)
    angle, scale_x, scale_y = _TURN * drawn[0], 1 + _SCALE * drawn[1], 1 + _SCALE * drawn[2]
    cos, sin = tf.cos(angle), tf.sin(angle)
    a, b, c, d = scale_x * cos, -scale_x * sin, scale_y * sin, scale_y * cos
    middle = (side - 1) / 2
    shift_x = middle * (1 - a - b) + _SHIFT * side * drawn[3]
    shift_y = middle * (1 - c - d) + _SHIFT * side * drawn[4]
    zero = tf.zeros_like(a)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([a, b, shift_x, c, d, shift_y, zero, zero], 1),
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )
