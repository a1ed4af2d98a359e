"""`--mode=max_class`: images that maximise what a discriminator gives to each class."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf.files.writing import write_json
from wgan_tf.looks.discriminator import (
    Discriminator,
    maximise_outputs,
    open_discriminators,
    suffix,
)
from wgan_tf.refine.maximise import Maximum
from wgan_tf.visualize.captioned import sheet
from wgan_tf.visualize.grid import save_png


def run(config) -> list[Path]:
    """Maximises every class of each discriminator and writes what came of it.

    Returns:
        The picture.
    """
    discriminators = open_discriminators(config)
    results = [measure(config, each) for each in discriminators]
    report = figures(discriminators, results)
    folder = Path(config.run.logs_dir)
    path = folder / "images" / "max_class.png"
    picture = draw(discriminators, results, report)
    save_png(path, picture)
    write_json(
        folder / "max_class.json",
        {
            "start": config.refinement.start,
            "steps": config.refinement.nr_iter_vis,
            "learning_rate": config.refinement.iterator_learning_rate,
            "weight_decay": config.inspection.weight_decay_pixels,
            "seed": config.run.seed,
            "discriminators": report,
        },
    )
    _write_events(folder / "max_class", discriminators, results, picture)
    for name, each in report.items():
        print(_line(name, each))
    return [path]


def measure(config, discriminator: Discriminator) -> Maximum:
    """Image i of the result maximises the output of class i."""
    return maximise_outputs(
        config,
        discriminator,
        lambda images: tf.linalg.diag_part(discriminator.logits(images)),
        discriminator.classes,
    )


def figures(discriminators: list[Discriminator], results: list[Maximum]) -> dict:
    """What `max_class.json` says of each discriminator, by its name."""
    report = {}
    for index, (each, result) in enumerate(zip(discriminators, results, strict=True)):
        probabilities = _probabilities(each, result.images)
        report[each.name] = {
            "class_names": each.class_names,
            "parting": each.parting,
            "output_before": result.before,
            "output_after": result.after,
            "probability": probabilities.diagonal(),
            "sum_of_outputs": result.curve,
            "seconds": result.seconds,
        }
        for other in discriminators[:index] + discriminators[index + 1 :]:
            seen = _probabilities(other, result.images).argmax(1)
            report[each.name]["other"] = {
                "name": other.name,
                "taken_for": seen,
                "share_recognised": np.mean(seen == np.arange(each.classes)),
            }
    return report


def draw(
    discriminators: list[Discriminator], results: list[Maximum], report: dict
) -> np.ndarray:
    """One row a discriminator, one column a class; below each image what it is taken for."""
    names, captions = discriminators[0].class_names, []
    for each in discriminators:
        for index, probability in enumerate(report[each.name]["probability"]):
            captions.append(f"{probability:.1%}")
            if "other" in report[each.name]:
                seen = report[each.name]["other"]["taken_for"][index]
                captions[-1] += f"\nother: {'same' if seen == index else names[seen]}"
    return sheet(
        np.concatenate([result.images for result in results]),
        captions,
        columns=len(names),
        column_names=names,
        row_names=[each.name for each in discriminators],
        title="Images that maximise each class",
    )


def _probabilities(discriminator: Discriminator, images: np.ndarray) -> np.ndarray:
    return tf.nn.softmax(discriminator.logits(tf.constant(images))).numpy()


def _write_events(folder: Path, discriminators, results, picture: np.ndarray) -> None:
    """TensorBoard's entry: the sum of the outputs over the steps, and the sheet."""
    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default():
        for each, result in zip(discriminators, results, strict=True):
            tag = f"max_class{suffix(discriminators, each)}/sum_of_outputs"
            for step, value in enumerate(result.curve):
                tf.summary.scalar(tag, value, step=step)
        tf.summary.image("max_class/images", picture[None], step=len(results[0].curve))
    writer.close()


def _line(name: str, report: dict) -> str:
    line = (
        f"max_class {name}: {len(report['class_names'])} classes, mean output "
        f"{report['output_before'].mean():+.3f} -> {report['output_after'].mean():+.3f}, "
        f"mean probability {report['probability'].mean():.1%}"
    )
    if "other" in report:
        other = report["other"]
        line += f"; {other['name']} recognises {other['share_recognised']:.0%} of them"
    return line
