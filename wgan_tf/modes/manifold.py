"""`--mode=manifold`: walks through z: the square, a plane through samples, the way between two."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.config.field import numbers
from wgan_tf.errors import UsageError
from wgan_tf.looks.interpolation import EVERY, POINTS, manifold, mean_of_ways
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
    z = _z_of(config, model, corners)
    result = manifold(model, z, config.latent.manifold_grid, names=corners)
    figures, iteration = result.figures(), int(model.iteration.numpy())
    ways = figures.pop("ways")
    means = mean_of_ways(ways)
    with Artefacts(config.run.logs_dir, "manifold", iteration) as artefacts:
        pictures = {"manifold": result.picture, "interpolation": result.interpolation}
        for name, picture in pictures.items():
            artefacts.picture(name, picture)
            artefacts.show(f"manifold/{name}", picture)
        first = {"iteration": iteration, "seed": config.run.seed, "corners": corners}
        artefacts.figures({**first, **figures, "points": POINTS, "ways": ways})
        on_ways = np.concatenate([way.z[::EVERY] for way in result.ways])
        artefacts.arrays(z=result.z, z_of_ways=on_ways, corners=z)
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
