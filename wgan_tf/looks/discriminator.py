"""What all looks into a discriminator share: which one, and on which real images."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.data.image_values import as_images
from wgan_tf.data.order import fixed_indices
from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UsageError, UserError, in_words
from wgan_tf.metrics.accuracy import class_logits
from wgan_tf.metrics.discrimination import best_threshold

# What a critic without classes tells apart, and images of each to find where it parts them.
REAL_OR_NOT = ("real", "generated")
_PARTING = 512


@dataclasses.dataclass(frozen=True)
class Discriminator:
    """A trained network that answers images by classes.

    Attributes:
        name: of its run's folder.
        suffix: what tells its files and tags from the other discriminator's: "" where it is alone.
        logits: images (n, h, w, c) in [-1, 1] to (n, classes), inference mode, differentiable,
            also within a `tf.function`.
        class_names: the meaning of class 0, 1, ...
        network: the functional model whose input layer is named "images".
        shape: (height, width, channels) of the images.
        images, labels: real ones, float32 (n, h, w, c) and int64 (n,).
        split: which images these are, in words.
        generator: whether it was trained against one.
        parting: of a critic without classes: the `threshold` of its score, above which images
            are taken for real, the `scale` that scores are divided by (half the distance between
            the means of real and generated images, or their standard deviation if that is more),
            and the `accuracy` of that threshold on as many of either; else None.
    """

    name: str
    suffix: str
    logits: Callable[[tf.Tensor], tf.Tensor]
    class_names: tuple[str, ...]
    network: keras.Model
    shape: tuple[int, int, int]
    images: np.ndarray
    labels: np.ndarray
    split: str
    generator: bool
    parting: dict | None = None

    @property
    def classes(self) -> int:
        """How many classes it tells apart."""
        return len(self.class_names)


def open_discriminators(config) -> list[Discriminator]:
    """The discriminator of the run and, with `--other_logs_dir`, that of the other run.

    Both get the same `--perturb_batch` images: of the split "test" where the run's data has one.

    Raises:
        UserError: there is no trained run, its data is gone, has no labels or other classes, or
            the two do not judge the same.
    """
    configs = [config]
    other = config.inspection.other_logs_dir
    if other is not None:
        configs.append(_other_config(config, other))
    models = [runs.load_trained(one) for one in configs]
    if other is not None:
        _check_alike(configs, models, other)
    source, split = runs.open_unseen(config)
    count, seed = config.inspection.perturb_batch, config.run.seed
    # Where a critic parts real from generated images is found on others than it is tried on.
    order = fixed_indices(source.count, count + _PARTING, seed)
    images = to_float(source.read(order[:count]))
    return [
        discriminator_of(
            model,
            images,
            name=name,
            suffix=f"_{name}" if len(models) > 1 else "",
            split=split,
            **(
                _labelled(model, source, order[:count])
                if model.classes
                else {"real": to_float(source.read(order[count:]))}
            ),
        )
        for name, model in zip(_names(configs), models, strict=True)
    ]


def discriminator_of(
    model,
    images,
    labels=None,
    *,
    class_names=None,
    real=None,
    name: str = "discriminator",
    suffix: str = "",
    split: str = "images",
) -> Discriminator:
    """The discriminator of a model, with the real images on which it is looked at.

    Args:
        model: a trained game or classifier.
        images: real ones, float (n, h, w, c) in [-1, 1].
        labels: int (n,), the right answers; None: what it takes the images for. Without classes
            all are real.
        class_names: of all its classes; None: their numbers.
        real: where a critic without classes parts real from generated images is found on these,
            (m, h, w, c); None: on `images`, which flatters it.
        name, suffix, split: see `Discriminator`.

    Raises:
        UserError: images of another scale than [-1, 1], or with NaN.
        ValueError: images of another shape than it judges, other labels than there are images or
            classes, or another number of names than of classes.
    """
    images, shape = np.asarray(images, np.float32), tuple(model.critic.input_shape[1:])
    if images.ndim != 4 or images.shape[1:] != shape or not len(images):
        words = ", ".join(map(str, shape))
        raise ValueError(f"images must be (n >= 1, {words}), not {images.shape}")
    images = as_images(images)
    if model.classes:
        answering = _with_classes(model, images, labels, class_names)
    else:
        answering = _without_classes(model, images, images if real is None else real)
    return Discriminator(
        name=name,
        suffix=suffix,
        network=model.critic,
        shape=images.shape[1:],
        images=images,
        split=split,
        generator=model.generator is not None,
        **answering,
    )


def separate(real: np.ndarray, fake: np.ndarray) -> tuple[float, float]:
    """The threshold of a score that tells real from generated images best.

    Args:
        real, fake: scores (n,) and (m,), high for real.

    Returns:
        The threshold, amid two neighbouring scores or beyond all, above which an image is taken
        for real; and the mean of the shares of real and of generated images that it answers
        rightly.
    """
    real, fake = np.asarray(real, np.float32), np.asarray(fake, np.float32)
    scores = np.concatenate([real, fake])
    # One answer for all, but finite: scores are measured from here.
    ends = np.nextafter([scores.min(), scores.max()], np.float32([-np.inf, np.inf]))
    threshold = np.clip(best_threshold(real, fake), *ends)
    return float(threshold), float(np.mean(real > threshold) + np.mean(fake <= threshold)) / 2


def _other_config(config, other: str):
    if Path(other).resolve() == Path(config.run.logs_dir).resolve():
        raise UsageError(f"--other_logs_dir={other}: it is the run itself; name another")
    try:
        runs.check_trained(other)
    except UserError as error:
        raise UserError(f"--other_logs_dir: {error}") from error
    return runs.read_config(other)


def _names(configs) -> list[str]:
    """The run folders' names, with their parents' where these are equal."""
    paths = [Path(config.run.logs_dir).resolve() for config in configs]
    names = [path.name for path in paths]
    if len(set(names)) < len(names):
        names = [f"{path.parent.name}_{path.name}" for path in paths]
    if len(set(names)) < len(names):
        names = [f"{number}_{name}" for number, name in enumerate(names, 1)]
    return names


def _check_alike(configs, models, other: str) -> None:
    """Refuses two runs that do not judge the same images by the same classes."""
    start = f"--other_logs_dir={other}: it"
    ours, theirs = (in_words(model.critic.input_shape[1:]) for model in models)
    if ours != theirs:
        raise UserError(f"{start} judges {theirs} images, the run {ours}")
    ours, theirs = (model.classes for model in models)
    if ours != theirs:
        words = [f"{n} classes" if n else "real from generated images" for n in (ours, theirs)]
        raise UserError(f"{start} tells apart {words[1]}, the run {words[0]}")
    if ours and configs[0].data.dataset != configs[1].data.dataset:
        ours, theirs = (runs.open_unseen(config)[0].class_names for config in configs)
        if ours != theirs:
            raise UserError(f"{start} knows other classes than the run: {theirs}, not {ours}")


def _labelled(model, source, order) -> dict:
    """Labels and names of a source's images as `discriminator_of` takes them."""
    if source.labels is None:
        raise UserError(
            f"{source.description}: no labels, so the discriminator's answers cannot be checked"
        )
    names, classes = list(source.class_names or ()), model.classes
    if max(len(names), int(source.labels.max()) + 1) > classes:
        raise UserError(f"{source.description}: more than the discriminator's {classes} classes")
    names += [str(number) for number in range(len(names), classes)]
    return {"labels": source.labels[order], "class_names": names}


