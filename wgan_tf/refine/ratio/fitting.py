"""A log density ratio of images, fitted to real images and to a generator's samples."""

import time
from typing import NamedTuple

import keras
import numpy as np
from keras import layers as kl
from sklearn.linear_model import LogisticRegression

from wgan_tf.errors import UserError, in_words
from wgan_tf.machine.arithmetic import count
from wgan_tf.metrics.checks import check_enough, check_images
from wgan_tf.networks.inference import compiled, in_batches, tensor_in_batches
from wgan_tf.networks.seeds import seed_of
from wgan_tf.refine.ratio import LEARNT_FROM, RATIO_FEATURES
from wgan_tf.refine.ratio.diagnostics import diagnose, gate, mean_ratio
from wgan_tf.refine.ratio.ratio import Ratio

FEWEST = 200
# More images make a ratio hardly better, and slower to fit.
MOST = 20_000
# As many samples shift it, and half as many judge it: where few of them have most of the weight,
# their mean ratio is known no better than by many. At most so many for each real image, but never
# fewer than the least.
_FOR_EACH, _LEAST = 10, 2000
# Of both kinds: to learn from, to know when to stop and to calibrate on, to report on.
_SHARES = (0.7, 0.15, 0.15)
_BATCH, _EPOCHS, _PATIENCE, _RATE, _DECAY = 256, 40, 4, 1e-3, 1e-2
_HIDDEN, _DROPOUT = (128, 128), 0.2
# Of these the ratio is a weighted sum: what the critic learnt is to be used, not learnt anew.
_LINEAR = ("critic", "score")
_STREAM = 83
_NO_NUMBER = "the ratio is no number for some images: lower --learning_rate in training"


class Learnt(NamedTuple):
    """Features that a ratio is to be fitted in, which serve every generator of the same data.

    Attributes:
        features: a key of `RATIO_FEATURES`.
        network: images to features.
        rows: of the real images that a ratio can be fitted to.
        seconds, gflop: what learning them took.
    """

    features: str
    network: keras.Model
    rows: np.ndarray
    seconds: float
    gflop: float


def learn_features(model, real, labels=None, features: str = "auto", *, seed: int = 0) -> Learnt:
    """The first step of `fit_ratio`, whose arguments these are."""
    began = time.perf_counter()
    if features == "auto":
        known = labels is not None and len(np.unique(labels)) > 1
        features = "labels" if known else "self"
    network, rows = RATIO_FEATURES[features](model, real, labels, seed)
    seen = LEARNT_FROM.get(features, 0)
    gflop = seen * training_gflop(network)
    return Learnt(features, network, rows, time.perf_counter() - began, gflop)


def fit_ratio(
    model,
    real,
    labels=None,
    features: str | Learnt = "auto",
    *,
    seed: int = 0,
    most: int = MOST,
    spread_by_chance: float | None = None,
) -> Ratio:
    """Fits log p(real) / p(generated) in features that stay as they are meanwhile.

    A logistic loss on as many real images as samples, stopped where held-out images of both kinds
    say so; then scaled and shifted on them, so that the mean ratio of samples is 1.

    Args:
        model: a trained generative model.
        real: images (n, h, w, c) in [-1, 1], at least 200 and of the model's size; best are images
            that the generator learnt from, so that those held out stay unseen.
        labels: int (n,) or None.
        features: a key of `RATIO_FEATURES`, or "auto": "labels" where there are any, else "self";
            or what `learn_features` returned for these images.
        seed: of everything that is drawn.
        most: real images, and samples to learn from beside them.
        spread_by_chance: for a control that knows nothing: which image is real is drawn, and its
            values for samples are scaled to this standard deviation; None: none.

    Returns:
        The ratio; its `facts` are measured on images of neither step, see `diagnostics`.

    Raises:
        UserError: too few images, of another size, no labels to learn from, no number as a result.

    Source: Ding, Wang and Welch 2020, "Subsampling Generative Adversarial Networks: Density Ratio
    Estimation in Feature Space", section 3 (theirs adds a penalty on the mean ratio).
    """
    real, learnt = _checked(real, model), features
    if not isinstance(learnt, Learnt):
        learnt = learn_features(model, real, labels, features, seed=seed)
    began = time.perf_counter()
    features, network = learnt.features, learnt.network
    keras.utils.set_random_seed(seed_of(seed, "ratio") % 2**31)
    rng = np.random.default_rng([_STREAM, seed])
    rows = rng.permutation(learnt.rows)[:most]
    run = compiled(network)
    reals = in_batches(run, real[rows], "features of real images")
    counts = np.array([len(rows), *fresh_samples(len(real), most)])
    z = model.sample_z(counts.sum(), seed_of(seed, "ratio samples") % 2**31)
    samples = _features_of(model, run, z)
    if not np.isfinite(samples).all():
        raise UserError(_NO_NUMBER)
    generated, to_shift_by, to_report = np.split(samples, np.cumsum(counts[:-1]))
    if spread_by_chance is not None:
        reals, generated = np.split(rng.permutation(np.concatenate([reals, generated])), 2)
    reals, generated = _split(reals), _split(generated)
    head, seen = _fit_head(reals[0], generated[0], reals[1], generated[1], features, seed)
    scale = None
    if spread_by_chance is not None:
        scale = spread_by_chance / max(float(_of(head, to_shift_by).std()), 1e-12)
    _calibrate(head, reals[1], generated[1], to_shift_by, scale)
    judged = _of(head, reals[2]), _of(head, to_report)
    if not all(np.isfinite(values).all() for values in judged):
        raise UserError(_NO_NUMBER)
    figures = diagnose(*judged)
    looked_at = len(rows) * count(network).forward + len(z) * (
        count(network).forward + count(model.generator).forward
    )
    facts = {
        "features": features,
        "feature_width": int(network.output_shape[-1]),
        **figures,
        "gate": gate(figures),
        "seconds": learnt.seconds + time.perf_counter() - began,
        "seconds_of_features": learnt.seconds,
        "gflop": learnt.gflop + looked_at + seen * training_gflop(head),
    }
    return Ratio(_joined(network, head), facts, judged)


