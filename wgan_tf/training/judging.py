"""Who judges the images of a run, by whose features they are measured, and with which real images.
"""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data import is_in_data_dir, name_of
from wgan_tf.data.folder import has_labels
from wgan_tf.data.order import batch
from wgan_tf.data.scaling import to_uint8
from wgan_tf.data.source import ArraySource
from wgan_tf.errors import UsageError, UserError, in_words
from wgan_tf.machine.guest import say
from wgan_tf.metrics import IN_TRAINING, MOST_IMAGES
from wgan_tf.metrics.checks import check_image_pair
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.metrics.features import open_features
from wgan_tf.metrics.judges import CriticJudge, Judge
from wgan_tf.training.classifiers import SEEN, learned

FILE = "classifier.keras"
_FEWEST = 10  # images that an interval can be had of


def of_a_run(config) -> bool:
    """Whether images are measured for a run or a data set, rather than two sets that are given."""
    sets = config.evaluation.generated and config.evaluation.real
    return not sets or (Path(config.run.logs_dir) / "config.json").exists()


def open_judge(config, shape: tuple[int, int, int]):
    """What turns images into numbers, by `--features`; see `metrics.features`.

    Without that flag it is the judge where there is one or one can be trained, else a network
    with random weights, which one printed line says.

    Args:
        config: of the command.
        shape: (height, width, channels) of the images.

    Raises:
        UsageError: the classifier is asked for, and nothing says which.
        UserError: see `find_judge` and `metrics.features.open_features`.
    """
    features, judge_dir = config.evaluation.features, config.evaluation.judge_dir
    if features is None:
        reason = no_judge(config)
        features = "random" if reason else "classifier"
        if reason:
            say(f"{reason}: features of a network with random weights (--features chooses)")
    if features != "classifier":
        return open_features(features, shape)
    if of_a_run(config):
        return find_judge(config)
    if judge_dir is None:
        raise UsageError("--features=classifier needs --judge_dir where no run is measured")
    return open_features(features, shape, Path(judge_dir) / FILE)


def no_judge(config) -> str | None:
    """Why there is no judge to be had, or None where there is."""
    if config.evaluation.judge_dir:
        return None
    if not of_a_run(config):
        return "no --judge_dir for these two sets"
    if (default_judge_dir(config) / FILE).exists():
        return None
    if _has_labels(config):
        return None
    return f"{config.data.dataset} has no labels to train a judge on"


def find_judge(config) -> Judge:
    """The independent classifier for the data set of a run.

    It is looked for in `--judge_dir`, else in `judge_DATASET` beside the run's folder, where it
    is trained first if it is missing.

    Raises:
        UserError: there is none in `--judge_dir`, it takes images of another size, or the data
            has no labels to train one.
    """
    path = _judge_path(config)
    if not path.exists() and not config.evaluation.judge_dir:
        say(f"there is no judge in {path.parent} yet: training one")
        source = runs.open_for_judge(config)
        learn(source, config.run.seed).save(path)
        judged = config.but(logs_dir=str(path.parent))
        runs.write_class_names(judged, source)
        runs.note_images(judged)
    if not config.evaluation.judge_dir and runs.learnt_others(path.parent, config):
        raise UserError(
            f"{path} learnt other images than those in {config.data.data_dir}: name another judge "
            "with --judge_dir"
        )
    judge = Judge.load(path)
    shape = (config.data.size, config.data.size, config.data.channels)
    if judge.shape != shape:
        ours, theirs = map(in_words, (shape, judge.shape))
        raise UserError(
            f"{path} judges {theirs} images, the run has {ours}: train another with "
            "--mode=train_judge and name its folder with --judge_dir"
        )
    return judge


def default_judge_dir(config) -> Path:
    """`judge_DATASET` beside the run's folder, of a folder of images `judge_FOLDER`: where
    `--mode=train_judge` writes one for the same data.
    """
    name = name_of(config.data.dataset, config.data.data_dir)
    return Path(config.run.logs_dir).absolute().parent / f"judge_{name}"


