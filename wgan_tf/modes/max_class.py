"""`--mode=max_class`: images that maximise what a discriminator gives to each class."""

import dataclasses
from pathlib import Path

from wgan_tf.looks.ascent import Ascent
from wgan_tf.looks.class_maxima import class_maxima, class_sheet, judged_maxima
from wgan_tf.looks.discriminator import open_discriminators
from wgan_tf.runs.artefacts import Artefacts


def run(config) -> list[Path]:
    """Maximises every class of each discriminator and writes what came of it.

    Returns:
        The picture.
    """
    discriminators, ascent = open_discriminators(config), Ascent.of(config)
    maxima = [class_maxima(discriminator, ascent) for discriminator in discriminators]
    figures = judged_maxima(maxima)
    picture = class_sheet(maxima, figures)
    with Artefacts(config.run.logs_dir, "max_class", ascent.steps) as artefacts:
        artefacts.picture("max_class", picture)
        artefacts.figures({**dataclasses.asdict(ascent), "discriminators": figures})
        for one in maxima:
            tag = f"max_class{one.discriminator.suffix}/sum_of_outputs"
            artefacts.curve(tag, one.maximum.curve)
        artefacts.show("max_class/images", picture)
    for name, row in figures.items():
        print(_line(name, row))
    return artefacts.pictures


def _line(name: str, row: dict) -> str:
    line = (
        f"max_class {name}: {len(row['class_names'])} classes, mean output "
        f"{row['output_before'].mean():+.3f} -> {row['output_after'].mean():+.3f}, "
        f"mean probability {row['probability'].mean():.1%}"
    )
    if "other" in row:
        other = row["other"]
        line += f"; {other['name']} recognises {other['share_recognised']:.0%} of them"
    return line
