"""`--mode=perturb_real`: how small a change of real images makes a discriminator answer wrongly."""

from pathlib import Path

import numpy as np

from wgan_tf.looks.discriminator import open_discriminators
from wgan_tf.looks.perturbation import (
    REPORTED,
    Robustness,
    perturbing,
    robustness_of,
    write_perturbations,
)
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.visualize.difference import signed


def run(config) -> list[Path]:
    """Perturbs the real images before each discriminator and writes what came of it.

    Returns:
        The pictures.

    Raises:
        UsageError: a target class that does not exist.
        UserError: see `open_discriminators`.
    """
    discriminators, options = open_discriminators(config), perturbing(config)
    results = [robustness_of(discriminator, **options) for discriminator in discriminators]
    figures = {result.discriminator.name: result.figures() for result in results}
    with Artefacts(config.run.logs_dir, "perturb_real") as artefacts:
        artefacts.figures(
            {
                "images": len(discriminators[0].images),
                "split": discriminators[0].split,
                "seed": config.run.seed,
                "unit": "levels of the scale from 0 to 255",
                "sizes": results[0].sizes,
                "discriminators": figures,
            }
        )
        write_perturbations(artefacts, results)
        artefacts.show_grid("perturb_real/images", discriminators[0].images)
        for result in results:
            _write_events(artefacts, result)
        for path in artefacts.pictures[-2:]:
            artefacts.show(f"perturb_real/{path.stem}", path)
    for name, row in figures.items():
        print(_line(name, row))
    return artefacts.pictures


def _write_events(artefacts: Artefacts, result: Robustness) -> None:
    """TensorBoard's entry; the step of an accuracy is the size of the change in whole levels."""
    top, way = f"perturb_real{result.discriminator.suffix}", result.ways["targeted"]
    note = "each on its own scale; grey is zero"
    artefacts.show_grid(f"{top}/gradient", signed(way.gradient), note)
    artefacts.show_grid(f"{top}/altered", way.altered)
    levels = np.arange(int(result.sizes[-1]) + 1)
    for key, (accuracy, _) in result.curves().items():
        artefacts.curve(f"{top}/accuracy_{key}", np.interp(levels, result.sizes, accuracy))


def _line(name: str, row: dict) -> str:
    medians = ", ".join(
        f"{key} {way['median']:.3g}" if np.isfinite(way["median"]) else f"{key} beyond the last"
        for key, way in row["smallest"].items()
    )
    parting = row["parting"]
    # What it does on real and generated images alike.
    note = f" (real from generated images: {parting['accuracy']:.1%})" if parting else ""
    return (
        f"perturb_real {name}: {row['accuracy']:.2%} ± {row['accuracy_error']:.2%} right"
        f"{note}, {row['accuracy_after_one_step_of_8']:.2%} after one step of {REPORTED:g} "
        f"levels; median of the smallest change that flips: {medians} levels"
    )
