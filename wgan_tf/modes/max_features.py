"""`--mode=max_features`: images that maximise single features of a layer of a discriminator."""

import dataclasses
import math
import re
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.errors import UsageError
from wgan_tf.files.writing import write_json
from wgan_tf.looks.discriminator import (
    Discriminator,
    maximise_outputs,
    open_discriminators,
    suffix,
)
from wgan_tf.refine.maximise import Maximum
from wgan_tf.visualize.captioned import PAGE, sheet, side_by_side
from wgan_tf.visualize.grid import save_png

MOST = 100  # features in a sheet
_DEFAULT = 4  # the homework's first
_ACTIVATIONS = (
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ELU,
    keras.layers.Activation,
)


@dataclasses.dataclass(frozen=True)
class Features:
    """Images that maximise the features of one layer.

    Attributes:
        layer: its name.
        width: how many features it has, of which the first `MOST` are maximised.
        result: image i maximises feature i; outputs are in units of `deviation`.
        deviation: standard deviation of each feature over real images, (n,); 1 where it is 0.
        still: features whose image never moved, since nothing near the start excites them.
    """

    layer: str
    width: int
    result: Maximum
    deviation: np.ndarray
    still: int


def run(config) -> list[Path]:
    """Maximises the features of one layer of each discriminator and writes what came of it.

    Returns:
        The picture.

    Raises:
        UsageError: a layer that does not exist.
    """
    discriminators = open_discriminators(config)
    for each in discriminators:
        find_layer(each, config.inspection.layer)  # Before any work.
    found = [measure(config, each) for each in discriminators]
    folder, name = Path(config.run.logs_dir), _file_name(config.inspection.layer, found[0])
    picture = draw(discriminators, found)
    path = folder / "images" / f"{name}.png"
    save_png(path, picture)
    write_json(
        folder / f"{name}.json",
        {
            "start": config.refinement.start,
            "steps": config.refinement.nr_iter_vis,
            "learning_rate": config.refinement.iterator_learning_rate,
            "weight_decay": config.inspection.weight_decay_pixels,
            "seed": config.run.seed,
            "unit": "standard deviations of the feature over real images",
            "discriminators": {
                each.name: _figures(features)
                for each, features in zip(discriminators, found, strict=True)
            },
        },
    )
    _write_events(folder / "max_features", name, discriminators, found, picture)
    for each, features in zip(discriminators, found, strict=True):
        print(_line(each.name, features))
    return [path]


def measure(config, discriminator: Discriminator) -> Features:
    """Maximises the features of `--layer`, each at the place of the map where it is strongest.

    Those of a ReLU are maximised before it: where it is zero it has no slope to follow.

    Raises:
        UsageError: a layer that does not exist.
    """
    layer = find_layer(discriminator, config.inspection.layer)
    maps = layer.input if isinstance(layer, keras.layers.ReLU) else layer.output
    network = keras.Model(discriminator.network.inputs[0], maps)

    def strongest(images):
        """(n, width): each feature's maximum over the map, as the homework's max pool takes it."""
        values = network(images, training=False)
        values = values[:, None] if len(values.shape) == 1 else values
        return tf.reduce_max(values, range(1, len(values.shape) - 1))

    real = strongest(tf.constant(discriminator.images)).numpy()
    width, count = real.shape[1], min(MOST, real.shape[1])
    # One rate then suits every layer of every network.
    deviation = real[:, :count].std(0)
    deviation = np.where(deviation > 0, deviation, 1.0).astype(np.float32)
    result = maximise_outputs(
        config,
        discriminator,
        lambda images: tf.linalg.diag_part(strongest(images)[:, :count]) / deviation,
        count,
    )
    still = int(np.sum(result.before == result.after))
    return Features(layer.name, width, result, deviation, still)


def activations(discriminator: Discriminator) -> list[keras.Layer]:
    """The layers that have numbers, the first is 1."""
    return [layer for layer in discriminator.network.layers if isinstance(layer, _ACTIVATIONS)]


def find_layer(discriminator: Discriminator, wanted: str | None) -> keras.Layer:
    """A layer by the number of its activation, from 1, or by its name.

    Args:
        discriminator: whose.
        wanted: None: the fourth activation, or the last where there are fewer.

    Raises:
        UsageError: there is none; the message lists the activations.
    """
    layers, numbered = discriminator.network.layers[1:], activations(discriminator)
    if wanted is None and numbered:
        return numbered[min(_DEFAULT, len(numbered)) - 1]
    if wanted is not None and wanted.isdecimal() and 1 <= int(wanted) <= len(numbered):
        return numbered[int(wanted) - 1]
    for layer in layers:
        if layer.name == wanted:
            return layer
    known = ", ".join(f"{number} {layer.name}" for number, layer in enumerate(numbered, 1))
    raise UsageError(
        f"--layer={wanted}: {discriminator.name} has no such layer, only {known}"
        f"; or by its name any of {', '.join(layer.name for layer in layers)}"
    )


def draw(discriminators: list[Discriminator], found: list[Features]) -> np.ndarray:
    """The images of each discriminator, side by side."""
    width = PAGE // len(found)
    return side_by_side(
        [
            sheet(
                features.result.images,
                columns=math.ceil(math.sqrt(len(features.result.images))),
                title=f"{each.name}, {features.layer}: "
                f"{len(features.result.images)} of {features.width} features",
                width=width,
            )
            for each, features in zip(discriminators, found, strict=True)
        ]
    )


def _file_name(wanted: str | None, features: Features) -> str:
    return "max_features_" + re.sub(r"[^\w.-]", "_", wanted or features.layer)


def _figures(features: Features) -> dict:
    result = features.result
    return {
        "layer": features.layer,
        "width": features.width,
        "features": len(result.images),
        "still": features.still,
        "deviation": features.deviation,
        "output_before": result.before,
        "output_after": result.after,
        "sum_of_outputs": result.curve,
        "seconds": result.seconds,
    }


def _write_events(folder: Path, name: str, discriminators, found, picture: np.ndarray) -> None:
    """TensorBoard's entry: the sum of the features over the steps, and the sheet."""
    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default():
        for each, features in zip(discriminators, found, strict=True):
            tag = f"{name}{suffix(discriminators, each)}/sum_of_features"
            for step, value in enumerate(features.result.curve):
                tf.summary.scalar(tag, value, step=step)
        tf.summary.image(f"{name}/images", picture[None], step=len(found[0].result.curve))
    writer.close()


def _line(name: str, features: Features) -> str:
    result = features.result
    still = f", {features.still} of them unmoved" if features.still else ""
    return (
        f"max_features {name}: {len(result.images)} of {features.width} features of "
        f"{features.layer}{still}; mean {result.before.mean():.2f} -> {result.after.mean():.2f} "
        "standard deviations"
    )
