"""What is written of samples that a method refined within a budget."""

from pathlib import Path

import numpy as np

from wgan_tf.machine.arithmetic import count
from wgan_tf.machine.guest import say
from wgan_tf.refine.methods.method import Refined
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.visualize.curves import error_plot, score_plot
from wgan_tf.visualize.difference import difference
from wgan_tf.visualize.grid import grid, layout

_NAME = "refine"
_LABELS = {"critic": "critic score", "ratio": "log ratio"}


def write_refined(config, model, guide, z, result: Refined) -> list[Path]:
    """Writes `refine.json`, `refine.npz`, pictures and TensorBoard's entry, and prints a line.

    Args:
        config: of the command.
        model: a trained model.
        guide: see `refine.guides`.
        z: starts (n, z_dim).
        result: what came of them.

    Returns:
        The pictures.
    """
    guided, steps = config.guided, len(result.curve)
    before = result.images_before
    # Where fewer are kept than there were, none stands in the place of its start.
    paired = len(result.z) == len(before)
    changed, gain = difference(before, result.images_after) if paired else (None, None)
    label = _LABELS[guide.name]
    with Artefacts(config.run.logs_dir, _NAME, steps) as artefacts:
        for suffix, images in (("", before), ("_after", result.images_after), ("_dif", changed)):
            if images is not None and len(images):
                rows = 1 if len(images) < 8 else layout(len(images))[0]
                artefacts.picture(f"{_NAME}{suffix}", grid(images, rows=rows))
        if steps:
            level = None if guide.level is None else -guide.level
            title = f"{label} by {guided.method}"
            path = artefacts.image_path(f"{_NAME}_plot.png")
            error_plot(path, -result.curve, title, level, f"minus {label}")
        if len(result.z):
            path = artefacts.image_path(f"{_NAME}_values.png")
            label_of_axis = f"{label} (high = real)"
            score_plot(path, result.values_before, result.values_after, None, label_of_axis)
        artefacts.figures(
            {
                "method": guided.method,
                "guide": guide.name,
                "budget": guided.budget,
                "seed": config.run.seed,
                "iteration": int(model.iteration.numpy()),
                "samples": len(before),
                "kept": len(result.z),
                "evaluations": result.evaluations,
                "gflop": result.evaluations * _gflop(model, guide),
                "seconds": result.seconds,
                "level": guide.level,
                "value_mean_before": result.values_before.mean(),
                "value_mean_after": result.values_after.mean() if len(result.z) else None,
                "diagnostics": result.diagnostics,
                "curve": result.curve,
                "value_before": result.values_before,
                "value_after": result.values_after,
            }
        )
        artefacts.arrays(
            after=result.images_after,
            z=result.z,
            z_before=z,
            origin=result.origin,
            **({"before": before} if paired else {}),
        )
        _write_events(artefacts, before, result, changed, gain)
    say(_line(guided, guide, result, label))
    return artefacts.pictures


def _gflop(model, guide) -> float:
    """Of an evaluation; a gradient costs two, as a backward pass by the input does as much."""
    networks = (model.generator, getattr(guide, "network", model.critic))
    return sum(count(network).forward for network in networks)


def _write_events(artefacts: Artefacts, before, result: Refined, changed, gain) -> None:
    artefacts.show_grid("refine/before", before)
    if len(result.images_after):
        artefacts.show_grid("refine/after", result.images_after)
    if changed is not None:
        note = f"after - before, enlarged {gain:.3g} times; grey is no change"
        artefacts.show_grid("refine/difference", changed, note)
    if len(result.curve):
        artefacts.curve("refine/value", result.curve)
    artefacts.histogram("refine/values", result.values_before, step=0)
    if len(result.z):
        artefacts.histogram("refine/values", result.values_after)
    for name, value in result.diagnostics.items():
        if isinstance(value, int | float | np.number):
            artefacts.scalar(f"refine/{name}", float(value))


def _line(guided, guide, result: Refined, label: str) -> str:
    shown = ("acceptance", "effective_share", "temperature", "gamma", "different", "mean_move")
    said = [
        f"{key.replace('_', ' ')} {value:.3g}"
        for key, value in result.diagnostics.items()
        if any(key == name or key.endswith(f"_{name}") for name in shown)
    ]
    count, kept = len(result.values_before), len(result.z)
    short = "" if kept == count else f", {kept} of {count} kept"
    level = "" if guide.level is None else f" (real images {guide.level:+.3f})"
    after = f" -> {result.values_after.mean():+.3f}" if kept else ""
    return (
        f"{guided.method} by the {guide.name}: {result.evaluations:g} of {guided.budget} "
        f"evaluations a sample, {result.seconds:.1f} s{short}; mean {label} "
        f"{result.values_before.mean():+.3f}{after}{level}; {', '.join(said)}"
    )
