"""`--mode=fit_ratio`: the log density ratio by which samples can be refined."""

from pathlib import Path

from wgan_tf import runs
from wgan_tf.training.ratios import learn_ratio


def run(config) -> list[Path]:
    """Fits a ratio to the run's real images and samples, anew if there is one.

    Returns:
        The picture.
    """
    return learn_ratio(config, runs.load_trained(config))[1]