def known_judge(config) -> Judge | None:
    """The judge that `find_judge` would give without training one, or None."""
    return find_judge(config) if _judge_path(config).exists() else None


def _judge_path(config) -> Path:
    return Path(config.evaluation.judge_dir or default_judge_dir(config)) / FILE


def learn(source, seed: int, seen: int = SEEN) -> Judge:
    """A classifier trained on all images of a source, by the preset of `--mode=train_judge`; on
    2 cores in two minutes for 4,000 as for 60,000 digits.

    Args:
        source: of images with labels.
        seed: of weights, order and augmentation.
        seen: images shown.

    Raises:
        UserError: the source has no labels.
        UsageError: it has a single class.
    """
    if source.labels is None:
        raise UserError(f"{source.description}: no labels, so no classifier can be trained on it")
    return Judge(learned(source, seed, seen))


def learn_critic(real, fake, seed: int = 0) -> CriticJudge:
    """A second critic, trained on as many real as generated images by the judge's preset.

    Args:
        real: images (n, h, w, c) in [-1, 1] that the first critic never saw.
        fake: images (m, h, w, c) of the generators, from z's that will not be judged.
        seed: of weights, order and augmentation.

    Raises:
        UserError: see `checks.check_image_pair`.
    """
    real, fake = check_image_pair(real, fake)
    count = min(len(real), len(fake))
    # As bytes, both: nothing but what a picture shows may tell them apart.
    images = to_uint8(np.concatenate([fake[:count], real[:count]]))
    source = ArraySource(images, "real and generated images", np.repeat([0, 1], count))
    return CriticJudge(learned(source, seed, SEEN // 2))


def held_out(config) -> tuple[np.ndarray, np.ndarray | None]:
    """Real images that the generator never saw, and images that it learnt from.

    Returns:
        Images of the split "test" and of the run's own, float32 in [-1, 1], at most 10,000 of
        each. Without a split "test", or with one that is too small to measure with: the run's own,
        and None.
    """
    training = runs.open_images(config)
    try:
        test = runs.open_images(config, "test")
    except UserError:
        return _some(training), None
    if test.count < _FEWEST <= training.count:
        say(f"only {test.count} images are held out: measuring against those of training")
        return _some(training), None
    return _some(test), _some(training)


def _some(source) -> np.ndarray:
    return batch(source, min(source.count, MOST_IMAGES), 0)


def _has_labels(config) -> bool:
    if is_in_data_dir(config.data.dataset):
        # All its images would be decoded to ask a source.
        return has_labels(config.data.data_dir, config.data.cache_dir)
    return runs.open_images(config).labels is not None


def training_evaluation(config, reference: bool = False) -> Evaluation | None:
    """What measures samples during training, by the metrics that are cheap; None for never, and
    where there is nothing to measure against.

    Args:
        config: of the run.
        reference: whether real images are to be measured against others, too.

    Raises:
        UsageError: the metric of `--keep_best` is not to be had with these features.
        UserError: see `open_judge`; with a reference, too few real images.
    """
    chosen = config.evaluation
    if not chosen.evaluate_every:
        return None
    real, training = held_out(config)
    real = real[: chosen.evaluate_samples]
    judge = open_judge(config, real.shape[1:])
    try:
        evaluation = Evaluation(
            real,
            judge,
            training=training if reference else None,
            count=chosen.evaluate_samples,
            names=IN_TRAINING,
            resamples=0,
        )
    except UserError as error:
        if reference:
            raise
        # Of data that nothing can be measured against, such as one image, one may learn.
        say(f"warning: nothing is measured on the way: {error}")
        return None
    if chosen.keep_best not in evaluation.names:
        raise UsageError(
            f"--keep_best={chosen.keep_best}: the features {judge.name!r} know no classes; choose "
            f"one of {', '.join(evaluation.names)}"
        )
    for line in evaluation.warnings:
        say(f"warning: {line}")
    return evaluation
