"""Precision, recall, density and coverage: who lies in whose neighbourhood.

The ball of an image reaches to its k-th nearest neighbour in its own set (not counting itself).
"""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from wgan_tf.metrics.bootstrap import weighted_mean
from wgan_tf.metrics.checks import check_enough, check_feature_pair
from wgan_tf.metrics.metric import Metric
from wgan_tf.metrics.remembered import remembered

PRECISION_K = 3
DENSITY_K = 5
_ROWS = 500  # images at a time
# Members that are kept of a ball: that a resample misses all of 32 happens once in e^32.
_MEMBERS = 32


class Neighbours:
    """Who lies in whose ball; what the four metrics have in common.

    10,000 images with 64 features against as many take a few seconds and less than 500 MB.

    Args:
        real: features (n, d) of real images.
        fake: features (m, d) of generated images.

    Attributes:
        real_near_fake: int32 (m, 32), real images in whose ball (k = 3) each generated image lies.
        fake_near_real: int32 (n, 32), generated images in whose ball (k = 3) each real one lies.
        fake_in_ball: int32 (n, 32), generated images in the ball (k = 5) of each real image.
        balls_of_fake: float64 (m,), how many real balls (k = 5) hold each generated image.
        fakes_of_ball: float64 (n,), how many generated images each real ball (k = 5) holds.
        Lists end early at 32 members; unused places hold -1.

    Raises:
        UserError: see `checks.check_feature_pair`; or fewer images in a set than k + 1.
    """

    def __init__(self, real: np.ndarray, fake: np.ndarray):
        real, fake = check_feature_pair(real, fake)
        check_enough(
            len(real), DENSITY_K + 1, "real images", f"density with {DENSITY_K} neighbours"
        )
        check_enough(
            len(fake), PRECISION_K + 1, "generated images", f"recall with {PRECISION_K} neighbours"
        )
        self.real_count, self.fake_count = len(real), len(fake)
        centre = real.mean(0, dtype=np.float64)  # squares of large numbers would lose digits
        real, fake = (x.astype(np.float64) - centre for x in (real, fake))
        near, far = _squared_radii(real, (PRECISION_K, DENSITY_K))
        (fake_near,) = _squared_radii(fake, (PRECISION_K,))

        self.real_near_fake, self.balls_of_fake = [], []
        for distances in _squared_distances(fake, real):
            self.real_near_fake.append(_members(distances <= near))
            self.balls_of_fake.append((distances <= far).sum(1))
        self.fake_near_real, self.fake_in_ball, self.fakes_of_ball = [], [], []
        for start, distances in enumerate(_squared_distances(real, fake)):
            self.fake_near_real.append(_members(distances <= fake_near))
            inside = distances <= far[start * _ROWS : (start + 1) * _ROWS, None]
            self.fake_in_ball.append(_members(inside))
            self.fakes_of_ball.append(inside.sum(1))
        for name in ("real_near_fake", "fake_near_real", "fake_in_ball"):
            setattr(self, name, np.concatenate(getattr(self, name)))
        for name in ("balls_of_fake", "fakes_of_ball"):
            setattr(self, name, np.concatenate(getattr(self, name)).astype(np.float64))


_neighbours = remembered(Neighbours)


class _NeighbourMetric(Metric):
    """Builds the shared neighbours; see the sub-classes.

    Under resampling, an image that was not drawn is gone with its ball, but all radii stay those
    of the whole sets: repeated images would make them shrink to 0. Holes where an image is gone
    are therefore not filled by its neighbours, and intervals are rather too wide: for Gaussians,
    against the spread of fresh draws, 0.7 to 2 times as wide, 3 times at a precision of 0.999
    (shares of fixed balls alone, without the holes: 0.4 to 1.1 times).
    """

    better = "higher"
    limits = (0.0, 1.0)

    def __init__(self, real: np.ndarray, fake: np.ndarray):
        self._near = _neighbours(real, fake)
        self.real_count, self.fake_count = self._near.real_count, self._near.fake_count


