"""Rules when to stop fine-tuning a sample, none of which asks a judge.

Each takes what the refinement itself shows and returns, for every sample, the index of the record
at which it stops.
"""

import numpy as np


def real_level(scores: np.ndarray, level: float) -> np.ndarray:
    """Each sample at the first record where the critic finds it as real as real images.

    Args:
        scores: (k, n), the critic's, along the way; row 0 is the start.
        level: mean score of real images.

    Returns:
        int (n,): 0 for what scores that high from the start, k - 1 where it is never reached.
    """
    reached = np.asarray(scores) >= level
    return np.where(reached.any(0), reached.argmax(0), len(reached) - 1)


def distance(path: np.ndarray, limit: float) -> np.ndarray:
    """Each sample at the last record before it has moved further than a limit.

    Args:
        path: (k, n, d) latents along the way.
        limit: root mean square move of a coordinate.

    Returns:
        int (n,).
    """
    path = np.asarray(path)
    beyond = np.sqrt(np.mean((path - path[0]) ** 2, axis=2)) > limit
    return np.where(beyond.any(0), beyond.argmax(0) - 1, len(path) - 1)


def bend(scores: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """All samples at the record where the curve of the mean score bends most.

    That is where it lies highest above the straight line from its start to its end.

    Args:
        scores: (k, n), the critic's, along the way.
        steps: (k,), steps done at each record, from 0 on.

    Returns:
        int (n,), all the same.

    Source: Satopaa et al. 2011, "Finding a Kneedle in a Haystack", without its smoothing.
    """
    curve = np.asarray(scores, np.float64).mean(1)
    line = np.interp(steps, [steps[0], steps[-1]], [curve[0], curve[-1]])
    return np.full(np.shape(scores)[1], int(np.argmax(curve - line)))
