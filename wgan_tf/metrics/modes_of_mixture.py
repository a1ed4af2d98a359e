"""How points in a plane agree with a mixture of Gaussians that is known: arrays in, numbers out.

A point is good within 4 sigma of a centre. The share of good points alone can be had by ascent:
the width within modes then falls below 1.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from scipy.special import rel_entr

REACH = 4.0
# A mode is recovered by this share of good points, 10 of 10,000.
_RECOVERED = 1e-3
# Of a round Gaussian in a plane, what lies beyond `REACH` sigma.
_BEYOND = float(np.exp(-(REACH**2) / 2))


def places(points: np.ndarray, centres: np.ndarray, sigma: float) -> np.ndarray:
    """The mode of each point, int (n,): its nearest centre, or k where it is not good.

    Args:
        points: (n, 2).
        centres: (k, 2).
        sigma: the standard deviation of each coordinate within a mode.
    """
    far, mode = cKDTree(centres).query(points)
    return np.where(far < REACH * sigma, mode, len(centres))


def share_good(points: np.ndarray, centres: np.ndarray, sigma: float) -> float:
    """Share of good points; of the mixture itself 0.9997."""
    return float((places(points, centres, sigma) < len(centres)).mean())


def recovered(points: np.ndarray, centres: np.ndarray, sigma: float) -> int:
    """Modes with at least 10 good points of 10,000, or as great a share of another number."""
    counts = np.bincount(places(points, centres, sigma), minlength=len(centres) + 1)
    return int((counts[:-1] >= max(1, _RECOVERED * len(points))).sum())


def width(points: np.ndarray, centres: np.ndarray, sigma: float) -> float:
    """Standard deviation of good points around the mean of their mode, over sigma; NaN without any.

    1 is right, below 1 the points have been drawn together.
    """
    mode = places(points, centres, sigma)
    squares, freedom = 0.0, 0
    for number in range(len(centres)):
        inside = points[mode == number]
        if len(inside) > 1:
            squares += float(np.square(inside - inside.mean(0)).sum())
            freedom += 2 * (len(inside) - 1)
    return float(np.sqrt(squares / freedom) / sigma) if freedom else float("nan")


def total_variation(points: np.ndarray, centres: np.ndarray, sigma: float) -> float:
    """Of good points the shares of modes against equal ones, 0 to 1: what would have to move from
    mode to mode; NaN without any.
    """
    counts = np.bincount(places(points, centres, sigma), minlength=len(centres) + 1)[:-1]
    if not counts.any():
        return float("nan")
    return float(np.abs(counts / counts.sum() - 1 / len(centres)).sum() / 2)


def jensen_shannon(points: np.ndarray, centres: np.ndarray, sigma: float) -> float:
    """Jensen-Shannon divergence in bits, 0 to 1, over the modes and one more place for all points
    that are not good, against the mixture's own shares.
    """
    counts = np.bincount(places(points, centres, sigma), minlength=len(centres) + 1)
    found = counts / counts.sum()
    right = np.append(np.full(len(centres), (1 - _BEYOND) / len(centres)), _BEYOND)
    middle = (found + right) / 2
    both = rel_entr(found, middle).sum() + rel_entr(right, middle).sum()
    return float(both / 2 / np.log(2))


def earth_movers(points: np.ndarray, others: np.ndarray) -> float:
    """Mean distance by which points must move to become the others, by the best assignment.

    It is above 0 for two draws of one law: state it beside real against real.

    Args:
        points, others: (n, 2) each, n some hundreds: the time grows with its cube.
    """
    costs = np.linalg.norm(np.float64(points)[:, None] - np.float64(others), axis=2)
    return float(costs[linear_sum_assignment(costs)].mean())


def to_nearest(points: np.ndarray, others: np.ndarray) -> float:
    """Mean distance of points (n, 2) to the nearest of others (m, 2)."""
    return float(cKDTree(others).query(points)[0].mean())
