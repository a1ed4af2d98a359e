"""How far images are from others: pure functions of two batches, a number for every pair.

All take tensors (n, ...) of one shape and return float32 (n,), 0 where the two are equal, with
gradients. A pair's number does not depend on the other pairs.
"""

import numpy as np
import tensorflow as tf


def l1(images, targets):
    """Mean absolute difference; of pixels in [-1, 1] at most 2."""
    return _mean(tf.abs(images - targets))


def l2(images, targets):
    """Mean squared difference; of pixels in [-1, 1] at most 4."""
    return _mean(tf.square(images - targets))


def relative(images, targets):
    """Squared difference as a share of the target's own square, for values without a scale, such
    as features: 1 is as far as all zeros are.
    """
    return l2(images, targets) / tf.maximum(_mean(tf.square(targets)), 1e-12)


def psnr(images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Peak signal-to-noise ratio in dB of images in [-1, 1], float64 (n,): 10 log10(4 / mean
    square), infinite for equal images.
    """
    change = np.asarray(images, np.float64) - np.asarray(targets, np.float64)
    with np.errstate(divide="ignore"):
        return 10 * np.log10(4 / np.mean(change.reshape(len(change), -1) ** 2, axis=1))


def _mean(values):
    return tf.reduce_mean(values, tf.range(1, tf.rank(values)))
