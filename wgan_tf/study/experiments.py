"""What is done to the samples of one trained model, and what it did to them."""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
from scipy.stats import spearmanr

from wgan_tf.refine.controls import best_of, lengths_of, random_move
from wgan_tf.refine.distances import psnr
from wgan_tf.refine.image_iterator import image_iterator
from wgan_tf.refine.z_iterator import z_iterator
from wgan_tf.study import stopping

# Steps after which sets are measured, and the finer ones at which a rule may stop.
STEPS = (1, 3, 10, 30, 100)
RECORDS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100)
# How far a coordinate moves in a step at most, on the scale [-1, 1]: from nothing to astray.
PIXEL_RATES, Z_RATES = (0.001, 0.01), (0.003, 0.01, 0.03)
# The rate of the rules and of what has a length or a cost to be equal to.
RATE = 0.01
# A step is a forward pass and a gradient of as much arithmetic, a candidate a forward pass: s
# steps cost what 2 s candidates do.
BEST_OF_STEPS, MORE_TRAINING_STEPS = (1, 3, 10), (10, 100)
DISTANCE_LIMIT = 0.1
RULES = ("real_level", "distance", "bend")
_CANDIDATES, _DIRECTIONS = 1000, 7  # seeds
GROUPS = 5  # of samples by their score before


@dataclasses.dataclass(frozen=True)
class Condition:
    """One thing that is done to all samples.

    Attributes:
        method: "nothing", "image_iterator", "z_iterator", "random_pixels", "random_z",
            "best_of", "more_training", or one of `RULES`.
        rate: of the iterator, or of the one whose length or cost is matched; None: has none.
        steps: of the iterator, or of the one whose length or cost is matched; None: has none.
    """

    method: str
    rate: float | None = None
    steps: int | None = None

    @property
    def key(self) -> str:
        """A name that no other condition has."""
        return " ".join(str(part) for part in dataclasses.astuple(self) if part is not None)


def conditions() -> list[Condition]:
    """All conditions, "nothing" first."""
    pixels = [Condition("image_iterator", rate, s) for rate in PIXEL_RATES for s in STEPS]
    latents = [Condition("z_iterator", rate, s) for rate in Z_RATES for s in STEPS]
    chance = [Condition(m, RATE, s) for m in ("random_pixels", "random_z") for s in STEPS]
    chosen = [Condition("best_of", RATE, s) for s in BEST_OF_STEPS]
    trained = [Condition("more_training", RATE, s) for s in MORE_TRAINING_STEPS]
    rules = [Condition(rule, RATE) for rule in RULES]
    return [Condition("nothing"), *pixels, *latents, *chance, *chosen, *trained, *rules]


