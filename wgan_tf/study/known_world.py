"""Every method by every guide on points whose density is known: the error of the ratio apart from
that of the method.
"""

import inspect
import time
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf
from absl import logging
from tqdm import tqdm

from wgan_tf.errors import UserError
from wgan_tf.metrics import modes_of_mixture as mixture
from wgan_tf.refine.guide import CriticGuide
from wgan_tf.refine.methods import METHODS
from wgan_tf.refine.methods.selector import Selector
from wgan_tf.refine.ratio.fitting import fit_ratio
from wgan_tf.study.oracle import Oracle

BUDGETS = (20, 60)
GUIDES = ("raw", "rescaled", "fitted", "oracle")
# The only method that asks no guide, and what all are compared with.
UNGUIDED, NOTHING, REAL = "truncation", "nothing", "real points"
METHODS_OF_GUIDES = tuple(name for name in METHODS if name != UNGUIDED)
# Real points: to fit ratios to, a ratio of one number needs fewer, and to measure against.
FITTED, RESCALED, MEASURED = 10_000, 2000, 10_000
# Points of the earth mover's distance, whose time grows with their cube.
MOVED = 600
# What TensorBoard shows of a row.
SHOWN = ("good", "width", "jensen_shannon", "to_nearest", "earth_movers")
# Points that a method works on at once: a block of images would be far too few.
BLOCK = 10_000
_STARTS, _SLOPES = 89, 90  # seeds


class Measure:
    """What points are measured by, beside points of the world.

    Args:
        world: a `data.worlds.World`.
        rng: of the real points.
    """

    def __init__(self, world, rng):
        self.world, self.real = world, world.sample(MEASURED, rng)

    def __call__(self, points: np.ndarray) -> dict:
        """Numbers by name, see `metrics.modes_of_mixture`, of points (n, 2); None for all of what
        cannot be measured.
        """
        centres, sigma = self.world.centres, self.world.sigma
        count = min(len(points), MOVED, len(self.real))
        row = {"good": mixture.share_good(points, centres, sigma)}
        if self.world.has_modes:
            row |= {
                "modes": mixture.recovered(points, centres, sigma),
                "width": mixture.width(points, centres, sigma),
                "total_variation": mixture.total_variation(points, centres, sigma),
                "jensen_shannon": mixture.jensen_shannon(points, centres, sigma),
            }
        else:
            row["to_nearest"] = mixture.to_nearest(points, self.real)
        return row | {"earth_movers": mixture.earth_movers(points[:count], self.real[:count])}


def make_guides(model, world, seed: int = 0) -> dict:
    """Guides of a game by name, in the order of `GUIDES`.

    raw: the critic's score. rescaled: a logistic regression on it. fitted: a ratio learnt from
    points as they are. oracle: the true ratio.
    """
    real = world.sample(FITTED, np.random.default_rng([seed, 91]))
    images = real.reshape(-1, 1, 1, 2)
    return {
        "raw": CriticGuide(model, images),
        "rescaled": fit_ratio(model, images[:RESCALED], features="score", seed=seed),
        "fitted": fit_ratio(model, images, features="pixels", seed=seed),
        "oracle": Oracle(model, world, real, seed),
    }


def facts_of(guides: dict) -> dict:
    """What is known of each guide, but for what would fill pages."""
    return {
        name: {key: value for key, value in guide.facts.items() if key != "reliability"}
        for name, guide in guides.items()
        if hasattr(guide, "facts")
    }


def conditions(guides: dict) -> list[tuple[str, str, int]]:
    """Method, guide and budget of all that is done to samples; the first does nothing."""
    guided = [(m, g, b) for b in BUDGETS for g in guides for m in METHODS_OF_GUIDES]
    return [(NOTHING, "", 0), (UNGUIDED, "", 1), *guided]


def outcomes(
    model, guides: dict, measure: Callable, count: int, seed: int = 0, title: str = "refining"
) -> Iterator[tuple[dict, np.ndarray]]:
    """What becomes of the same starts under each of the conditions, one after the other.

    Args:
        model: a trained game of points.
        guides: by name.
        measure: points (n, 2) to numbers by name.
        count: starts.
        seed: of everything that is drawn.
        title: what the progress bar says.

    Yields:
        A row of the table, and points (m, 2); none where the method failed.
    """
    z = np.asarray(model.sample_z(count, seed + _STARTS))
    slopes = {name: median_square_slope(model, guide) for name, guide in guides.items()}
    built, pools = {}, {}
    bar = tqdm(conditions(guides), desc=title, dynamic_ncols=True)
    for name, guide, budget in bar:
        bar.set_postfix_str(f"{name} {guide}", refresh=False)
        row = {"method": name, "guide": guide, "budget": budget}
        if name == NOTHING:
            points = np.asarray(model.generate(z, BLOCK)).reshape(-1, 2)
            yield row | measure(points), points
            continue
        if (name, guide) not in built:
            first = guides[guide or next(iter(guides))]
            method = make_method(name, model, first, slopes.get(guide, 0.0))
            built[name, guide] = method
            if isinstance(method, Selector):
                method.candidates = shared(method.candidates, pools.setdefault(guide, {}))
        began = time.perf_counter()
        try:
            refined = built[name, guide](z, budget, seed)
        except UserError as error:
            logging.warning("%s by %s: %s", name, guide, error)
            yield row | {"failed": str(error)}, np.zeros((0, 2), np.float32)
            continue
        points = refined.images_after.reshape(-1, 2)
        yield (
            row
            | measure(points)
            | {
                "needs_ratio": built[name, guide].needs_ratio,
                "evaluations": refined.evaluations,
                "seconds": time.perf_counter() - began,
                **refined.diagnostics,
            },
            points,
        )


def make_method(name: str, model, guide, slope: float):
    """A method by its name with a rate that suits, see `rate_for`; `slope` of the guide."""
    rate = rate_for(name, slope)
    method = METHODS[name](model, guide, **({} if rate is None else {"rate": rate}))
    method.block = BLOCK
    return method


def rate_for(name: str, slope: float) -> float | None:
    """A method's own rate, but for one that would be too long for steep values; None: it has none.

    A narrow mode of deviation s in z has slopes of 1 / s, and steps of more than 2 s^2 leave it:
    the rate is at most 1 / (median square slope). Scores have a scale of their own, so this also
    makes the guides' steps comparable.

    Args:
        name: a key of `METHODS`.
        slope: see `median_square_slope`.
    """
    rate = inspect.signature(METHODS[name]).parameters.get("rate")
    # Transport divides by the steepness itself.
    if rate is None or name == "transport":
        return None
    return min(rate.default, 1 / slope) if slope > 0 else rate.default


def shared(candidates: Callable, pool: dict) -> Callable:
    """Candidates of a selector that others by the same guide have drawn and valued already, for
    the same starts and seed.

    Args:
        candidates: see `Selector`.
        pool: what is there, by budget.
    """

    def of_budget(z, budget, seed, on_record):
        if budget not in pool:
            pool[budget] = candidates(z, budget, seed, on_record)
        return pool[budget]

    return of_budget


def median_square_slope(model, guide) -> float:
    """Of a guide's values by z: median square length of the gradient over 2,000 samples."""
    z = tf.constant(model.sample_z(2000, _SLOPES))
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(z)
        values = guide(model.generator(z, training=False))
    return float(np.median(tf.reduce_sum(tape.gradient(values, z) ** 2, 1)))
