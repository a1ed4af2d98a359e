"""Images that maximise what a discriminator gives to each class."""

import numpy as np
import tensorflow as tf

from wgan_tf.looks.ascent import Ascent
from wgan_tf.looks.discriminator import Discriminator
from wgan_tf.refine.maximise import Maximum
from wgan_tf.visualize.captioned import sheet


def class_maxima(discriminator: Discriminator, ascent: Ascent) -> Maximum:
    """Image i of the result maximises the output of class i."""
    return ascent.maximise(
        discriminator,
        lambda images: tf.linalg.diag_part(discriminator.logits(images)),
        discriminator.classes,
        f"max_class {discriminator.name}",
    )


def judged_maxima(discriminators: list[Discriminator], maxima: list[Maximum]) -> dict[str, dict]:
    """By the name of each discriminator the figures of its `class_maxima`: what they are taken
    for, and by the other discriminator where there are two.
    """
    figures = {}
    for index, (discriminator, maximum) in enumerate(zip(discriminators, maxima, strict=True)):
        probabilities = _probabilities(discriminator, maximum.images)
        row = figures[discriminator.name] = {
            "class_names": discriminator.class_names,
            "parting": discriminator.parting,
            "output_before": maximum.before,
            "output_after": maximum.after,
            "probability": probabilities.diagonal(),
            "sum_of_outputs": maximum.curve,
            "seconds": maximum.seconds,
        }
        for other in discriminators[:index] + discriminators[index + 1 :]:
            answers = _probabilities(other, maximum.images).argmax(1)
            row["other"] = {
                "name": other.name,
                "taken_for": answers,
                "share_recognised": np.mean(answers == np.arange(discriminator.classes)),
            }
    return figures


def class_sheet(
    discriminators: list[Discriminator], maxima: list[Maximum], figures: dict[str, dict]
) -> np.ndarray:
    """One row a discriminator, one column a class; below each image what it is taken for.

    Args:
        discriminators, maxima: as many of each.
        figures: what `judged_maxima` gave.
    """
    names, captions = discriminators[0].class_names, []
    for row in figures.values():
        for index, probability in enumerate(row["probability"]):
            captions.append(f"{probability:.1%}")
            if "other" in row:
                answer = row["other"]["taken_for"][index]
                captions[-1] += f"\nother: {'same' if answer == index else names[answer]}"
    return sheet(
        np.concatenate([maximum.images for maximum in maxima]),
        captions,
        columns=len(names),
        column_names=names,
        row_names=list(figures),
        title="Images that maximise each class",
    )


def _probabilities(discriminator: Discriminator, images: np.ndarray) -> np.ndarray:
    return tf.nn.softmax(discriminator.logits(tf.constant(images))).numpy()
