"""`--mode=image_iterator`: pixels fine-tuned by the gradient of the frozen critic or of a ratio."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.looks.refinement import real_images, refined, refining, write_refinement
from wgan_tf.runs.chosen_latents import open_latents
from wgan_tf.training.ratios import adviser


def run(config) -> list[Path]:
    """Moves the pixels of generated images, real ones or noise, and writes what came of it.

    Returns:
        The pictures.
    """
    model = runs.load_trained(config)
    real = real_images(config, model)
    guide = adviser(config, model)
    start, latents = _start(config, model, real)
    result = refined(model, "image_iterator", start, real=real, **refining(config, guide))
    return write_refinement(config, "image_iterator", model, result, real, guide, latents)


def _start(config, model, real):
    """Images (n, size, size, channels) by `--start`, and the arrays of their z's by name."""
    count, seed = config.data.batch_size, config.run.seed
    if config.refinement.start == "real":
        return real, {}
    if config.refinement.start == "noise":
        shape = (count, model.size, model.size, model.channels)
        return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32), {}
    z = open_latents(config, model).z
    # Pixels that have moved have no z any more: it is that of the images before.
    return model.generate(z), {"z": z}
