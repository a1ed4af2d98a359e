"""`--mode=traverse`: what each single value of z changes."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.config.field import numbers
from wgan_tf.errors import UsageError
from wgan_tf.looks.effects import (
    BASES,
    FPS,
    POINTS,
    Effect,
    effect_figures,
    effect_frames,
    effect_rows,
    effects_of,
)
from wgan_tf.refine.latents import NORMAL_END
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.runs.chosen_latents import open_latents
from wgan_tf.visualize.animation import save_gif

# Rows of noise that are drawn where --dims names none.
DRAWN = 16
_SMALLEST_IMAGE = 64  # pixels in the animation


def run(config) -> list[Path]:
    """Moves every value of z from end to end, measures and draws what each changes.

    Returns:
        The pictures.

    Raises:
        UsageError: `--dims` names what is no single value of z.
    """
    model = runs.load_trained(config)
    chosen = _chosen(config.latent.dims, model)
    # The samples that --mode=visualize draws; the first is the one whose walks are drawn.
    z = open_latents(config, model, max(config.data.batch_size, BASES)).z[:BASES]
    effects = effects_of(model, z)
    drawn = _drawn(effects, chosen, model)
    picture = effect_rows(model, z[0], drawn, config.latent.traverse_steps)
    frames = effect_frames(model, z[0], drawn)
    figures = _figures(model, config, effects, drawn, len(z))
    ranked, even = figures["effects"], figures["evenness"]
    with Artefacts(config.run.logs_dir, "traverse", figures["iteration"]) as artefacts:
        artefacts.picture("traverse", picture)
        scale = max(1, _SMALLEST_IMAGE // model.size)
        save_gif(artefacts.image_path("traverse.gif"), frames, fps=FPS, scale=scale)
        artefacts.figures(figures)
        ways = [effect.latents(model, z[0], config.latent.traverse_steps) for effect in drawn]
        artefacts.arrays(z=np.concatenate(ways), bases=z)
        sizes = [row["effect"] for row in ranked]
        artefacts.curve("traverse/effect_by_rank", sizes, range(1, len(sizes) + 1))
        artefacts.histogram("traverse/effects", sizes)
        artefacts.show("traverse/rows", picture)
    print(
        f"traverse: {len(ranked)} values of z, the largest effect {ranked[0]['name']} "
        f"{ranked[0]['effect']:.3f}, the smallest {ranked[-1]['name']} "
        f"{ranked[-1]['effect']:.3f}; worth {even['effective_values']:.1f} equal ones: "
        f"{artefacts.pictures[0]}"
    )
    return artefacts.pictures


def _chosen(dims: str | None, model) -> tuple[int, ...] | None:
    if dims is None:
        return None
    places = numbers(dims)
    if max(places) >= model.z_dim:
        raise UsageError(f"--dims={dims}: z has {model.z_dim} values, 0 to {model.z_dim - 1}")
    if min(places) < model.one_hot:
        kind = "class" if model.classes else "category"
        raise UsageError(
            f"--dims={dims}: the first {model.one_hot} values of z are the {kind}, which has a row "
            f"of its own; choose from {model.one_hot} to {model.z_dim - 1}"
        )
    return places


def _drawn(effects: list[Effect], chosen: tuple[int, ...] | None, model) -> list[Effect]:
    """The class or category and the codes, then noise by its effect."""
    always = bool(model.one_hot) + model.codes
    noise = sorted(effects[always:], key=lambda effect: -effect.effect)
    if chosen is not None:
        return effects[:always] + [effect for effect in noise if effect.place in chosen]
    return effects[:always] + noise[:DRAWN]


def _figures(model, config, effects: list[Effect], drawn: list[Effect], bases: int) -> dict:
    return {
        "iteration": int(model.iteration.numpy()),
        "seed": config.run.seed,
        "z_prior": model.z_prior,
        "normal_values_end": NORMAL_END if model.z_prior == "normal" else None,
        "bases": bases,
        "points": POINTS,
        **effect_figures(effects),
        "drawn": [effect.name for effect in drawn],
        # The class or category.
        **{
            effect.name: {"effect": effect.effect, "error": effect.error}
            for effect in effects
            if effect.place is None
        },
    }
