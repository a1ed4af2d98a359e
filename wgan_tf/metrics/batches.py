"""Networks on arrays of any length: compiled once, a batch at a time."""

import numpy as np
import tensorflow as tf
from tqdm import tqdm


def compiled(network):
    """The network in inference mode as one compiled function of any batch size."""
    signature = tf.TensorSpec((None, *network.input_shape[1:]), tf.float32)
    return tf.function(
        lambda images: network(images, training=False), [signature], autograph=False
    )


def in_batches(function, images, title: str, batch_size: int = 256) -> np.ndarray:
    """Applies a function to images batch by batch, under a progress bar where that lasts.

    Args:
        function: float32 tensor (b, h, w, c) to tensor (b, ...), such as `compiled` gives.
        images: (n, h, w, c), n at least 1.
        title: what the bar says.
        batch_size: images at a time; it decides the memory that is needed.

    Returns:
        float32 (n, ...).
    """
    images = np.asarray(images, np.float32)
    parts = []
    with tqdm(total=len(images), desc=title, unit=" images", delay=1, leave=False) as bar:
        for start in range(0, len(images), batch_size):
            parts.append(function(tf.constant(images[start : start + batch_size])).numpy())
            bar.update(len(parts[-1]))
    return np.concatenate(parts).astype(np.float32, copy=False)