def _with_classes(model, images: np.ndarray, labels, names) -> dict:
    classes = model.classes
    if names is None:
        names = [str(number) for number in range(classes)]
    if len(names) != classes:
        raise ValueError(f"{len(names)} class names for {classes} classes")
    if labels is None:
        labels = class_logits(model.classify, images).argmax(1)
    labels = np.asarray(labels, np.int64)
    if labels.shape != (len(images),) or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be ({len(images)},) in 0 to {classes - 1}")
    return {"logits": model.classify, "class_names": tuple(names), "labels": labels}


def _without_classes(model, images: np.ndarray, real) -> dict:
    """Two classes by the sign of the score beyond its threshold."""
    real = np.asarray(model.score(real))
    fake = np.asarray(model.score(model.generate(model.sample_z(_PARTING))))
    threshold, accuracy = separate(real, fake)
    # One rate and one loss then fit any critic. The spread counts where it is larger, so that a
    # critic which hardly parts them does not seem sure.
    half = abs(float(real.mean() - fake.mean())) / 2
    scale = max(half, float(np.sqrt((real.var() + fake.var()) / 2))) or 1.0

    def logits(images):
        score = (model.judged(images).scores - threshold) / scale
        return tf.stack([score, -score], 1)

    return {
        "logits": logits,
        "class_names": REAL_OR_NOT,
        "labels": np.zeros(len(images), np.int64),
        "parting": {"threshold": threshold, "scale": scale, "accuracy": accuracy},
    }
