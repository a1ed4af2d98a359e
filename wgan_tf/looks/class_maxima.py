"""Images that maximise what a discriminator gives to each class."""

import dataclasses

import numpy as np
import tensorflow as tf

from wgan_tf.looks.ascent import Ascent
from wgan_tf.looks.discriminator import Discriminator
from wgan_tf.refine.maximise import Maximum
from wgan_tf.visualize.captioned import sheet
from wgan_tf.visualize.pictured import Pictured


@dataclasses.dataclass(frozen=True)
class ClassMaxima(Pictured):
    """Images that maximise the classes of one discriminator.

    Attributes:
        discriminator: whose.
        maximum: image i maximises the output of class i.
        probabilities: what it takes them for, float32 (classes, classes), a row an image.
    """

    discriminator: Discriminator
    maximum: Maximum
    probabilities: np.ndarray

    @property
    def images(self) -> np.ndarray:
        """Of class 0, 1, ..., float32 (classes, h, w, c) in [-1, 1]."""
        return self.maximum.images

    @property
    def picture(self) -> np.ndarray:
        """All of them with their probabilities, uint8 (h, w, 3)."""
        return class_sheet([self])

    def figures(self) -> dict:
        """All but the images, for JSON."""
        return {
            "class_names": self.discriminator.class_names,
            "parting": self.discriminator.parting,
            "output_before": self.maximum.before,
            "output_after": self.maximum.after,
            "probability": self.probabilities.diagonal(),
            "sum_of_outputs": self.maximum.curve,
            "seconds": self.maximum.seconds,
        }


def class_maxima(discriminator: Discriminator, ascent: Ascent) -> ClassMaxima:
    """Maximises every class of a discriminator, by a recipe."""
    maximum = ascent.maximise(
        discriminator,
        lambda images: tf.linalg.diag_part(discriminator.logits(images)),
        discriminator.classes,
        f"max_class {discriminator.name}",
    )
    return ClassMaxima(discriminator, maximum, _probabilities(discriminator, maximum.images))


def judged_maxima(maxima: list[ClassMaxima]) -> dict[str, dict]:
    """By the name of each discriminator its figures and, where there are two, as "other" what the
    other takes its images for.
    """
    figures = {}
    for index, one in enumerate(maxima):
        row = figures[one.discriminator.name] = one.figures()
        for other in maxima[:index] + maxima[index + 1 :]:
            answers = _probabilities(other.discriminator, one.images).argmax(1)
            row["other"] = {
                "name": other.discriminator.name,
                "taken_for": answers,
                "share_recognised": np.mean(answers == np.arange(one.discriminator.classes)),
            }
    return figures


def class_sheet(maxima: list[ClassMaxima], figures: dict[str, dict] | None = None) -> np.ndarray:
    """One row a discriminator, one column a class; below each image what it is taken for.

    Args:
        maxima: of discriminators with the same classes.
        figures: what `judged_maxima` gave; None: asked for anew.
    """
    figures = judged_maxima(maxima) if figures is None else figures
    names, captions = maxima[0].discriminator.class_names, []
    for row in figures.values():
        for index, probability in enumerate(row["probability"]):
            captions.append(f"{probability:.1%}")
            if "other" in row:
                answer = row["other"]["taken_for"][index]
                captions[-1] += f"\nother: {'same' if answer == index else names[answer]}"
    return sheet(
        np.concatenate([one.images for one in maxima]),
        captions,
        columns=len(names),
        column_names=names,
        row_names=list(figures),
        title="Images that maximise each class",
    )


def _probabilities(discriminator: Discriminator, images: np.ndarray) -> np.ndarray:
    return tf.nn.softmax(discriminator.logits(tf.constant(images))).numpy()
