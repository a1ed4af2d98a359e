"""All metrics of generated images against one set of real images, by one judge."""

import contextlib

import numpy as np
from tqdm import tqdm

from wgan_tf.errors import UserError
from wgan_tf.metrics import METRICS
from wgan_tf.metrics.bootstrap import Estimate, estimate_of, halves
from wgan_tf.metrics.checks import check_image_pair, check_images

_SUBSET = 81  # stream of random numbers


class Evaluation:
    """Measures sets of generated images against real ones.

    Args:
        real: images (n, h, w, c) in [-1, 1] that the generator never saw, where there are such.
        judge: see `features`; the critic that fine-tuned the images must not be it.
        training: images that the generator learnt from. Without them there is no memorisation,
            and few metrics have a reference.
        count: how many images the generated sets will have: real against real then has as many.
        names: of `METRICS`; None: all that can be had.
        resamples: of the bootstrap; 0: no intervals.
        seed: of every choice at random.

    Attributes:
        names: the metrics that are measured.
        without_reference: one line on what has none, or None. Asked for after `reference`.
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
        wanted = METRICS if names is None else names
        self.names = tuple(name for name in METRICS if name in wanted and self._can(METRICS[name]))
        fewest = min(self.count, len(real))
        warnings = (METRICS[name].warning(fewest, judge.width) for name in self.names)
        self.warnings = [line for line in warnings if line]
        self._reference = None

    @property
    def real_count(self) -> int:
        """How many real images generated ones are measured against."""
        return len(self._real["images"])

    @property
    def reference(self) -> dict[str, float]:
        """Each metric of real images against other real ones: what perfection would score.

        `count` training images against all held-out ones, as generated images are measured. Where
        there are not so many, only metrics that may be compared between sets of any size have a
        reference, two halves of the held-out images if need be; the others have NaN: most are the
        worse the fewer images there are.
        """
        if self._reference is None:
            self._reference = self._measure_real()
        return self._reference

    def measure(self, fake: np.ndarray) -> dict[str, Estimate]:
        """Every metric of generated images (m, h, w, c) in [-1, 1].

        Raises:
            UserError: too few images, of another size, all the same, with NaN, out of range.
        """
        _, fake = check_image_pair(self._real["images"], fake)
        inputs = self._inputs(fake)
        with tqdm(self.names, desc="metrics", delay=1, leave=False, dynamic_ncols=True) as bar:
            return {name: self._estimate(name, self._real, inputs) for name in bar}

    def _can(self, cls) -> bool:
        """Whether there is what a metric needs."""
        return self._real[cls.needs] is not None and not (
            cls.of_training and self._training is None
        )

    def _measure_real(self) -> dict[str, float]:
        real = self._real
        first, second = {}, {}
        for kind, values in real.items():
            first[kind], second[kind] = (None, None) if values is None else halves(values)
        one, other, equal = first, second, False
        if self._training is not None:
            rng = np.random.default_rng([_SUBSET, self.seed])
            rows = rng.permutation(len(self._training))[: self.count]
            one, other = real, self._inputs(self._training[rows])
            equal = len(rows) == self.count
        values = {}
        for name in self.names:
            # For a metric of training images: real images that are in neither set.
            pair = (first, second) if METRICS[name].of_training else (one, other)
            values[name] = float("nan")
            if equal or METRICS[name].of_any_number:
                # What has been measured may be too little to be halved.
                with contextlib.suppress(UserError):
                    values[name] = self._estimate(name, *pair, resamples=0).value
        return values

    @property
    def without_reference(self) -> str | None:  # noqa: D102
        without = [METRICS[name].title for name, value in self.reference.items() if value != value]
        if not without:
            return None
        return (
            f"no real against real for {', '.join(without)}: it takes {self.count} more real "
            "images, for of fewer the value is another"
        )

    def _inputs(self, images: np.ndarray) -> dict:
        return {
            "images": images,
            "features": self.judge.features(images),
            "probabilities": self.judge.probabilities(images),
        }

    def _estimate(self, name: str, real: dict, fake: dict, resamples=None) -> Estimate:
        cls, resamples = METRICS[name], self.resamples if resamples is None else resamples
        real, fake = real[cls.needs], fake[cls.needs]
        if cls.of_training:
            metric = cls(self._training, fake, real)
        elif cls.has_interval:
            metric = cls(real, fake)
        else:
            metric, resamples = cls(real, fake, seed=self.seed), 0
        return estimate_of(metric, resamples, self.seed)
