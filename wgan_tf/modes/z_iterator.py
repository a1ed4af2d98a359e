"""`--mode=z_iterator`: latents fine-tuned by the gradient of the frozen critic, or of a ratio."""

from pathlib import Path

from wgan_tf import runs
from wgan_tf.looks.refinement import real_images, refined, refining, write_refinement
from wgan_tf.runs.chosen_latents import open_latents
from wgan_tf.training.ratios import adviser


def run(config) -> list[Path]:
    """Moves the latents of samples, of `--seed` or of other z's, see `runs.chosen_latents`, and
    writes what came of it.

    Returns:
        The pictures.
    """
    model = runs.load_trained(config)
    real = real_images(config, model)
    guide = adviser(config, model)
    z = open_latents(config, model).z
    result = refined(model, "z_iterator", z, real=real, **refining(config, guide))
    latents = {"z": result.end, "z_before": result.start}
    return write_refinement(config, "z_iterator", model, result, real, guide, latents)
