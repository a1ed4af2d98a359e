"""What every metric is."""

import numpy as np

from wgan_tf.metrics.bootstrap import as_weights

# Values are the better the nearer they are to one half, from either side.
CHANCE = "near 0.5"


class Metric:
    """A number for a set of images beside a set of real ones, prepared for many resamples of both.

    A sub-class takes (real, fake), refuses what it cannot measure (see `checks`), sets `real_count`
    and `fake_count`, and has `estimate`.

    Attributes:
        title: for a table or an axis.
        better: which values are: "higher", "lower", None, or `CHANCE`: a classifier
            that is wrong more often than chance tells the sets apart too.
        needs: what it takes: "images" (n, h, w, c) in [-1, 1], "features" (n, d) or "probabilities"
            (n, classes).
        limits: the lowest and highest possible value.
        of_training: it takes the images that the generator learnt from as `real`, and as a third
            argument real images that it never saw.
        of_any_number: what it is on average does not depend on how many images there are, so that
            it may be compared between sets of different sizes.
        has_interval: without one, it takes a `seed` instead, of what it draws itself.
        real_count, fake_count: numbers of images.
    """

    title: str
    better: str | None = None
    needs = "features"
    limits = (0.0, np.inf)
    of_training = False
    of_any_number = False
    has_interval = True
    real_count: int
    fake_count: int

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The value, float64 (r,), on resamples: counts (r, n) and (r, m), None: all once."""
        raise NotImplementedError

    @classmethod
    def warning(cls, count: int, width: int) -> str | None:
        """One line where `count` images with features of a width give no reliable value."""
        return None

    def _weights(self, real_counts, fake_counts) -> tuple[np.ndarray, np.ndarray]:
        """Both counts as weights, see `bootstrap.as_weights`."""
        return as_weights(real_counts, self.real_count), as_weights(fake_counts, self.fake_count)

