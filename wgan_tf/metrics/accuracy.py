"""How many images a classifier answers rightly."""

import numpy as np
import tensorflow as tf
from scipy.optimize import linear_sum_assignment

from wgan_tf.networks.inference import in_batches


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
    """The share of logits (n, classes) that is highest at its label, and its standard error."""
    return share_right(logits.argmax(1), labels)


def share_right(answers: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """The share of answers (n,) that equal their label; see `accuracy_of`."""
    accuracy, error = share(answers == labels)
    return {"accuracy": float(accuracy), "standard_error": float(error)}


def share(right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The share p (...) of rights among (..., n) rights and wrongs, and its standard error as a
    binomial one, sqrt(p (1 - p) / n).
    """
    shares = np.mean(right, axis=-1)
    return shares, np.sqrt(shares * (1 - shares) / right.shape[-1])


def best_matching(answers: np.ndarray, labels: np.ndarray, categories: int) -> np.ndarray:
    """What each category stands for, if categories that were found without labels stand for labels.

    Of all ways to give every category a label of its own it is the one by which most images are
    right.

    Args:
        answers: category of each image, int (n,).
        labels: of the same images, int (n,).
        categories: number of categories.

    Returns:
        int (categories,), -1 for a category that is left over where there are fewer labels.
    """
    counts = confusion_of(answers, labels, int(labels.max()) + 1, categories)
    meaning = np.full(categories, -1)
    rows, columns = linear_sum_assignment(counts.T, maximize=True)
    meaning[rows] = columns
    return meaning


def confusion_of(
    answers: np.ndarray, labels: np.ndarray, classes: int, kinds: int | None = None
) -> np.ndarray:
    """How often each label (row) was answered by each kind of answer (column), int (classes,
    kinds); kinds are the classes where their number is not given.
    """
    kinds = kinds or classes
    counts = np.bincount(labels * kinds + answers, minlength=classes * kinds)
    return counts.reshape(classes, kinds)
