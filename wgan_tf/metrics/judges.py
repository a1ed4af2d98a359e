"""Judges that are trained: they share neither architecture nor loss with any critic.

`Judge` classifies labelled data; `CriticJudge` is the second critic where there are no labels.
See `features` for what judges offer, `training.judging` for how they are trained.
"""

import os

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.errors import UserError, in_words
from wgan_tf.files.keras_file import load_network
from wgan_tf.files.writing import written_whole
from wgan_tf.metrics.remembered import remembered
from wgan_tf.networks.batch_norm import plain
from wgan_tf.networks.inference import compiled, in_batches


class _Trained:
    """A network with outputs (features, logits), in a file that plain Keras opens."""

    name = ""

    def __init__(self, network: keras.Model):
        # A functional model of the same layers, under the name that its file has.
        self.network = keras.Model(network.inputs[0], network.outputs, name=self.name)
        self.width = network.outputs[0].shape[-1]
        outputs = compiled(self.network)
        self._compiled = lambda images: tf.concat(outputs(images), 1)
        # Features, probabilities and realism of one set are asked for one after the other.
        self._outputs = remembered(self._run)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of the images that it judges."""
        return tuple(self.network.input_shape[1:])

    def features(self, images: np.ndarray) -> np.ndarray:
        """The layer before the last, float32 (n, width)."""
        return self._outputs(images)[:, : self.width]

    def logits(self, images: np.ndarray) -> np.ndarray:
        """The last layer, float32 (n, classes)."""
        return self._outputs(images)[:, self.width :]

    def save(self, path: str | os.PathLike) -> None:
        """Writes the network as a `.keras` file.

        Raises:
            UserError: the file cannot be written.
        """
        with written_whole(path) as unfinished:
            plain(self.network).save(unfinished)

    @classmethod
    def load(cls, path: str | os.PathLike):
        """The judge that `save` wrote.

        Raises:
            UserError: there is no such file, or it is none of these judges.
        """
        path = os.path.expanduser(path)
        if not os.path.isfile(path):
            raise UserError(f"there is no judge in {path}: train one with --mode=train_judge")
        try:
            network = load_network(path)
        except Exception as error:  # Keras raises nearly anything on a damaged file
            why = " ".join(str(error).split())[:200]
            raise UserError(f"{path} is damaged or no judge ({why}): train it again") from error
        if network.name != cls.name or len(network.outputs) != 2:
            raise UserError(f"{path} holds another network, no judge of kind {cls.name!r}")
        return cls(network)

    def _run(self, images: np.ndarray) -> np.ndarray:
        if tuple(images.shape[1:]) != self.shape:
            theirs, ours = map(in_words, (images.shape[1:], self.shape))
            raise UserError(f"the judge was trained on {ours} images, not {theirs}")
        return in_batches(self._compiled, images, "judge")


class Judge(_Trained):
    """A classifier."""

    name = "classifier"

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Class probabilities, float32 (n, classes)."""
        return tf.nn.softmax(self.logits(images)).numpy()

    def realism(self, images: np.ndarray) -> np.ndarray:
        """Log of the highest class probability, float32 (n,): how clear a case an image is."""
        return tf.nn.log_softmax(self.logits(images)).numpy().max(1)


class CriticJudge(_Trained):
    """A second critic: class 1 is real, class 0 generated."""

    name = "critic"

    def probabilities(self, images: np.ndarray) -> None:
        """None: it knows no classes."""
        return None

    def realism(self, images: np.ndarray) -> np.ndarray:
        """Log odds of real against generated, float32 (n,)."""
        generated, real = self.logits(images).T
        return real - generated