class Precision(_NeighbourMetric):
    """Share of generated images in the ball (k = 3) of a real one, in [0, 1].

    Args:
        real: features (n, d) of real images, n at least 6.
        fake: features (m, d) of generated images, m at least 4.

    Raises:
        UserError: see `Neighbours`.

    Source: Kynkaanniemi et al. 2019, "Improved Precision and Recall Metric", equation 2.
    """

    title = "precision"

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The share, float64 (r,), on resamples: counts (r, n) and (r, m), None: all once."""
        real, fake = self._weights(real_counts, fake_counts)
        return _weighted_share(fake, self._near.real_near_fake, real)


class Recall(_NeighbourMetric):
    """Share of real images in the ball (k = 3) of a generated one, in [0, 1].

    Arguments, errors and source as for `Precision`.
    """

    title = "recall"

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The share, float64 (r,), on resamples: counts (r, n) and (r, m), None: all once."""
        real, fake = self._weights(real_counts, fake_counts)
        return _weighted_share(real, self._near.fake_near_real, fake)


class Density(_NeighbourMetric):
    """Real balls (k = 5) that hold a generated image, on average, over k; 0 or more, about 1 ideal.

    Arguments and errors as for `Precision`.

    Source: Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics", equation 4.
    """

    title = "density"
    limits = (0.0, np.inf)

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The density, float64 (r,), on resamples: counts (r, n) and (r, m), None: all once.

        Exact where one side is None. With both, it is the sum of the two changes: their product,
        of second order, is left out, which saves keeping all pairs.
        """
        real, fake = self._weights(real_counts, fake_counts)
        balls = weighted_mean(fake, self._near.balls_of_fake)
        members = weighted_mean(real, self._near.fakes_of_ball)
        scale = self.real_count / self.fake_count
        change = (members - self._near.fakes_of_ball.mean()) * scale
        return (balls + change) / DENSITY_K


class Coverage(_NeighbourMetric):
    """Share of real images whose ball (k = 5) holds a generated one, in [0, 1].

    Arguments and errors as for `Precision`.

    Source: Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics", equation 5.
    """

    title = "coverage"

    def estimate(self, real_counts=None, fake_counts=None) -> np.ndarray:
        """The share, float64 (r,), on resamples: counts (r, n) and (r, m), None: all once."""
        real, fake = self._weights(real_counts, fake_counts)
        return _weighted_share(real, self._near.fake_in_ball, fake)


def _weighted_share(weights: np.ndarray, members: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Share (r,) of images of which at least one member was drawn.

    Args:
        weights: (r, n) of the images.
        members: (n, 32) indices of the other set, -1 for none.
        counts: (r, m) of the other set.
    """
    # Transposed, a member's resamples lie side by side; row -1 is the one that is never drawn.
    drawn = np.zeros((counts.shape[1] + 1, counts.shape[0]), bool)
    drawn[:-1] = counts.T > 0
    reached = np.zeros((len(members), counts.shape[0]), bool)
    for column in members.T:
        if (column < 0).all():
            break
        reached |= drawn[column]
    return (weights.T * reached).sum(0, dtype=np.float64) / weights.sum(1, dtype=np.float64)


def _squared_radii(features: np.ndarray, ks: tuple[int, ...]) -> list[np.ndarray]:
    """Squared distance (n,) to the k-th nearest other image, for each k.

    A hair is added, so that an image with k equal copies still lies in its own ball.
    """
    search = NearestNeighbors(n_neighbors=max(ks), algorithm="brute").fit(features)
    distances, _ = search.kneighbors()
    hair = 1e-12 * (features**2).sum(1).max()
    return [distances[:, k - 1] ** 2 + hair for k in ks]


def _squared_distances(features: np.ndarray, others: np.ndarray):
    """Yields squared distances (500, m) of some features to all others."""
    squares = (others**2).sum(1)
    for start in range(0, len(features), _ROWS):
        some = features[start : start + _ROWS]
        distances = some @ others.T
        distances *= -2
        distances += squares
        distances += (some**2).sum(1, keepdims=True)
        yield distances


def _members(inside: np.ndarray) -> np.ndarray:
    """Columns (rows, 32) of the first 32 true entries of each row, -1 where there are fewer."""
    rows, columns = np.nonzero(inside)
    starts = np.searchsorted(rows, np.arange(len(inside)))
    places = np.arange(len(rows)) - starts[rows]
    fitting = places < _MEMBERS
    members = np.full((len(inside), _MEMBERS), -1, np.int32)
    members[rows[fitting], places[fitting]] = columns[fitting]
    return members
