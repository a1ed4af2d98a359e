"""`--mode=refine`: samples refined by any method, within a budget of evaluations."""

from pathlib import Path

from wgan_tf import runs
from wgan_tf.looks.progress import progress
from wgan_tf.looks.within_budget import write_refined
from wgan_tf.runs.chosen_latents import open_latents
from wgan_tf.training.ratios import open_method


def run(config) -> list[Path]:
    """Refines `--batch_size` samples of `--seed`, or of other z's, see `runs.chosen_latents`, and
    writes what came of it.

    Returns:
        The pictures.
    """
    model, guided = runs.load_trained(config), config.guided
    method = open_method(config, model)
    z = open_latents(config, model).z
    with progress(guided.method, len(z), "sample", "value {:.3f}") as following:
        result = method(z, guided.budget, config.run.seed, following())
    return write_refined(config, model, method.guide, z, result)
