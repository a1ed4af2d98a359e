"""What the modes that measure images share: which images, and by whose features."""

from pathlib import Path

from wgan_tf import runs
from wgan_tf.data import is_in_data_dir
from wgan_tf.errors import UsageError
from wgan_tf.metrics import IN_TRAINING
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.metrics.features import open_features
from wgan_tf.training.judging import FILE, default_judge_dir, find_judge, held_out


def of_a_run(config) -> bool:
    """Whether images are measured for a run or a data set, rather than two sets that are given."""
    given = config.evaluation
    stored = Path(config.run.logs_dir) / "config.json"
    return not (given.generated and given.real) or stored.exists()


def open_judge(config, shape: tuple[int, int, int]):
    """What turns images into numbers, by `--features`; see `metrics.features`.

    Without that flag it is the judge where there is one or one can be trained, else a network
    with random weights, which one printed line says.

    Args:
        config: of the command.
        shape: (height, width, channels) of the images.

    Raises:
        UsageError: the classifier is asked for, and nothing says which.
        UserError: see `judging.find_judge` and `metrics.features.open_features`.
    """
    features, judge_dir = config.evaluation.features, config.evaluation.judge_dir
    if features is None:
        reason = no_judge(config)
        features = "random" if reason else "classifier"
        if reason:
            print(f"{reason}: features of a network with random weights (--features chooses)")
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
    # A folder would be read only to find whether it has labels.
    folder = is_in_data_dir(config.data.dataset)
    labelled = not folder and runs.open_images(config).labels is not None
    return None if labelled else f"{config.data.dataset} has no labels to train a judge on"


def training_evaluation(config) -> Evaluation | None:
    """What measures samples during training, by the metrics that are cheap; None for never.

    Raises:
        UsageError: the metric of `--keep_best` is not to be had with these features.
        UserError: see `open_judge`; too few real images.
    """
    chosen = config.evaluation
    if not chosen.evaluate_every:
        return None
    real = held_out(config)[0][: chosen.evaluate_samples]
    judge = open_judge(config, real.shape[1:])
    evaluation = Evaluation(
        real, judge, count=chosen.evaluate_samples, names=IN_TRAINING, resamples=0
    )
    if chosen.keep_best not in evaluation.names:
        raise UsageError(
            f"--keep_best={chosen.keep_best}: the features {judge.name!r} know no classes; choose "
            f"one of {', '.join(evaluation.names)}"
        )
    for line in evaluation.warnings:
        print(f"warning: {line}")
    return evaluation
