"""Two known laws, and a ratio that was fitted to them once."""

import numpy as np
import pytest

from tests.identity import Identity

# The generator's law is N(0, 0.5^2) in the plane, that of real images N(0.3, 0.5^2).
MEAN, DEVIATION = 0.3, 0.5


class Laws:
    """Real and generated images of known density, (n, 1, 1, 2)."""

    model = Identity(factor=DEVIATION)

    @staticmethod
    def images(count, seed, mean=MEAN):
        rng = np.random.default_rng(seed)
        return rng.normal(mean, DEVIATION, (count, 1, 1, 2)).astype(np.float32)

    @staticmethod
    def log_ratio(images):
        return ((2 * MEAN * images - MEAN**2) / (2 * DEVIATION**2)).sum((1, 2, 3))


@pytest.fixture(scope="session")
def laws():
    return Laws


@pytest.fixture(scope="session")
def fitted(laws):
    """A ratio in pixels, fitted to 5,000 real images."""
    from wgan_tf.refine.ratio.fitting import fit_ratio

    return fit_ratio(laws.model, laws.images(5000, 1), features="pixels", seed=3)