class Samples:
    """The samples of one model, and what becomes of them under each condition.

    The iterators use Adam: its steps are as long as the rate from the first on, whatever the
    number of images in a batch, where the original's RMSProp begins flat.

    Args:
        model: a trained adversarial model.
        z: latents (n, z_dim), the same for every model of a study.
        real: real images (m, h, w, c) for the level of their scores.
        train_more: called with a number of steps; the images (n, h, w, c) of `z` from the
            generator that was trained on for what that many z steps on all samples cost.
    """

    def __init__(self, model, z, real: np.ndarray, train_more: Callable[[int], np.ndarray]):
        self.model, self.z, self.train_more = model, np.asarray(z), train_more
        self.images = np.asarray(model.generate(z))
        self.scores = np.asarray(model.score(self.images))
        self.real_score = float(np.mean(model.score(real)))
        # Only a game whose loss compares with real images needs as many.
        rows = np.resize(np.arange(len(real)), len(self.z))
        self._real = real[rows] if model.generator_needs_real else None
        # A way is refined once for all its conditions. Those of images are large.
        self._pixels = functools.lru_cache(maxsize=1)(self._pixels)
        self._latents = functools.cache(self._latents)
        self._scores = functools.cache(self._scores)

    def under(self, condition: Condition) -> tuple[np.ndarray, np.ndarray | None]:
        """Images (n, h, w, c) under a condition, and latents (n, z_dim) where only they moved."""
        method, rate, steps = condition.method, condition.rate, condition.steps
        if method == "nothing":
            return self.images, self.z
        if method == "image_iterator":
            return self._pixels(rate)[steps], None
        if method == "random_pixels":
            lengths = lengths_of(self.images, self._pixels(rate)[steps])
            return random_move(self.images, lengths, _DIRECTIONS), None
        if method == "more_training":
            return self.train_more(steps), None
        z = self._moved(condition)
        return np.asarray(self.model.generate(z)), z if method != "best_of" else None

    def describe(self, images: np.ndarray, z: np.ndarray | None, judge, before: np.ndarray) -> dict:
        """What became of the samples: scores, distances, and the judge's opinion of each.

        Args:
            images: (n, h, w, c), after.
            z: (n, z_dim), after, or None.
            judge: see `metrics.features`.
            before: what the judge's `realism` was of `self.images`, or None.

        Returns:
            Means over samples; `by_score` has them for fifths of the samples by the critic's
            score before, lowest first.
        """
        scores = np.asarray(self.model.score(images))
        change = (images - self.images).reshape(len(images), -1)
        outcome = {
            "score": scores.mean(),
            "score_spread": scores.std(),
            "score_gain": (scores - self.scores).mean(),
            "real_score": self.real_score,
            "pixel_change": np.abs(change).mean(),
            "psnr_db": float(np.median(psnr(images, self.images))),
            "z_change": None if z is None else np.sqrt(np.mean((z - self.z) ** 2)),
            "class_changed": None,
        }
        realism = judge.realism(images)
        if realism is not None:
            gain = realism - before
            order = np.array_split(np.argsort(self.scores, kind="stable"), GROUPS)
            outcome |= {
                "realism": realism.mean(),
                "realism_gain": gain.mean(),
                "gain_against_start": spearmanr(self.scores, gain)[0] if gain.any() else None,
                "by_score": [
                    {
                        "score_before": self.scores[rows].mean(),
                        "score_gain": (scores - self.scores)[rows].mean(),
                        "realism_before": before[rows].mean(),
                        "realism_gain": gain[rows].mean(),
                        "realism_gain_error": gain[rows].std(ddof=1) / np.sqrt(len(rows)),
                    }
                    for rows in order
                ],
            }
        old, new = (judge.probabilities(x) for x in (self.images, images))
        if old is not None:
            outcome["class_changed"] = np.mean(old.argmax(1) != new.argmax(1))
        return outcome

    def _moved(self, condition: Condition) -> np.ndarray:
        """The latents of a condition that draws them with the same generator."""
        method, steps = condition.method, condition.steps
        if method == "best_of":
            n = len(self.z)
            others = np.asarray(self.model.sample_z((2 * steps - 1) * n, _CANDIDATES))
            candidates = others.reshape(2 * steps - 1, n, -1)
            return best_of(self.model, np.concatenate([self.z[None], candidates]))
        path, at = self._latents(condition.rate)
        if method == "z_iterator":
            return path[at.index(steps)]
        if method == "random_z":
            lengths = lengths_of(self.z, path[at.index(steps)])
            limit = 1.0 if self.model.z_prior == "uniform" else np.inf
            return random_move(self.z, lengths, _DIRECTIONS, limit)
        scores = self._scores(condition.rate)
        stops = {
            "real_level": lambda: stopping.real_level(scores, self.real_score),
            "distance": lambda: stopping.distance(path, DISTANCE_LIMIT),
            "bend": lambda: stopping.bend(scores, np.array(at)),
        }[method]()
        return path[stops, np.arange(len(stops))]

    def _pixels(self, rate: float) -> dict[int, np.ndarray]:
        """Images by the number of steps of the image iterator."""
        result = image_iterator(self.model, self.images, STEPS[-1], rate, **self._settings(STEPS))
        return dict(zip(result.path_steps.tolist(), result.path, strict=True))

    def _latents(self, rate: float) -> tuple[np.ndarray, list[int]]:
        """Latents (k, n, z_dim) along the z iterator's way, and their numbers of steps."""
        settings = self._settings(RECORDS)
        result = z_iterator(self.model, self.z, RECORDS[-1], rate, rate_factor=1.0, **settings)
        return result.path, result.path_steps.tolist()

    def _scores(self, rate: float) -> np.ndarray:
        """The critic's scores (k, n) along the z iterator's way."""
        path, _ = self._latents(rate)
        return np.stack([np.asarray(self.model.score(self.model.generate(z))) for z in path])

    def _settings(self, records) -> dict:
        return {
            "optimizer": "keras_adam",
            "optimizer_param": 0.9,
            "real": self._real,
            "record_every": records,
        }
