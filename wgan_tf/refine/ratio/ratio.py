"""A log density ratio of images, real against generated, as a network that plain Keras opens."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.errors import UserError
from wgan_tf.files.keras_file import load_network
from wgan_tf.files.writing import write_json, written_whole
from wgan_tf.networks.batch_norm import plain
from wgan_tf.networks.inference import compiled, in_batches

NAME = "ratio"


class Ratio:
    """log p(real) / p(generated) of images, differentiable.

    Args:
        network: images (n, height, width, channels) in [-1, 1] to log ratios (n,).
        facts: what is known of it, see `fitting.fit_ratio`; its `real_median` is the level of real
            images.
        held_out: its values for the real images and the samples on which the facts were measured,
            (n,), (m,); of one that was loaded None.
    """

    name = "ratio"

    def __init__(self, network: keras.Model, facts: dict, held_out=None):
        self.network = keras.Model(network.inputs[0], network.outputs[0], name=NAME)
        self.network.trainable = False
        self.facts, self.held_out = facts, held_out
        self._compiled = compiled(self.network)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images that it takes."""
        return tuple(self.network.input_shape[1:])

    @property
    def level(self) -> float:
        """The log ratio of the median real image."""
        return self.facts["real_median"]

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        """Log ratios (n,) of images, through which a gradient goes."""
        return self.network(images, training=False)

    def log_ratio(self, images) -> np.ndarray:
        """Log ratios, float32 (n,), of images (n, height, width, channels) in [-1, 1]."""
        return in_batches(self._compiled, images, "ratio")

    def save(self, path: str | os.PathLike) -> None:
        """Writes the network as `path`, a `.keras` file, and the facts beside it as `.json`.

        Raises:
            UserError: they cannot be written.
        """
        with written_whole(path) as unfinished:
            plain(self.network).save(unfinished)
        write_json(Path(os.path.expanduser(path)).with_suffix(".json"), self.facts)

    @classmethod
    def load(cls, path: str | os.PathLike):
        """The ratio that `save` wrote, with the same numbers bit for bit.

        Raises:
            UserError: there is no such file, or it is no ratio.
        """
        path = Path(os.path.expanduser(path))
        try:
            network = load_network(path)
            facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            level = float(facts["real_median"])
        except FileNotFoundError as error:
            raise UserError(f"{error.filename}: no such file: use --mode=fit_ratio") from error
        except Exception as error:  # Keras raises nearly anything on a damaged file
            why = " ".join(str(error).split())[:200]
            raise UserError(f"{path} is damaged or no ratio ({why}): fit it again") from error
        shapes = [output.shape for output in network.outputs]
        if network.name != NAME or shapes != [(None,)] or not np.isfinite(level):
            raise UserError(f"{path} holds another network, no ratio")
        return cls(network, facts)
