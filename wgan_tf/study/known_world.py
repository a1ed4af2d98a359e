"""Every method by every guide on points whose density is known: the error of the ratio apart from
that of the method.
"""

from collections.abc import Callable, Iterator

import numpy as np
from absl import logging
from tqdm import tqdm

from wgan_tf.errors import UserError
from wgan_tf.metrics import modes_of_mixture as mixture
from wgan_tf.refine.guides import ADVISERS_OF_POINTS
from wgan_tf.refine.methods import METHODS
from wgan_tf.study.cells import SHUFFLED, TRUNCATION, UNGUIDED, UNREFINED
from wgan_tf.study.point_samples import PointSamples

BUDGETS = (20, 60)
GUIDES = tuple(name for name in ADVISERS_OF_POINTS if name != SHUFFLED)
METHODS_OF_GUIDES = tuple(name for name in METHODS if name != TRUNCATION)
# What all are compared with, and how many points are measured against.
REAL, MEASURED = "real points", 10_000
# Points of the earth mover's distance, whose time grows with their cube.
MOVED = 600
# What TensorBoard shows of a row.
SHOWN = ("good", "width", "jensen_shannon", "to_nearest", "earth_movers")
STARTS = 89  # seed


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


def conditions() -> list[tuple[str, str, tuple[int, ...]]]:
    """Method, guide and budgets of all that is done to samples; the first does nothing."""
    guided = [(method, guide, BUDGETS) for guide in GUIDES for method in METHODS_OF_GUIDES]
    return [(UNREFINED, UNGUIDED, (0,)), (TRUNCATION, UNGUIDED, (1,)), *guided]


def outcomes(
    samples: PointSamples, measure: Callable, title: str = "refining"
) -> Iterator[tuple[dict, np.ndarray]]:
    """What becomes of the same starts under each of the conditions, one after the other.

    Args:
        samples: of a trained game of points.
        measure: points (n, 2) to numbers by name.
        title: what the progress bar says.

    Yields:
        A row of the table, and points (m, 2); none where the method failed.
    """
    bar = tqdm(conditions(), desc=title, dynamic_ncols=True)
    for method, guide, budgets in bar:
        bar.set_postfix_str(f"{method} {guide}", refresh=False)
        made = samples.outcomes(guide, method, list(budgets))
        for budget in budgets:
            row = {"method": method, "guide": guide, "budget": budget}
            try:
                outcome = next(made)
            except UserError as error:
                logging.warning("%s by %s: %s", method, guide, error)
                made = iter(())
                yield row | {"failed": str(error)}, np.zeros((0, 2), np.float32)
                continue
            except StopIteration:  # a smaller budget failed already
                yield row | {"failed": "as before"}, np.zeros((0, 2), np.float32)
                continue
            points = outcome.images.reshape(-1, 2)
            spent = {"evaluations": outcome.evaluations, "seconds": outcome.seconds}
            yield row | measure(points) | spent | outcome.diagnostics, points
