"""`--mode=traverse`: what each single value of z changes."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.config.field import numbers
from wgan_tf.looks.effects import BASES, traverse
from wgan_tf.refine.latents import NORMAL_END
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.runs.chosen_latents import open_latents


def run(config) -> list[Path]:
    """Moves every value of z from end to end, measures and draws what each changes.

    Returns:
        The pictures.

    Raises:
        UsageError: `--dims` names what is no single value of z.
    """
    model = runs.load_trained(config)
    dims = None if config.latent.dims is None else numbers(config.latent.dims)
    # The samples that --mode=visualize draws; the first is the one whose walks are drawn.
    z = open_latents(config, model, max(config.data.batch_size, BASES)).z[:BASES]
    result = traverse(model, z, dims, steps=config.latent.traverse_steps)
    figures = {
        "iteration": int(model.iteration.numpy()),
        "seed": config.run.seed,
        "z_prior": model.z_prior,
        "normal_values_end": NORMAL_END if model.z_prior == "normal" else None,
        **result.figures(),
    }
    ranked, even = figures["effects"], figures["evenness"]
    with Artefacts(config.run.logs_dir, "traverse", figures["iteration"]) as artefacts:
        artefacts.picture("traverse", result.picture)
        result.save_gif(artefacts.image_path("traverse.gif"))
        artefacts.figures(figures)
        artefacts.arrays(z=np.concatenate(result.ways), bases=z)
        sizes = [row["effect"] for row in ranked]
        artefacts.curve("traverse/effect_by_rank", sizes, range(1, len(sizes) + 1))
        artefacts.histogram("traverse/effects", sizes)
        artefacts.show("traverse/rows", result.picture)
    print(
        f"traverse: {len(ranked)} values of z, the largest effect {ranked[0]['name']} "
        f"{ranked[0]['effect']:.3f}, the smallest {ranked[-1]['name']} "
        f"{ranked[-1]['effect']:.3f}; worth {even['effective_values']:.1f} equal ones: "
        f"{artefacts.pictures[0]}"
    )
    return artefacts.pictures
