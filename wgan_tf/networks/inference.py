"""Networks on arrays of any length: compiled once, a batch at a time."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm


def compiled(network: keras.Model) -> Callable:
    """The network in inference mode as one compiled function of any batch size."""
    return _of_any_size(network, lambda inputs: network(inputs, training=False))


def compiled_as_trained(network: keras.Model) -> Callable:
    """As `compiled` in training mode; statistics that it would move stay as they are."""

    def call(inputs):
        outputs, _ = network.stateless_call(
            [tf.convert_to_tensor(v) for v in network.trainable_variables],
            [tf.convert_to_tensor(v) for v in network.non_trainable_variables],
            inputs,
            training=True,
        )
        return outputs

    return _of_any_size(network, call)


def tensor_in_batches(
    function: Callable, *arrays, batch_size: int = 256, title: str | None = None
) -> tf.Tensor:
    """Applies a function to arrays batch by batch.

    Args:
        function: tensors (b, ...) to a tensor (b, ...), such as `compiled` gives.
        arrays: (n, ...), n at least 1, of the types that the function takes.
        batch_size: rows at a time; it decides the memory that is needed.
        title: what a progress bar says, which is shown where that lasts; None: there is none.

    Returns:
        (n, ...).
    """
    parts, shown = [], {"desc": title, "unit": " images", "delay": 1, "leave": False}
    with tqdm(total=len(arrays[0]), disable=title is None, **shown) as bar:
        for start in range(0, len(arrays[0]), batch_size):
            rows = slice(start, start + batch_size)
            parts.append(function(*(tf.convert_to_tensor(array[rows]) for array in arrays)))
            bar.update(len(parts[-1]))
    return parts[0] if len(parts) == 1 else tf.concat(parts, 0)


def in_batches(function: Callable, images, title: str, batch_size: int = 256) -> np.ndarray:
    """As `tensor_in_batches`, of one array of numbers under a progress bar; float32 (n, ...)."""
    images = np.asarray(images, np.float32)
    return tensor_in_batches(function, images, batch_size=batch_size, title=title).numpy()


def _of_any_size(network: keras.Model, function: Callable) -> Callable:
    signature = tf.TensorSpec((None, *network.input_shape[1:]), tf.float32)
    return tf.function(function, [signature], autograph=False)
