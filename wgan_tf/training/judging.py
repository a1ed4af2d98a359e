"""Who judges the images of a run, and with which real images."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.config.resolve import judge_config
from wgan_tf.data.order import batch
from wgan_tf.data.pipeline import training_batches
from wgan_tf.data.scaling import to_uint8
from wgan_tf.data.schedule import Schedule
from wgan_tf.data.source import ArraySource
from wgan_tf.errors import UserError
from wgan_tf.metrics.checks import check_image_pair
from wgan_tf.metrics.judges import CriticJudge, Judge
from wgan_tf.training.callbacks.control import Progress

# More images make no number better that anybody looks at, but every one slower.
MOST_IMAGES = 10_000
FILE = "classifier.keras"
# Images shown where no number of epochs is given: many passes over a small set, one over a large.
SEEN, _MOST_EPOCHS = 80_000, 30


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


def epochs_for(given: int | None, count: int, seen: int = SEEN) -> int:
    """Passes over `count` images: those given, or as many as show `seen` images, 1 to 30."""
    return given or int(np.clip(seen // count, 1, _MOST_EPOCHS))


def learn(source, seed: int) -> Judge:
    """A classifier trained on all images of a source, by the preset of `--mode=train_judge`; on
    2 cores in two minutes for 4,000 as for 60,000 digits.

    Raises:
        UserError: the source has no labels.
        UsageError: it has a single class.
    """
    if source.labels is None:
        raise UserError(f"{source.description}: no labels, so no classifier can be trained on it")
    return Judge(_trained(source, seed, SEEN))


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
    return CriticJudge(_trained(source, seed, SEEN // 2))


def _trained(source, seed: int, seen: int):
    """The judge's network, trained."""
    height, _, channels = source.read(np.array([0])).shape[1:]
    config = judge_config(height, channels, seed)
    config = runs.with_classes(config, source)
    batch_size = min(config.data.batch_size, source.count)
    steps = epochs_for(None, source.count, seen) * (source.count // batch_size)
    model = runs.build_trainable(config, steps)
    schedule = Schedule(batch_size, source.count)
    batches = training_batches(source, schedule, seed=seed, start=0, stop=steps, labelled=True)
    bar = Progress(steps, ("loss", "accuracy"), "training the judge")
    model.fit(batches, steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=[bar])
    return model.critic


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
