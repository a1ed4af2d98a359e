"""All metrics of generated images against one set of real images, by one judge."""

import numpy as np
from tqdm import tqdm

from wgan_tf.metrics import METRICS
from wgan_tf.metrics.bootstrap import Estimate, halves, measure
from wgan_tf.metrics.checks import check_image_pair, check_images
from wgan_tf.metrics.frechet import covariance_warning, frechet_infinity

INFINITY = "frechet_infinity"
NAMES = ("frechet", INFINITY, *(name for name in METRICS if name != "frechet"))
_SUBSET = 81  # stream of random numbers


def title(name: str) -> str:
    """A metric's title, for a table or an axis."""
    if name == INFINITY:
        return METRICS["frechet"].title + ", infinitely many images"
    return METRICS[name].title


def better(name: str) -> str | None:
    """Which values of a metric are better: "higher", "lower", or None."""
    return METRICS["frechet" if name == INFINITY else name].better


class Evaluation:
    """Measures sets of generated images against real ones.

    Args:
        real: images (n, h, w, c) in [-1, 1] that the generator never saw, where there are such.
        judge: see `features`; the critic that fine-tuned the images must not be it.
        training: images that the generator learnt from. Without them there is no memorisation,
            and real against real is two halves of `real` instead of training against held-out
            images.
        count: how many images the generated sets will have: real against real then has as many.
        names: of `NAMES`; None: all that can be had.
        resamples: of the bootstrap; 0: no intervals.
        seed: of every choice at random.

    Attributes:
        names: the metrics that are measured.
        warnings: one line each on what is unreliable.

    Raises:
        UserError: see `checks`.
    """

    def __init__(
        self, real, judge, *, training=None, count=None, names=None, resamples=1000, seed=0
    ):
        self.judge, self.resamples, self.seed = judge, resamples, seed
        self._real = self._inputs(check_images(real, "real images"))
        self._training = None if training is None else check_images(training, "training images")
        self.count = len(real) if count is None else count
        available = [
            name
            for name in NAMES
            if not (name == "classifier_score" and self._real["probabilities"] is None)
            and not (name == "memorisation" and training is None)
        ]
        self.names = tuple(name for name in available if names is None or name in names)
        fewest = min(self.count, len(real))
        warning = covariance_warning(fewest, judge.width) if "frechet" in self.names else None
        self.warnings = [warning] if warning else []
        self._reference = None

    @property
    def real_count(self) -> int:
        """How many real images generated ones are measured against."""
        return len(self._real["images"])

    @property
    def reference(self) -> dict[str, float]:
        """Each metric of real images against other real ones: what perfection would score."""
        if self._reference is None:
            self._reference = self._measure_real()
        return self._reference

    def measure(self, fake: np.ndarray) -> dict[str, Estimate]:
        """Every metric of generated images (m, h, w, c) in [-1, 1]; "frechet_infinity" has no
        interval.

        Raises:
            UserError: too few images, of another size, all the same, with NaN, out of range.
        """
        _, fake = check_image_pair(self._real["images"], fake)
        inputs = self._inputs(fake)
        bar = tqdm(self.names, desc="metrics", delay=1, leave=False, dynamic_ncols=True)
        return {name: self._estimate(name, self._real, inputs) for name in bar}

    def _measure_real(self) -> dict[str, float]:
        real = self._real
        if self._training is None:
            real, other = ({}, {})
            for kind, values in self._real.items():
                real[kind], other[kind] = (None, None) if values is None else halves(values)
        else:
            rng = np.random.default_rng([_SUBSET, self.seed])
            rows = rng.permutation(len(self._training))[: self.count]
            other = self._inputs(self._training[rows])
        values = {
            name: self._estimate(name, real, other, resamples=0).value
            for name in self.names
            if name != "memorisation"
        }
        if "memorisation" in self.names:
            # Of real images that are in neither set.
            held_out, fresh = halves(real["images"])
            metric = METRICS["memorisation"](self._training, fresh, held_out)
            values["memorisation"] = measure(metric, 0).value
        return values

    def _inputs(self, images: np.ndarray) -> dict:
        return {
            "images": images,
            "features": self.judge.features(images),
            "probabilities": self.judge.probabilities(images),
        }

    def _estimate(self, name: str, real: dict, fake: dict, resamples=None) -> Estimate:
        if name == INFINITY:
            value = frechet_infinity(real["features"], fake["features"], self.seed)
            drawn = len(real["images"]), len(fake["images"]), 0, self.seed
            return Estimate(value, np.empty(0), (-np.inf, np.inf), drawn)
        cls = METRICS[name]
        if name == "memorisation":
            metric = cls(self._training, fake["images"], real["images"])
        else:
            metric = cls(real[cls.needs], fake[cls.needs])
        return measure(metric, self.resamples if resamples is None else resamples, self.seed)
