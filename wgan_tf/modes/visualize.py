"""`--mode=visualize`: a grid of samples."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.runs.chosen_latents import open_latents
from wgan_tf.training.ratios import named_method
from wgan_tf.visualize.grid import grid


def run(config) -> list[Path]:
    """Draws `--batch_size` samples of `--seed`, or of other z's, see `runs.chosen_latents`, refined
    by `--method` or `--truncation`, as `images/generated.png`, and stores their z's.

    Returns:
        The pictures.
    """
    model = runs.load_trained(config)
    start = open_latents(config, model)
    z, method = start.z, named_method(config, model)
    if method is not None:
        z = method.latents(z, config.guided.budget, config.run.seed)
    images = np.asarray(model.generate(z))
    scores = np.asarray(model.score(images))
    iteration, columns = int(model.iteration.numpy()), start.columns
    with Artefacts(config.run.logs_dir, "visualize", iteration) as artefacts:
        artefacts.picture("generated", grid(images, columns=columns))
        artefacts.figures(
            {
                "iteration": iteration,
                "seed": config.run.seed,
                "method": config.guided.method,
                "images": len(scores),
                "score_mean": scores.mean(),
                "scores": scores,
            }
        )
        artefacts.arrays(z=z)
        artefacts.show_grid("visualize/generated", images, columns=columns)
    print(f"{len(scores)} samples, mean score {scores.mean():+.3f}: {artefacts.pictures[0]}")
    return artefacts.pictures
