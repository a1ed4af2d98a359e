"""Where to look in z: single values moved, the whole square, a plane, the ways between two z's.

Pure arithmetic on arrays. z is [one-hot class or category][codes][noise]; every value but the
one-hot ones has a prior of its own: uniform in [-1, 1], or (noise alone) normal.
"""

import numpy as np
from scipy.stats import norm

# A normal value moves as far as 95 % of its samples lie; a uniform one from end to end.
NORMAL_END = 2.0
_TAIL = 0.025


def ends(z_dim: int, one_hot: int, codes: int, prior: str) -> np.ndarray:
    """How far each value may go from 0, float32 (z_dim,): 1, or infinity for normal noise.

    Args:
        z_dim: length of z.
        one_hot: values of the class or category at the beginning of z; 0: none.
        codes: continuous codes behind it, in [-1, 1] whatever the noise's prior.
        prior: of the noise, "uniform" or "normal".
    """
    far = np.ones(z_dim, np.float32)
    if prior == "normal":
        far[one_hot + codes :] = np.inf
    return far


def ends_of(model) -> np.ndarray:
    """How far each value of a generative model's z may go from 0; see `ends`."""
    return ends(model.z_dim, model.one_hot, model.codes, model.z_prior)


def walk(far: float, count: int) -> np.ndarray:
    """Values (count,) in equal steps from end to end: -1 to 1, or -2 to 2 of a normal value.

    Args:
        far: see `ends`.
        count: 2 or more.
    """
    end = far if np.isfinite(far) else NORMAL_END
    return np.linspace(-end, end, count, dtype=np.float32)


def quantiles(far: float, count: int) -> np.ndarray:
    """Values (count,) that are even in probability.

    Of a uniform value from -1 to 1, of a normal one its quantiles from 0.025 to 0.975. A single
    one is the middle.
    """
    if count == 1:
        return np.zeros(1, np.float32)
    if np.isfinite(far):
        return np.linspace(-far, far, count, dtype=np.float32)
    return norm.ppf(np.linspace(_TAIL, 1 - _TAIL, count)).astype(np.float32)


def moved(z: np.ndarray, place: int, values: np.ndarray) -> np.ndarray:
    """The latents with one value moved and all others held.

    Args:
        z: (n, z_dim).
        place: which value.
        values: (k,) what it becomes.

    Returns:
        float32 (n, k, z_dim).
    """
    every = np.repeat(np.asarray(z, np.float32)[:, None], len(values), axis=1)
    every[:, :, place] = values
    return every


def asked(z: np.ndarray, one_hot: int) -> np.ndarray:
    """The latents asked for each class or category, codes and noise held.

    Returns:
        float32 (n, one_hot, z_dim).
    """
    every = np.repeat(np.asarray(z, np.float32)[:, None], one_hot, axis=1)
    every[:, :, :one_hot] = np.eye(one_hot)
    return every


def square(z: np.ndarray, across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """The last two values of z on a grid, row by row as in a plot: the upper left comes first.

    Args:
        z: (z_dim,), what is held.
        across: (columns,), the last value but one, from left to right.
        up: (rows,), the last value, from the lowest row to the highest.

    Returns:
        float32 (rows * columns, z_dim).
    """
    every = np.tile(np.asarray(z, np.float32), (len(up) * len(across), 1))
    every[:, -2] = np.tile(across, len(up))
    every[:, -1] = np.repeat(up[::-1], len(across))
    return every


def plane(corners: np.ndarray, count: int, one_hot: int = 0) -> np.ndarray:
    """An even grid on the plane through three latents.

    The first is the upper left, the second the upper right, the third the lower left; the lower
    right is second + third - first. It may lie outside the prior: `inside` brings it back.

    Args:
        corners: (3, z_dim).
        count: rows and columns; 1: the middle alone.
        one_hot: the values of z that stay the first corner's.

    Returns:
        float32 (count * count, z_dim), row by row.
    """
    first, right, low = np.asarray(corners, np.float32)
    shares = np.linspace(0, 1, count, dtype=np.float32) if count > 1 else np.float32([0.5])
    down, across = (share.reshape(-1, 1) for share in np.meshgrid(shares, shares, indexing="ij"))
    every = first + across * (right - first) + down * (low - first)
    every[:, :one_hot] = first[:one_hot]
    return every


def linear(first: np.ndarray, last: np.ndarray, count: int) -> np.ndarray:
    """The straight way between two latents in equal steps, float32 (count, z_dim)."""
    share = np.linspace(0, 1, count, dtype=np.float32)[:, None]
    return (1 - share) * np.asarray(first, np.float32) + share * np.asarray(last, np.float32)


def spherical(first: np.ndarray, last: np.ndarray, count: int, one_hot: int = 0) -> np.ndarray:
    """The way between two latents along a great circle: directions turn by equal angles.

    The length of z grows or shrinks linearly from the one's to the other's, so that it stays
    among those that the prior gives; the straight way comes much nearer to 0, where in many
    dimensions no sample lies. Where a latent is 0, or the two are opposite, there is no single
    great circle: the straight way. A way between two corners of the cube leaves it on its way:
    `inside` brings it back.

    Args:
        first, last: (z_dim,).
        count: points, both ends among them.
        one_hot: values at the beginning of z that go the straight way: a class has no direction.

    Returns:
        float32 (count, z_dim).

    Source: White 2016, "Sampling Generative Networks", section 2.1 (of unit vectors; the lengths
    are ours).
    """
    every = linear(first, last, count)
    a, b = (np.asarray(z, np.float64)[one_hot:] for z in (first, last))
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    if not min(lengths):
        return every
    a, b = a / lengths[0], b / lengths[1]
    # Of halves of sum and difference, which is exact for small angles too; the cosine is not.
    angle = 2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))
    if np.sin(angle) < 1e-6:
        return every
    share = np.linspace(0, 1, count)[:, None]
    direction = (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle)
    every[:, one_hot:] = ((1 - share) * lengths[0] + share * lengths[1]) * direction
    return every


def inside(z: np.ndarray, far: np.ndarray) -> tuple[np.ndarray, float]:
    """Latents clipped to where the prior has any, and the share of values that were clipped.

    Args:
        z: (n, z_dim).
        far: (z_dim,), see `ends`.
    """
    # Rounding must not count as leaving.
    outside = np.abs(z) > far * (1 + 1e-5)
    return np.clip(z, -far, far), float(outside.mean())
