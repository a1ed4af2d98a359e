"""How many images a classifier answers rightly."""

import numpy as np
import tensorflow as tf

from wgan_tf.metrics.batches import in_batches


def class_logits(logits, images: np.ndarray) -> np.ndarray:
    """Logits (n, classes) of any number of images, batch by batch.

    Args:
        logits: tensor (b, h, w, c) to tensor (b, classes), as a model's `classify`.
        images: (n, h, w, c).
    """
    return in_batches(
        tf.function(logits, autograph=False, reduce_retracing=True), images, "testing"
    )


def accuracy_of(logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """The share of logits (n, classes) that is highest at its label, and its standard error.

    The error is that of a binomial share, sqrt(p (1 - p) / n).
    """
    share = float(np.mean(logits.argmax(1) == labels))
    return {"accuracy": share, "standard_error": float(np.sqrt(share * (1 - share) / len(labels)))}


def confusion_of(answers: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """How often each label (row) was answered by each class (column), int (classes, classes)."""
    return np.bincount(labels * classes + answers, minlength=classes**2).reshape(classes, classes)
