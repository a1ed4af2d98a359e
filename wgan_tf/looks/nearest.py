"""The z's whose images are nearest to given ones, and a sheet of them."""

import numpy as np
import tensorflow as tf

from wgan_tf.config.latent import DISTANCES
from wgan_tf.looks.progress import progress
from wgan_tf.refine.distances import psnr
from wgan_tf.refine.project import Projection, project
from wgan_tf.visualize.captioned import sheet

MEANINGS = {
    "l1": "mean absolute difference",
    "l2": "mean squared difference",
    "features": "relative squared difference of features",
}
# Columns of the picture, at least so many that its text fits.
_SHOWN, _FEWEST = 8, 3


def nearest(model, targets: np.ndarray, distance: str = "l1", **options) -> Projection:
    """Runs `refine.project` under a progress bar.

    Args:
        model: a trained model.
        targets: images (n, h, w, c) in [-1, 1].
        distance: a key of `MEANINGS`.
        options: "starts", "steps", "rate" and "seed" of `refine.project`.
    """

    def features(images):
        return model.judged(images).features

    total = len(targets) * max(options["starts"], model.one_hot) * options["steps"]
    with progress("project", total, " z steps", "distance {:.4f}") as following:
        return project(
            model,
            targets,
            DISTANCES[distance],
            look=features if distance == "features" else tf.identity,
            on_record=following(),
            **options,
        )


def nearest_sheet(
    targets: np.ndarray, result: Projection, distance: str, changed: np.ndarray, gain: float
) -> np.ndarray:
    """The first targets, the nearest of as many random samples as starts, what was found, and
    the difference: from top to bottom, or of a single target from left to right.

    Args:
        targets: (n, h, w, c) in [-1, 1].
        result: what `nearest` gave for them.
        distance: a key of `MEANINGS`.
        changed, gain: what `visualize.difference` gave for them and the images that were found.
    """
    shown, title = min(_SHOWN, len(targets)), f"Nearest z: {MEANINGS[distance]}"
    some = f", the first {shown} of {len(targets)}" if len(targets) > shown else ""
    starts, steps = result.starts.shape[1], result.curve_steps[-1]
    before, after = ([f"{v:.4f}" for v in values] for values in (result.before, result.after))
    noise = [f"{value:.1f} dB" for value in psnr(result.images, targets)]
    rows = (
        (f"target{some}", targets, [""] * shown),
        (f"nearest of {starts} random samples", result.start_images, before),
        (f"found after {steps} steps", result.images, after),
        (f"found - target, {gain:.2g} times", changed, noise),
    )
    if shown == 1:
        names, images, captions = zip(*rows, strict=True)
        captions = [first for first, *_ in captions]
        images = np.concatenate(images)
        return sheet(images, captions, columns=len(rows), column_names=names, title=title)
    columns = max(shown, _FEWEST)
    parts = [
        # Only the first has a title, and no captions.
        sheet(
            images[:shown],
            captions[:shown] if number else None,
            columns=columns,
            row_names=[name],
            title=None if number else title,
        )
        for number, (name, images, captions) in enumerate(rows)
    ]
    return np.concatenate(parts)
