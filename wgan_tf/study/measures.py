"""What is measured in each cell: by a judge, by a foreign one beside it, by the critic itself."""

from collections.abc import Callable

import numpy as np

from wgan_tf.errors import UserError
from wgan_tf.metrics import METRICS
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.metrics.features import RandomNetwork
from wgan_tf.refine.distances import psnr
from wgan_tf.study.experiments import AMORTISED, Outcome, Samples

# By the judge; those that cannot be had are left out.
_OF_JUDGE = ("frechet", "classifier_score", "class_balance")
# These count neighbours: as many real images as there are samples will do, and are soon counted.
_OF_NEIGHBOURS = ("precision", "recall", "density", "coverage")
_FOREIGN = ("frechet",)
# Of the judge's intervals within a training; those between trainings decide.
_RESAMPLES = 100
_GROUPS = 5  # of samples by their score before
DUPLICATES = "duplicates"


class Images:
    """Measures images.

    Attributes:
        main, foreign: names of the two distances that have to agree.
        titles, better: of all that is measured, by name.

    Args:
        real: images (n, h, w, c) in [-1, 1] that no generator saw.
        judge: see `metrics.features`.
        training: images that the generators learnt from.
        count: of the samples.
    """

    main, foreign = "frechet", "foreign_frechet"

    def __init__(self, real, judge, training, count: int):
        self.judge = judge
        settings = {"training": training, "count": count}
        self._evaluation = Evaluation(
            real, judge, names=_OF_JUDGE, resamples=_RESAMPLES, **settings
        )
        self._near = Evaluation(
            real[:count], judge, names=_OF_NEIGHBOURS, resamples=0, **settings
        )
        self.other = RandomNetwork(real.shape[1:])
        self._other = Evaluation(real, self.other, names=_FOREIGN, resamples=0, **settings)
        self._real = real
        self._held_out, self._training = judge.features(real), judge.features(training)
        own = {name: METRICS[name] for name in (*self._evaluation.names, *self._near.names)}
        strange = {f"foreign_{name}": METRICS[name] for name in self._other.names}
        rows = {**own, **strange, "memorisation": METRICS["memorisation"]}
        self.titles = {name: row.title for name, row in rows.items()}
        self.titles |= {name: f"{row.title}, foreign features" for name, row in strange.items()}
        self.titles |= {"memorisation": "distance to training / held-out images, in features"}
        self.titles |= {DUPLICATES: "share of duplicates"}
        self.better = {name: row.better for name, row in rows.items()} | {DUPLICATES: "lower"}

    @property
    def facts(self) -> dict:
        """Of `study.json`: who judges, and what real images score."""
        foreign = {f"foreign_{name}": v for name, v in self._other.reference.items()}
        return {
            "judge": self.judge.name,
            "foreign_judge": self.other.name,
            "real_images": len(self._real),
            "reference": self._evaluation.reference | self._near.reference | foreign,
            "warnings": self._evaluation.warnings,
        }

    def of(self, samples: Samples) -> Callable[[Outcome], dict]:
        """What measures outcomes of one model's samples: figures of a row of `study.json`."""
        before = self._values(samples.images)
        described = _Described(samples, self._real, self.judge)

        def measured(outcome: Outcome) -> dict:
            now = self._values(outcome.images)
            metrics = {name: _paired(one, before[name]) for name, one in now.items()}
            return {"metrics": metrics, **described(outcome)}

        return measured

    def _values(self, images) -> dict:
        values = self._evaluation.measure(images) | self._near.measure(images)
        values |= {f"foreign_{name}": one for name, one in self._other.measure(images).items()}
        copied = METRICS["memorisation"](
            self._training, self.judge.features(images), self._held_out
        )
        return values | {"memorisation": float(copied.estimate()[0])}


