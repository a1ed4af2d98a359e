"""What changed between two batches of images, around mid-grey and as strong as it takes."""

import numpy as np

# Beyond this a picture would show rounding errors of float32 as if they were a change.
MAX_GAIN = 10_000.0
PERCENTILE = 99.5


def difference(
    before: np.ndarray, after: np.ndarray, gain: float | None = None
) -> tuple[np.ndarray, float]:
    """Shows `after - before`: mid-grey is no change, brighter is more, darker is less.

    The image iterator changes pixels by amounts no eye can see, the z iterator by whole strokes;
    the gain makes both visible and is returned so that a caption can state it.

    Args:
        before, after: float (n, h, w, c) in [-1, 1], of one shape.
        gain: factor on the difference; by default the 99.5th percentile of |difference| over
            the whole batch reaches full black or white, but at most `MAX_GAIN`.

    Returns:
        The picture, float32 (n, h, w, c) in [-1, 1], ready for `grid`, and the gain that was
        used: 0.5 where black turned white, large where little changed, 1 where nothing did.

    Raises:
        ValueError: the shapes differ.
    """
    before, after = np.asarray(before, np.float32), np.asarray(after, np.float32)
    if before.shape != after.shape:
        raise ValueError(f"before {before.shape} and after {after.shape} differ in shape")
    change = after - before
    if gain is None:
        gain = _automatic_gain(np.abs(change))
    return np.clip(change * np.float32(gain), -1.0, 1.0), float(gain)


def signed(values: np.ndarray) -> np.ndarray:
    """Shows values around zero, such as gradients, each image of them on its own scale.

    Args:
        values: float (n, h, w, c).

    Returns:
        float32 (n, h, w, c) in [-1, 1], ready for `grid`: mid-grey is zero, and the 99.5th
        percentile of each image's absolute values is full black or white.
    """
    values = np.asarray(values, np.float32)
    flat = np.abs(values).reshape(len(values), -1)
    reach = np.percentile(flat, PERCENTILE, axis=1)
    reach = np.where(reach > 0, reach, flat.max(1))
    reach = np.where(reach > 0, reach, 1.0).astype(np.float32)
    return np.clip(values / reach[:, None, None, None], -1.0, 1.0)


def _automatic_gain(size: np.ndarray) -> float:
    # Where fewer than one pixel in 200 changed the percentile is 0, and the largest serves.
    reach = float(np.percentile(size, PERCENTILE)) or float(size.max())
    return min(1.0 / reach, MAX_GAIN) if reach > 0 else 1.0
