"""What a training leaves for people when it ends: curves, samples, and the card of the run."""

from pathlib import Path

import numpy as np

from wgan_tf.files.csv_rows import read_columns
from wgan_tf.runs.layout import LOSSES
from wgan_tf.runs.model_card import LOSSES_PICTURE, SAMPLES_PICTURE, write_card
from wgan_tf.training.callbacks.iterations import training_goes_on
from wgan_tf.visualize.grid import grid, save_png
from wgan_tf.visualize.training_curves import plot_losses

# In the picture of samples; rows of them where there are classes or categories, one column each.
SHOWN, COLUMNS, ROWS = 64, 8, 8


def conclude(config, model, data: str) -> list[Path]:
    """Writes `images/losses.png`, where there is a row of them, `images/after_training.png` and
    `README.md`. What cannot be written is a warning.

    Args:
        config: of the run.
        model: the trained game, as `runs.load_trained` gives it.
        data: what it was trained on, in words.

    Returns:
        The pictures.
    """
    folder = Path(config.run.logs_dir)
    pictures = draw_losses(folder)
    path = folder / SAMPLES_PICTURE
    with training_goes_on("samples"):
        columns = model.one_hot or COLUMNS
        z = model.sample_z(ROWS * model.one_hot or SHOWN, config.run.seed)
        save_png(path, grid(np.asarray(model.generate(z)), columns=columns))
        pictures.append(path)
    with training_goes_on("the card"):
        write_card(config, model, data)
    return pictures


def draw_losses(folder: Path) -> list[Path]:
    """`images/losses.png` of `losses.csv` in a run's folder, if there is a row."""
    path = folder / LOSSES_PICTURE
    with training_goes_on("the picture of the losses"):
        if not (folder / LOSSES).exists():
            return []
        columns = read_columns(folder / LOSSES)
        if len(columns.get("iteration", ())):
            plot_losses(path, columns)
            return [path]
    return []
