"""Whether generated images are spread over the classes as real ones are."""

import numpy as np

from wgan_tf.metrics.bootstrap import weighted_mean
from wgan_tf.metrics.checks import check_probabilities
from wgan_tf.metrics.metric import Metric


class ClassBalance(Metric):
    """Total variation between the shares of classes that a judge sees in both sets.

    0 where they are the same, 1 where no class is in both. Chance alone gives more than 0, the
    less the more images there are.

    Args:
        real: probabilities of classes (n, classes) of real images.
        fake: of generated images (m, classes).

    Raises:
        UserError: see `checks.check_probabilities`.
    """

    title = "class imbalance"
    better = "lower"
    needs = "probabilities"
    limits = (0.0, 1.0)

    def __init__(self, real: np.ndarray, fake: np.ndarray):
        self.real_count, self.fake_count = len(real), len(fake)
        self._real, self._fake = (
            _one_hot(check_probabilities(one, "class probabilities")) for one in (real, fake)
        )

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The distance, float64 (r,), on resamples: counts (r, n) and (r, m) or None."""
        of_real, of_fake = self._weights(real_counts, fake_counts)
        shares = weighted_mean(of_real, self._real), weighted_mean(of_fake, self._fake)
        return np.abs(shares[0] - shares[1]).sum(1) / 2


def _one_hot(probabilities: np.ndarray) -> np.ndarray:
    return np.eye(probabilities.shape[1], dtype=np.float32)[probabilities.argmax(1)]
