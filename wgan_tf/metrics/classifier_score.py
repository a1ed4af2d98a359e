"""Classifier score: the formula of the Inception score on any classifier's probabilities."""

import numpy as np
from scipy.special import entr

from wgan_tf.metrics.bootstrap import as_weights, weighted_mean
from wgan_tf.metrics.checks import check_probabilities
from wgan_tf.metrics.metric import Metric


class ClassifierScore(Metric):
    """exp(mean KL(p(y|x) || p(y))), from 1 to the number of classes; higher is better.

    High where each image is clearly of one class and all classes occur. Over all images at once,
    without the original's ten splits.

    Args:
        real: probabilities (n, classes) of real images; only their number is used.
        fake: probabilities (m, classes) of the images that are scored.

    Raises:
        UserError: see `checks.check_probabilities`.

    Source: Salimans et al. 2016, "Improved Techniques for Training GANs", section 4.
    """

    title = "classifier score"
    better = "higher"
    needs = "probabilities"
    limits = (1.0, np.inf)

    def __init__(self, real: np.ndarray, fake: np.ndarray):
        self.real_count, self.fake_count = len(real), len(fake)
        self._probabilities = check_probabilities(fake, "class probabilities")
        self._entropies = entr(self._probabilities).sum(1)

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The score, float64 (r,), on resamples of the second set: counts (r, m) or None."""
        weights = as_weights(fake_counts, self.fake_count)
        # Mean KL = entropy of the mean - mean of the entropies.
        mean = weighted_mean(weights, self._probabilities)
        return np.exp(entr(mean).sum(1) - weighted_mean(weights, self._entropies))
