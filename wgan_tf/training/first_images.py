"""The first images of a training as it sees them: `images/data.png`."""

from pathlib import Path

import numpy as np

from wgan_tf.data.order import training_indices
from wgan_tf.data.scaling import to_float
from wgan_tf.data.skipped import one_line
from wgan_tf.models import GAMES
from wgan_tf.training.callbacks.iterations import warn
from wgan_tf.visualize.captioned import sheet
from wgan_tf.visualize.grid import grid, save_png

PICTURE = Path("images") / "data.png"
SHOWN, COLUMNS = 64, 8


def draw_first_images(config, source) -> None:
    """Shows what was made of the pictures: the first 64 in the order of training, with the names of
    their classes where there are some. What cannot be drawn is a warning.

    Args:
        config: of the run.
        source: of the training images.
    """
    path = Path(config.run.logs_dir) / PICTURE
    try:
        save_png(path, _picture(config, source))
    except Exception as error:  # what is looked at never stops what is learnt
        warn("the picture of the data: training goes on: %s", one_line(error))


def _picture(config, source) -> np.ndarray:
    count = min(SHOWN, source.count)
    rows = training_indices(0, count, source.count, config.run.seed)
    images, columns = to_float(source.read(rows)), min(COLUMNS, count)
    names, game = source.class_names, GAMES[config.network.model]
    # Labels that nobody else asks for would have to be read from every record.
    if names is None and game.generator and not game.labelled:
        return grid(images, columns=columns)
    labels = np.asarray(source.labels)[rows].tolist()
    captions = [names[label] if names else str(label) for label in labels]
    return sheet(images, captions, columns=columns)
