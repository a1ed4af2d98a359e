"""The z's whose images are nearest to given ones, and a sheet of them."""

import dataclasses

import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

from wgan_tf.config.latent import DISTANCES
from wgan_tf.data.image_values import as_images
from wgan_tf.looks.progress import progress
from wgan_tf.refine.distances import psnr
from wgan_tf.refine.project import Projection, project
from wgan_tf.visualize.captioned import sheet
from wgan_tf.visualize.difference import difference
from wgan_tf.visualize.pictured import Pictured
from wgan_tf.visualize.projection import plot_distances

MEANINGS = {
    "l1": "mean absolute difference",
    "l2": "mean squared difference",
    "features": "relative squared difference of features",
}
# Columns of the picture, at least so many that its text fits.
_SHOWN, _FEWEST = 8, 3


@dataclasses.dataclass(frozen=True)
class Nearest(Pictured):
    """The latents whose images are nearest to given ones.

    Attributes:
        targets: the given images, float32 (n, h, w, c) in [-1, 1].
        distance: a key of `MEANINGS`.
        rate: that of the steps.
        projection: what came of the search.
    """

    targets: np.ndarray
    distance: str
    rate: float
    projection: Projection

    @property
    def z(self) -> np.ndarray:
        """Of each target the nearest latent, float32 (n, z_dim)."""
        return self.projection.z

    @property
    def images(self) -> np.ndarray:
        """Their images, float32 (n, h, w, c) in [-1, 1]."""
        return self.projection.images

    @property
    def psnr_db(self) -> np.ndarray:
        """Of these images against the targets, (n,)."""
        return psnr(self.images, self.targets)

    @property
    def difference(self) -> tuple[np.ndarray, float]:
        """Images less targets, enlarged, and how often; see `visualize.difference`."""
        return difference(self.targets, self.images)

    @property
    def picture(self) -> np.ndarray:
        """Targets, starts, images and difference, uint8 (h, w, 3); see `nearest_sheet`."""
        return nearest_sheet(self)

    def plots(self) -> dict[str, Figure]:
        """Name of a file to its plot: the distance by steps."""
        steps, curve = self.projection.curve_steps, self.projection.curve
        plot = plot_distances(steps, curve, "Finding z", MEANINGS[self.distance])
        return {"project_plot": plot}

    def figures(self) -> dict:
        """All but the images and latents, for JSON."""
        result, steps = self.projection, int(self.projection.curve_steps[-1])
        count, starts = result.starts.shape
        return {
            "distance": self.distance,
            "meaning": MEANINGS[self.distance],
            "targets": count,
            "starts": starts,
            "steps": steps,
            "learning_rate": self.rate,
            "seconds_per_step": result.seconds / steps,
            "distance_mean_before": result.before.mean(),
            "distance_mean_after": result.after.mean(),
            "distance_before": result.before,
            "distance_after": result.after,
            "winner": result.winner,
            "psnr_db": self.psnr_db,
            "spread": result.ends.std(1),
            "distance_of_starts_before": result.starts,
            "distance_of_starts_after": result.ends,
            "curve_steps": result.curve_steps,
            "curve_median": np.median(result.curve, axis=1),
        }


def nearest(
    model,
    targets,
    distance: str = "l1",
    *,
    starts: int = 8,
    steps: int = 500,
    rate: float = 0.05,
    seed: int = 0,
) -> Nearest:
    """Looks for the latents whose images are nearest to given ones, under a progress bar.

    Args:
        model: a trained game.
        targets: images (n, h, w, c) in [-1, 1].
        distance: a key of `MEANINGS`.
        starts, steps, rate, seed: see `refine.project`.

    Raises:
        UserError: images of another scale than [-1, 1], or with NaN.
        ValueError: images of another shape than the model makes, or no such distance.
    """
    if distance not in DISTANCES:
        raise ValueError(f"distance must be one of {', '.join(DISTANCES)}, not {distance!r}")
    targets = np.asarray(targets, np.float32)
    shape = (model.size, model.size, model.channels)
    if targets.ndim != 4 or targets.shape[1:] != shape or not len(targets):
        words = ", ".join(map(str, shape))
        raise ValueError(f"targets must be (n >= 1, {words}), not {targets.shape}")
    targets = as_images(targets, "targets")

    def features(images):
        return model.judged(images).features

    total = len(targets) * max(starts, model.one_hot) * steps
    with progress("project", total, " z steps", "distance {:.4f}") as following:
        result = project(
            model,
            targets,
            DISTANCES[distance],
            look=features if distance == "features" else tf.identity,
            starts=starts,
            steps=steps,
            rate=rate,
            seed=seed,
            on_record=following(),
        )
    return Nearest(targets, distance, rate, result)


def nearest_sheet(nearest: Nearest) -> np.ndarray:
    """The first targets, the nearest of as many random samples as starts, what was found, and
    the difference: from top to bottom, or of a single target from left to right.
    """
    targets, result, (changed, gain) = nearest.targets, nearest.projection, nearest.difference
    shown, title = min(_SHOWN, len(targets)), f"Nearest z: {MEANINGS[nearest.distance]}"
    some = f", the first {shown} of {len(targets)}" if len(targets) > shown else ""
    starts, steps = result.starts.shape[1], result.curve_steps[-1]
    before, after = ([f"{v:.4f}" for v in values] for values in (result.before, result.after))
    noise = [f"{value:.1f} dB" for value in nearest.psnr_db]
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
