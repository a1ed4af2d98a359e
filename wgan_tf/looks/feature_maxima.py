"""Images that maximise single features of a layer of a discriminator."""

import dataclasses
import math

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.errors import UsageError, nearest
from wgan_tf.looks.ascent import Ascent
from wgan_tf.looks.discriminator import Discriminator
from wgan_tf.refine.maximise import Maximum
from wgan_tf.visualize.captioned import PAGE, sheet, side_by_side
from wgan_tf.visualize.pictured import Pictured

MOST = 100  # features in a sheet
_DEFAULT = 4  # the first that the homework of `networks.homework` looks at
_ACTIVATIONS = (
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ELU,
    keras.layers.Activation,
)


@dataclasses.dataclass(frozen=True)
class Features(Pictured):
    """Images that maximise the features of one layer.

    Attributes:
        discriminator: whose.
        layer: its name.
        width: how many features it has, of which the first `MOST` are maximised.
        maximum: image i maximises feature i; outputs are in units of `deviation`.
        deviation: standard deviation of each feature over real images, (n,); 1 where it is 0.
        still: features whose image never moved, since nothing near the start excites them.
    """

    discriminator: Discriminator
    layer: str
    width: int
    maximum: Maximum
    deviation: np.ndarray
    still: int

    @property
    def images(self) -> np.ndarray:
        """Of feature 0, 1, ..., float32 (n, h, w, c) in [-1, 1]."""
        return self.maximum.images

    @property
    def picture(self) -> np.ndarray:
        """All of them, uint8 (h, w, 3)."""
        return feature_sheet([self])

    def figures(self) -> dict:
        """All but the images, for JSON."""
        return {
            "layer": self.layer,
            "width": self.width,
            "features": len(self.maximum.images),
            "still": self.still,
            "deviation": self.deviation,
            "output_before": self.maximum.before,
            "output_after": self.maximum.after,
            "sum_of_outputs": self.maximum.curve,
            "seconds": self.maximum.seconds,
        }


def feature_maxima(
    discriminator: Discriminator, layer: str | int | None, ascent: Ascent
) -> Features:
    """Maximises the features of a layer, each at the place of the map where it is strongest.

    Those of a ReLU are maximised before it: where it is zero it has no slope to follow.

    Args:
        discriminator: whose features.
        layer: see `find_layer`.
        ascent: how.

    Raises:
        UsageError: a layer that does not exist.
    """
    chosen = find_layer(discriminator, layer)
    maps = chosen.input if isinstance(chosen, keras.layers.ReLU) else chosen.output
    network = keras.Model(discriminator.network.inputs[0], maps)

    def strongest(images):
        """(n, width): each feature's maximum over the map."""
        values = network(images, training=False)
        values = values[:, None] if len(values.shape) == 1 else values
        return tf.reduce_max(values, range(1, len(values.shape) - 1))

    real = strongest(tf.constant(discriminator.images)).numpy()
    width, count = real.shape[1], min(MOST, real.shape[1])
    # One rate then suits every layer of every network.
    deviation = real[:, :count].std(0)
    deviation = np.where(deviation > 0, deviation, 1.0).astype(np.float32)
    maximum = ascent.maximise(
        discriminator,
        lambda images: tf.linalg.diag_part(strongest(images)[:, :count]) / deviation,
        count,
        f"max_features {discriminator.name}",
    )
    still = int(np.sum(maximum.before == maximum.after))
    return Features(discriminator, chosen.name, width, maximum, deviation, still)


def activations(discriminator: Discriminator) -> list[keras.Layer]:
    """The layers that have numbers, the first is 1."""
    return [layer for layer in discriminator.network.layers if isinstance(layer, _ACTIVATIONS)]


def find_layer(discriminator: Discriminator, wanted: str | int | None) -> keras.Layer:
    """A layer by the number of its activation, from 1, or by its name.

    Args:
        discriminator: whose.
        wanted: None: the fourth activation, or the last where there are fewer.

    Raises:
        UsageError: there is none; the message lists the activations.
    """
    wanted = None if wanted is None else str(wanted)
    layers, numbered = discriminator.network.layers[1:], activations(discriminator)
    if wanted is None and numbered:
        return numbered[min(_DEFAULT, len(numbered)) - 1]
    if wanted is not None and wanted.isdecimal() and 1 <= int(wanted) <= len(numbered):
        return numbered[int(wanted) - 1]
    for layer in layers:
        if layer.name == wanted:
            return layer
    known = ", ".join(f"{number} {layer.name}" for number, layer in enumerate(numbered, 1))
    names = [layer.name for layer in layers]
    raise UsageError(
        f"--layer={wanted}: {discriminator.name} has no such layer, only {known}; or by its "
        f"name any of {', '.join(names)}{nearest(wanted, names)}"
    )


def feature_sheet(features: list[Features]) -> np.ndarray:
    """The images of each discriminator, side by side."""
    sheets = []
    for one in features:
        name, images = one.discriminator.name, one.maximum.images
        sheets.append(
            sheet(
                images,
                columns=math.ceil(math.sqrt(len(images))),
                title=f"{name}, {one.layer}: {len(images)} of {one.width} features",
                width=PAGE // len(features),
            )
        )
    return side_by_side(sheets)
