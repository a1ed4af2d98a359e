"""Points in a plane whose density is known: the worlds of `--mode=toy`.

Each is a mixture of equal round Gaussians. Those of the roll lie so close along its spiral that
their sum is its density to five digits.
"""

import dataclasses

import numpy as np

# Points of which densities are computed at a time.
_BLOCK = 500
# Of the roll's density: neighbours are at most 0.9 sigma apart.
_NODES = 600


@dataclasses.dataclass(frozen=True)
class World:
    """A density of points in a plane.

    Attributes:
        name: a key of `data.WORLDS`.
        centres: of the Gaussians, float32 (k, 2).
        sigma: the standard deviation of each coordinate of each Gaussian.
        has_modes: whether the Gaussians are apart, so that one can ask which of them a point
            belongs to.
    """

    name: str
    centres: np.ndarray
    sigma: float
    has_modes: bool = True

    def sample(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Points, float32 (count, 2)."""
        if self.has_modes:
            middle = self.centres[rng.integers(len(self.centres), size=count)]
        else:
            middle = spiral(rng.uniform(size=count))
        return (middle + self.sigma * rng.normal(size=(count, 2))).astype(np.float32)

    def log_density(self, points: np.ndarray) -> np.ndarray:
        """Log density per unit of area, float64 (n,), of points (n, 2)."""
        points = np.asarray(points, np.float64)
        parts = np.array_split(points, max(1, len(points) // _BLOCK))
        return np.concatenate([self._log_density(part) for part in parts])

    def _log_density(self, points: np.ndarray) -> np.ndarray:
        centres = self.centres.astype(np.float64)
        # |x|^2 - 2 x c + |c|^2, which loses nothing in double precision and is one product.
        square = np.square(points).sum(1)[:, None] + np.square(centres).sum(1)
        far = (square - 2 * points @ centres.T) / (2 * self.sigma**2)
        nearest = far.min(1)
        total = np.exp(nearest[:, None] - far).sum(1)
        return np.log(total) - nearest - np.log(2 * np.pi * self.sigma**2 * len(centres))


def grid25() -> World:
    """25 Gaussians on a square grid, of deviation 0.0177 and 0.707 apart.

    Source: `gan_toy.py` of Gulrajani et al. 2017, "Improved Training of Wasserstein GANs".
    """
    side = np.arange(-2, 3) * 2 / 2.828
    return World("grid25", _pairs(side, side), 0.05 / 2.828)


def ring8() -> World:
    """8 Gaussians on a ring of radius 0.707, of deviation 0.0141.

    Source: as of `grid25`, whose ring has twice the radius.
    """
    angle = np.arange(8) * np.pi / 4
    ring = np.stack([np.cos(angle), np.sin(angle)], 1) / 1.414
    return World("ring8", ring.astype(np.float32), 0.02 / 1.414)


def swiss_roll() -> World:
    """A spiral from radius 0.63 to 1.88 with noise of deviation 0.033, thinner outside.

    Source: as of `grid25`: scikit-learn's `make_swiss_roll(noise=0.25)`, two columns over 7.5.
    """
    nodes = spiral((np.arange(_NODES) + 0.5) / _NODES)
    return World("swiss_roll", nodes.astype(np.float32), 0.25 / 7.5, has_modes=False)


def spiral(shares: np.ndarray) -> np.ndarray:
    """Points (n, 2) of the roll without noise, at shares (n,) of its angle in [0, 1]."""
    angle = 1.5 * np.pi * (1 + 2 * shares)
    return (angle * np.stack([np.cos(angle), np.sin(angle)])).T / 7.5


def _pairs(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.stack(np.meshgrid(x, y), -1).reshape(-1, 2).astype(np.float32)