class _Described:
    """What became of single samples: the critic's scores, how far they moved, who gained."""

    def __init__(self, samples: Samples, real, judge):
        self.samples, self.judge = samples, judge
        self.scores = np.asarray(samples.model.score(samples.images))
        self.real_score = float(np.mean(samples.model.score(real)))
        self.realism = judge.realism(samples.images)
        probabilities = judge.probabilities(samples.images)
        self.classes = None if probabilities is None else probabilities.argmax(1)

    def __call__(self, outcome: Outcome) -> dict:
        images, old = outcome.images, self.samples.images
        scores = np.asarray(self.samples.model.score(images))
        row = {
            "score": scores.mean(),
            "score_spread": scores.std(),
            "real_score": self.real_score,
            "score_gain": scores.mean() - self.scores.mean(),
        }
        if not outcome.paired:
            return row
        row |= {
            "pixel_change": np.abs(images - old).mean(),
            "psnr_db": float(np.median(psnr(images, old))),
        }
        if self.classes is not None:
            now = self.judge.probabilities(images).argmax(1)
            row["class_changed"] = np.mean(now != self.classes)
        if self.realism is not None:
            row |= self._who_gained(self.judge.realism(images) - self.realism)
        return row

    def _who_gained(self, gain: np.ndarray) -> dict:
        """Of the fifths of samples that the critic liked least and most before."""
        order = np.array_split(np.argsort(self.scores, kind="stable"), _GROUPS)
        low, high = gain[order[0]], gain[order[-1]]
        errors = (part.std(ddof=1) / np.sqrt(len(part)) for part in (low, high))
        return {
            "gain_of_lowest": low.mean(),
            "gain_of_highest": high.mean(),
            "gain_error": float(np.hypot(*errors)),
        }


class Points:
    """Measures points of a known world; attributes as of `Images`.

    Args:
        measure: a `known_world.Measure`.
        real: points (n, 2) of the world, as many as there are samples.
    """

    main = "earth_movers"

    def __init__(self, measure, real: np.ndarray):
        self._measure, self._reference = measure, measure(real)
        modes = measure.world.has_modes
        self.foreign = "jensen_shannon" if modes else "to_nearest"
        self.titles = {name: _TITLES[name] for name in self._reference}
        self.titles |= {DUPLICATES: "share of duplicates"}
        self.better = {name: _BETTER.get(name) for name in self.titles}

    @property
    def facts(self) -> dict:
        """See `Images`."""
        return {
            "judge": "earth mover's distance to real points",
            "foreign_judge": self.titles[self.foreign],
            "real_images": len(self._measure.real),
            "reference": self._reference,
            "warnings": [],
        }

    def of(self, samples: Samples) -> Callable[[Outcome], dict]:
        """See `Images`."""
        before = self._measure(samples.images.reshape(-1, 2))

        def measured(outcome: Outcome) -> dict:
            if not len(outcome.images):
                raise UserError("nothing was kept")
            now = self._measure(outcome.images.reshape(-1, 2))
            return {"metrics": {name: _paired(v, before[name]) for name, v in now.items()}}

        return measured


_TITLES = {
    "good": "share of good points",
    "modes": "modes",
    "width": "width of modes",
    "total_variation": "imbalance of modes",
    "jensen_shannon": "Jensen-Shannon distance over modes",
    "to_nearest": "distance to the nearest real point",
    "earth_movers": "earth mover's distance",
}
_BETTER = {
    "good": "higher",
    "modes": "higher",
    "total_variation": "lower",
    "jensen_shannon": "lower",
    "to_nearest": "lower",
    "earth_movers": "lower",
    DUPLICATES: "lower",
}


def priced(outcome: Outcome, fitting: float) -> dict:
    """What an outcome cost: figures of a row of `study.json`.

    Args:
        outcome: of a cell.
        fitting: GFLOP of the adviser, once.
    """
    return {
        "evaluations": outcome.evaluations,
        "seconds": outcome.seconds,
        "gflop": outcome.gflop,
        "gflop_with_fitting": {str(n): outcome.gflop + fitting / n for n in AMORTISED},
        **outcome.diagnostics,
    }


def _paired(after, before) -> dict:
    """A value, its difference to before and, of estimates of the same z's, its interval."""
    if not hasattr(after, "value"):
        return {"value": after, "difference": after - before}
    figures = {"value": after.value, "difference": after.value - before.value}
    if after.drawn == before.drawn and len(after.resampled):
        _, low, high = after.minus(before)
        figures |= {"low": low, "high": high}
    return figures
