"""How pure the neighbourhoods of points with classes are."""

import dataclasses

import numpy as np
from sklearn.neighbors import NearestNeighbors

from wgan_tf.metrics.checks import check_enough, check_features

K = 10
SHUFFLES = 100
_STREAM = 37  # of random numbers


@dataclasses.dataclass(frozen=True)
class Purity:
    """How many of a point's nearest neighbours have its class.

    Attributes:
        value: mean share over all points, in [0, 1].
        error: its standard error, as of points that know nothing of each other. Against the spread
            of 30 fresh draws of 2,000 points it was right in 2 dimensions and a quarter too small
            in 64, where few points are the neighbours of many.
        chance: the mean share where classes have nothing to do with places.
        chance_spread: its standard deviation over shuffles of the classes.
    """

    value: float
    error: float
    chance: float
    chance_spread: float


def purity(points: np.ndarray, classes: np.ndarray, k: int = K, seed: int = 0) -> Purity:
    """Shares of the k nearest neighbours of each point, itself not counted, that have its class.

    Args:
        points: floats (n, d), n more than k; near is meant in Euclidean distance.
        classes: int (n,).
        k: neighbours.
        seed: of the shuffles.

    Raises:
        UserError: k points or fewer, values that are not finite, or all points in one place.
        ValueError: not as many classes as points.
    """
    points, classes = check_features(points, "points"), np.asarray(classes)
    check_enough(len(points), k + 1, "points", f"purity among {k} neighbours")
    if classes.shape != (len(points),):
        raise ValueError(f"classes must be ({len(points)},), not {classes.shape}")
    near = NearestNeighbors(n_neighbors=k).fit(points).kneighbors(return_distance=False)
    shares = _shares(classes, near)
    rng = np.random.default_rng([_STREAM, seed])
    shuffled = [_shares(rng.permutation(classes), near).mean() for _ in range(SHUFFLES)]
    return Purity(
        value=float(shares.mean()),
        error=float(shares.std(ddof=1) / np.sqrt(len(shares))),
        chance=chance(classes),
        chance_spread=float(np.std(shuffled)),
    )


def chance(classes: np.ndarray) -> float:
    """What `purity` is on average over all shuffles of the classes: that of two random points.

    Args:
        classes: (n,), n at least 2.
    """
    counts = np.unique(classes, return_counts=True)[1].astype(np.float64)
    total = counts.sum()
    return float((counts * (counts - 1)).sum() / (total * (total - 1)))


def _shares(classes: np.ndarray, near: np.ndarray) -> np.ndarray:
    return (classes[near] == classes[:, None]).mean(1)
