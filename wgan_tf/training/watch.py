"""Watching whether the generator still learns: the callback of a training, and its picture."""

import math
from pathlib import Path

from wgan_tf import runs
from wgan_tf.data import is_in_data_dir
from wgan_tf.data.order import batch
from wgan_tf.errors import UserError
from wgan_tf.training.callbacks.feedback import Feedback
from wgan_tf.visualize.game_curves import plot_feedback

# Images that are judged, of either kind, or as many as two batches hold.
IMAGES = 256


def feedback_callback(writer, model, source, config) -> Feedback | None:
    """Looks every `--watch_every` iterations; None for never.

    Args:
        writer: a `tf.summary` writer.
        model: to be trained.
        source: of the training images.
        config: of the run.
    """
    if not config.watching.watch_every:
        return None
    size, seed = config.data.batch_size, config.run.seed
    # Whole batches, and as many in either half of a critic's test.
    count = 2 * size * math.ceil(IMAGES / (2 * size))
    held_out = _held_out(config, count)
    kind = "training images" if held_out is None else "never trained on"
    chosen = source if held_out is None else held_out
    return Feedback(
        writer,
        Path(config.run.logs_dir) / "feedback.json",
        config.watching.watch_every,
        model.sample_z(count, seed),
        batch(chosen, count, seed),
        size,
        f"{count} of {chosen.description}; {kind}",
    )


def _held_out(config, count: int):
    """A source of test images; None where there are none that are not trained on."""
    data = config.data
    if is_in_data_dir(data.dataset) or not data.split.startswith("train"):
        return None
    # Of a large set in files of its own only as many as needed are decoded.
    for split in (f"test[:{count}]", "test"):
        try:
            return runs.open_images(config, split)
        except UserError:
            continue
    return None


def draw_feedback(feedback: Feedback | None, config) -> list[Path]:
    """`images/feedback.png`, if there was a look."""
    if feedback is None or not feedback.looks:
        return []
    path = Path(config.run.logs_dir) / "images" / "feedback.png"
    plot_feedback(path, feedback.looks, feedback.warnings, feedback.name)
    return [path]
