"""Who judges the images of a run, and with which real images."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data.order import batch
from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UserError
from wgan_tf.metrics.judge import Judge, train_judge

# More images make no number better that anybody looks at, but every one slower.
MOST_IMAGES = 10_000
FILE = "judge.keras"


def find_judge(config) -> Judge:
    """The independent classifier for the data set of a run.

    It is looked for in `--judge_dir`, else in `judge_DATASET` beside the run's folder, where it
    is trained first if it is missing.

    Raises:
        UserError: there is none in `--judge_dir`, it takes images of another size, or the data
            has no labels to train one.
    """
    given = config.evaluation.judge_dir
    path = Path(given or default_judge_dir(config)) / FILE
    if not path.exists() and not given:
        print(f"there is no judge in {path.parent} yet: training one")
        source = runs.open_images(config, "train")
        learn(source, config.run.seed).save(path)
    judge = Judge.load(path)
    shape = (config.data.size, config.data.size, config.data.channels)
    if judge.shape != shape:
        ours, theirs = ("x".join(map(str, s)) for s in (shape, judge.shape))
        raise UserError(
            f"{path} judges {theirs} images, the run has {ours}: train another with "
            "--mode=train_judge and name its folder with --judge_dir"
        )
    return judge


def default_judge_dir(config) -> Path:
    """`judge_DATASET` beside the run's folder."""
    return Path(config.run.logs_dir).absolute().parent / f"judge_{config.data.dataset}"


def learn(source, seed: int, on_epoch=None) -> Judge:
    """A classifier trained on all images of a source.

    Raises:
        UserError: the source has no labels.
    """
    if source.labels is None:
        raise UserError(f"{source.description}: no labels, so no classifier can be trained on it")
    images = to_float(source.read(np.arange(source.count)))
    return train_judge(images, source.labels, seed=seed, on_epoch=on_epoch)


def held_out(config) -> tuple[np.ndarray, np.ndarray | None]:
    """Real images that the generator never saw, and images that it learnt from.

    Returns:
        Images of the split "test" and of the run's own, float32 in [-1, 1], at most 10,000 of
        each. Without a split "test": the run's own, and None.
    """
    training = runs.open_images(config)
    try:
        test = runs.open_images(config, "test")
    except UserError:
        return _some(training), None
    return _some(test), _some(training)


def _some(source) -> np.ndarray:
    return batch(source, min(source.count, MOST_IMAGES), 0)
