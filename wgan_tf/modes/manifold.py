"""`--mode=manifold`: walks through z: the square, a plane through samples, the way between two."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.config.field import numbers
from wgan_tf.errors import UsageError, UserError
from wgan_tf.looks.interpolation import (
    EVERY,
    POINTS,
    grid_points,
    mean_of_ways,
    square_or_plane,
    way_points,
    ways_between,
)
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.runs.chosen_latents import open_latents

_MOST_SAMPLES = 10_000


def run(config) -> list[Path]:
    """Draws the square or plane and the ways between `--manifold_corners`, and measures both.

    Returns:
        The pictures.

    Raises:
        UsageError: the corners are not three samples.
        UserError: z has a single value besides its class or category.
    """
    corners = _corners(config.latent.manifold_corners)
    model = runs.load_trained(config)
    if model.z_dim - model.one_hot < 2:
        besides = " besides its class or category" if model.one_hot else ""
        raise UserError(
            f"--mode=manifold: z has a single value{besides}, which is a line; --mode=traverse "
            "draws it"
        )
    z = _z_of(config, model, corners)
    sheet, figures = square_or_plane(model, z, corners, config.latent.manifold_grid)
    rows, ways = ways_between(model, z, corners)
    means, iteration = mean_of_ways(ways), int(model.iteration.numpy())
    with Artefacts(config.run.logs_dir, "manifold", iteration) as artefacts:
        for name, picture in (("manifold", sheet), ("interpolation", rows)):
            artefacts.picture(name, picture)
            artefacts.show(f"manifold/{name}", picture)
        first = {"iteration": iteration, "seed": config.run.seed, "corners": corners}
        artefacts.figures({**first, **figures, "points": POINTS, "ways": ways})
        points, _ = grid_points(model, z, config.latent.manifold_grid)
        on_ways = [way[::EVERY] for _, _, _, way, _ in way_points(model, z)]
        artefacts.arrays(z=points, z_of_ways=np.concatenate(on_ways), corners=z)
        for name, mean in means.items():
            for key, value in mean.items():
                artefacts.scalar(f"manifold/{key}_{name}", value)
    print(f"{_line(figures, means)}: {artefacts.pictures[0]}")
    return artefacts.pictures


def _z_of(config, model, corners: tuple[int, ...]) -> np.ndarray:
    """The corners' latents (3, z_dim)."""
    # Counted as the samples that --mode=visualize draws.
    z = open_latents(config, model, max(config.data.batch_size, max(corners) + 1)).z
    if max(corners) >= len(z):
        raise UsageError(
            f"--manifold_corners={config.latent.manifold_corners}: {len(z)} z's are named, 0 to "
            f"{len(z) - 1}; three are needed"
        )
    return z[list(corners)]


def _corners(text: str) -> tuple[int, ...]:
    corners = numbers(text)
    if len(corners) != 3 or max(corners) >= _MOST_SAMPLES:
        raise UsageError(
            f"--manifold_corners={text}: must be three samples from 0 to {_MOST_SAMPLES - 1}, as "
            "0,1,2"
        )
    return corners


def _line(figures: dict, means: dict) -> str:
    side = figures["rows"]
    parts = [
        f"{name} {mean['length']:.2f} long, largest step {mean['largest_step_over_mean']:.1f} x "
        "the mean"
        for name, mean in means.items()
    ]
    return f"manifold: {figures['kind']} of {side} x {side}; ways {', '.join(parts)}"
