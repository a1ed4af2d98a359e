"""Networks in files that other programs open: how each format is written and opened again.

Each is written by its own maintained converter, for batches of any size.
"""

import importlib.util
import os
import warnings
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.errors import UserError
from wgan_tf.files.writing import folder_written_whole, written_whole
from wgan_tf.networks.batch_norm import plain


class Portable:
    """Base of the formats.

    Attributes:
        suffix: of its files.
        needs: packages that it takes besides TensorFlow and Keras.
        loading: how one opens a file and calls what is in it, a line of Python with {path} and, for
            the name of what the network takes, {name}.
    """

    suffix = ""
    needs: tuple[str, ...] = ()
    loading: str

    @classmethod
    def missing(cls) -> list[str]:
        """Those of `needs` that are not installed."""
        return [name for name in cls.needs if importlib.util.find_spec(name) is None]

    @classmethod
    def write(cls, network: keras.Model, path: str | os.PathLike) -> None:
        """Writes a network, whole or not at all.

        Args:
            network: of one input; ours or of Keras' own layers.
            path: with `suffix`.

        Raises:
            UserError: the file cannot be written.
        """
        with written_whole(path) as unfinished:
            cls._write(plain(network), str(unfinished))

    @staticmethod
    def _write(network: keras.Model, path: str) -> None:
        raise NotImplementedError

    @staticmethod
    def open(path: str | os.PathLike) -> Callable[[np.ndarray], list[np.ndarray]]:
        """What a file computes: float32 (n, ...) to the network's outputs in their order."""
        raise NotImplementedError


class KerasFile(Portable):
    """The network as `.keras`, in Keras' own layers."""

    suffix = ".keras"
    loading = "model = keras.saving.load_model({path!r}); model({name})"

    @staticmethod
    def _write(network, path):
        network.save(path)

    @staticmethod
    def open(path):
        network = keras.saving.load_model(path, compile=False)
        return lambda inputs: _arrays(network(inputs, training=False))


class SavedModel(Portable):
    """A folder with the network's computation, which TensorFlow opens without Keras."""

    # In a name of its own: a loaded model takes its weights with it when it is gone.
    loading = "model = tensorflow.saved_model.load({path!r}); model.serve({name})"

    @classmethod
    def write(cls, network, path):
        with folder_written_whole(path) as unfinished:
            plain(network).export(str(unfinished), format="tf_saved_model", verbose=False)

    @staticmethod
    def open(path):
        loaded = tf.saved_model.load(str(path))
        return lambda inputs: _arrays(loaded.serve(inputs))


class TFLite(Portable):
    """The network for phones and small devices: float32, no value is made coarser."""

    suffix = ".tflite"
    loading = (
        "model = tensorflow.lite.Interpreter({path!r}).get_signature_runner(); model({name}={name})"
    )

    @staticmethod
    def _write(network, path):
        network.export(path, format="litert", verbose=False)

    @staticmethod
    def open(path):
        with warnings.catch_warnings():
            # It tells of the package ai-edge-litert, into which TensorFlow will move it.
            warnings.simplefilter("ignore", UserWarning)
            interpreter = tf.lite.Interpreter(str(path))
        runner = interpreter.get_signature_runner()
        (name,) = runner.get_input_details()

        def call(inputs):
            outputs = runner(**{name: inputs})
            # The file has them in an order of its own.
            return [outputs[f"output_{index}"] for index in range(len(outputs))]

        return call


class ONNX(Portable):
    """The network for ONNX Runtime and what else reads ONNX."""

    suffix = ".onnx"
    needs = ("tf2onnx", "onnxruntime")
    loading = (
        "model = onnxruntime.InferenceSession({path!r}); model.run(None, {{{name!r}: {name}}})"
    )

    @staticmethod
    def _write(network, path):
        # Keras exports only what was called.
        network(np.zeros((1, *network.input_shape[1:]), np.float32))
        with warnings.catch_warnings():
            # Keras asks NumPy for a name of earlier versions, on tf2onnx's behalf.
            warnings.simplefilter("ignore", FutureWarning)
            network.export(path, format="onnx", verbose=False)

    @staticmethod
    def open(path):
        import onnxruntime

        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return lambda inputs: session.run(None, {name: inputs})


def check_installed(name: str, kind: type[Portable]) -> None:
    """Refuses a format whose packages are not there.

    Args:
        name: as `--export_format` has it.
        kind: the format.

    Raises:
        UserError: naming them, and how to install them.
    """
    if kind.missing():
        raise UserError(
            f"--export_format={name} needs the packages {' and '.join(kind.needs)}: pip install "
            f"{' '.join(kind.needs)}"
        )


def compare(
    network: keras.Model, opened: Callable, inputs: np.ndarray, batches: tuple[int, ...]
) -> list[dict]:
    """How far what a file computes is from the network, inference mode.

    Args:
        network: the original.
        opened: what `Portable.open` gave.
        inputs: float32 (n, ...).
        batches: numbers of the first inputs that are given at once, each at most n.

    Returns:
        For each output: "largest_difference" and "mean_difference", absolute, over all batches;
        NaN where one is no number. "largest_value": the network's, absolute.
    """
    differences, largest = {}, {}
    for count in batches:
        expected = _arrays(network(inputs[:count], training=False))
        pairs = zip(expected, opened(inputs[:count]), strict=True)
        for index, (wanted, computed) in enumerate(pairs):
            if wanted.shape != computed.shape:
                raise ValueError(f"output {index} is {computed.shape}, not {wanted.shape}")
            differences.setdefault(index, []).append(np.abs(computed - wanted).ravel())
            largest[index] = max(largest.get(index, 0.0), float(np.abs(wanted).max()))
    joined = {index: np.concatenate(parts) for index, parts in differences.items()}
    return [
        {
            "largest_difference": float(values.max()),
            "mean_difference": float(values.mean()),
            "largest_value": largest[index],
        }
        for index, values in joined.items()
    ]


def _arrays(outputs) -> list[np.ndarray]:
    return [np.asarray(output) for output in tf.nest.flatten(outputs)]
