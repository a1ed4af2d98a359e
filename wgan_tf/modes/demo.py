"""`--mode=demo`: everything once, on the data that is at hand."""

import dataclasses

from wgan_tf.modes import iterators, train, visualize


def run(config) -> list:
    """Trains, draws samples and runs both iterators.

    Returns:
        The pictures.
    """
    pictures = [*train.run(config), *visualize.run(config)]
    for mode in ("image_iterator", "z_iterator"):
        step = dataclasses.replace(config, run=dataclasses.replace(config.run, mode=mode))
        pictures += iterators.run(step)
    return pictures