def fresh_samples(real: int, most: int = MOST) -> tuple[int, int]:
    """How many samples shift a ratio, and how many judge it, by the number of real images."""
    enough = max(_LEAST, _FOR_EACH * real)
    return min(most, enough), min(most // 2, enough)


def training_gflop(network: keras.Model) -> float:
    """Of an update of all weights, for one image or row of features."""
    passes = count(network)
    return passes.forward + passes.weights + passes.inner


def _checked(real, model) -> np.ndarray:
    """Real images as float32. Not their range: that is the model's own matter."""
    real = check_images(real, "real images", np.inf)
    check_enough(len(real), FEWEST, "real images", "a ratio")
    sizes = [real.shape[1:], tuple(model.generator.output_shape[1:])]
    if sizes[0] != sizes[1]:
        ours, theirs = map(in_words, sizes)
        raise UserError(f"the real images are {ours}, the model's {theirs}: bring them to its size")
    return real


def _split(values: np.ndarray) -> list[np.ndarray]:
    """The parts of `_SHARES`."""
    ends = np.cumsum(np.array(_SHARES[:-1]) * len(values)).astype(int)
    return np.split(values, ends)


def _features_of(model, run, z) -> np.ndarray:
    """Of samples, of which no more are kept than a batch."""
    return tensor_in_batches(
        lambda part: run(model.generator(part, training=False)), z, title="features of samples"
    ).numpy()


def _fit_head(real, generated, stop_real, stop_generated, features: str, seed: int):
    """Features (n, width) to log ratios (n,): a network that learnt the first two, stopped by the
    others; and how many rows it saw.

    Args:
        features: their name; of some it is a weighted sum.
        seed: of its weights and of the order.
    """
    network = _head(np.concatenate([real, generated]), features in _LINEAR, seed)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    network.compile(keras.optimizers.AdamW(_RATE, weight_decay=_DECAY), loss)
    x, y, weights = _together(real, generated)
    history = network.fit(
        x,
        y,
        _BATCH,
        _EPOCHS,
        sample_weight=weights,
        validation_data=_together(stop_real, stop_generated),
        callbacks=[keras.callbacks.EarlyStopping(patience=_PATIENCE, restore_best_weights=True)],
        verbose=0,
    )
    return network, len(x) * len(history.epoch)


def _head(values: np.ndarray, linear: bool, seed: int) -> keras.Model:
    """Untrained; it begins by bringing features to mean 0 and deviation 1."""
    features = keras.Input(values.shape[1:], name="features_in")
    standard = kl.BatchNormalization(
        center=False, scale=False, epsilon=1e-4, trainable=False, name="standard"
    )
    x = standard(features)
    for index, width in enumerate(() if linear else _HIDDEN):
        he = keras.initializers.HeNormal(seed_of(seed, f"ratio_{index}"))
        x = kl.Dense(width, kernel_initializer=he, name=f"ratio_{index}")(x)
        x = kl.LeakyReLU(0.2, name=f"ratio_leaky_{index}")(x)
        x = kl.Dropout(_DROPOUT, seed=seed, name=f"ratio_dropout_{index}")(x)
    x = kl.Dense(1, kernel_initializer="zeros", name="log_ratio")(x)
    standard.set_weights([values.mean(0), values.var(0)])
    return keras.Model(features, kl.Reshape((), name="one_number")(x), name="head")


def _together(real: np.ndarray, generated: np.ndarray):
    """Features, what they are of, and weights by which both kinds count the same."""
    counts = np.array([len(real), len(generated)])
    weights = np.repeat(counts.sum() / (2 * counts), counts).astype(np.float32)
    return np.concatenate([real, generated]), np.repeat([1.0, 0.0], counts), weights


def _calibrate(head: keras.Model, real, generated, samples, scale: float | None) -> None:
    """Scales the log ratio as given, or so that a logistic regression on held-out features would
    leave it as it is, and shifts it so that the mean ratio of samples is 1.
    """
    if scale is None:
        x, y, weights = _together(_of(head, real), _of(head, generated))
        fit = LogisticRegression(C=np.inf).fit(x[:, None], y, weights)
        scale = float(fit.coef_[0, 0])
    kernel, bias = head.get_layer("log_ratio").get_weights()
    shift = float(np.log(mean_ratio(scale * _of(head, samples))))
    head.get_layer("log_ratio").set_weights([scale * kernel, scale * bias - shift])


def _of(head: keras.Model, features: np.ndarray) -> np.ndarray:
    return head.predict(features, 4096, verbose=0).astype(np.float64)


def _joined(network: keras.Model, head: keras.Model) -> keras.Model:
    """Both as one network of plain layers, images to log ratios."""
    x = network.outputs[0]
    for layer in head.layers[1:]:
        x = layer(x)
    return keras.Model(network.inputs[0], x)
