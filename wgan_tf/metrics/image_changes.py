"""How much images change along a way through z. All in units of the [-1, 1] scale of pixels."""

import numpy as np


def steps(images: np.ndarray) -> np.ndarray:
    """Root mean square change of a pixel from each image to the next, float64 (n - 1,).

    Args:
        images: (n, h, w, c) in the order of the way, n at least 2.
    """
    images = np.asarray(images, np.float64)
    return np.sqrt(np.square(np.diff(images, axis=0)).mean((1, 2, 3)))


def length(images: np.ndarray) -> float:
    """Length of the way in pixel space: the sum of its `steps`."""
    return float(steps(images).sum())


def unevenness(images: np.ndarray) -> float:
    """The largest of the `steps` over their mean: 1 where every step changes the image alike, the
    number of steps where one jump does it all; NaN where nothing changes.
    """
    changes = steps(images)
    return float(changes.max() / changes.mean()) if changes.any() else float("nan")


def grid_unevenness(images: np.ndarray, side: int) -> tuple[float, float]:
    """The mean change between neighbours of a square, and the largest over it; NaN without any.

    Args:
        images: (side * side, h, w, c), row by row.
        side: rows and columns.
    """
    square = np.asarray(images).reshape(side, side, *images.shape[1:])
    if side == 1:
        return float("nan"), float("nan")
    lines = [*square, *square.swapaxes(0, 1)]
    changes = np.concatenate([steps(line) for line in lines])
    mean = float(changes.mean())
    return mean, float(changes.max()) / mean if mean else float("nan")


def spread(images: np.ndarray) -> np.ndarray:
    """How much the images of each way differ: the standard deviation of a pixel along the way,
    root mean square over pixels and channels.

    Args:
        images: (n, k, h, w, c), n ways of k images.

    Returns:
        float64 (n,), 0 where a way's images are all the same, at most 1.
    """
    images = np.asarray(images, np.float64)
    return np.sqrt(images.var(axis=1).mean((1, 2, 3)))


def effective_number(effects: np.ndarray) -> float:
    """Of how many equal effects these are worth: (sum e)^2 / sum e^2.

    n where all n are the same, 1 where a single one is not 0; NaN where all are.

    Args:
        effects: (n,), not negative.
    """
    effects = np.asarray(effects, np.float64)
    return float(effects.sum() ** 2 / np.square(effects).sum()) if effects.any() else float("nan")
