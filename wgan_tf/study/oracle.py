"""The true log density ratio of a world whose density is known, and of a generator of points."""

import numpy as np
import tensorflow as tf
from scipy.ndimage import gaussian_filter
from scipy.special import ndtri

from wgan_tf.networks.inference import compiled, tensor_in_batches
from wgan_tf.refine.ratio.diagnostics import diagnose

# The square in which the generator's density is tabulated, and its cells: 0.0043 wide.
REACH, CELLS = 2.2, 1024
# Latents on a square grid of equal chances, each anywhere in its cell.
_SIDE = 1400
_FRESH = 300_000  # samples that the table is checked by
# Deviations in cells of what counts are smoothed by, and after how many samples in its reach a
# finer one is believed as much as the coarser one.
_SMOOTHING, _BELIEVED = (64, 32, 16, 8, 4, 2, 1), 20
# What is spread wide of both densities, and how wide: the log ratio stays finite, its slope too.
_SPREAD, _WIDE = 1e-3, 1.0


class Oracle:
    """log p(real) / p(generated) of points as images (n, 1, 1, 2), differentiable.

    Of both densities one part in 1,000 is a wide Gaussian, so that far from all points the ratio
    is 1. The world's is exact. The generator's is a histogram of two million samples, smoothed the
    less the more samples there are, and interpolated linearly.

    Attributes:
        name: "oracle".
        level: the median log ratio of real points.
        table: log density of the generator at the middles of cells, (CELLS, CELLS), y first.
        facts: see `refine.ratio.diagnostics.diagnose`; its `mean_ratio` over fresh samples is,
            within `mean_ratio_error`, `mean_ratio_of_table` if the table is right: the share of the
            world that the generator reaches.

    Args:
        model: a trained game of points whose z has two values with a normal prior.
        world: a `data.worlds.World`.
        real: points (n, 2) of it.
        seed: of the latents.
    """

    name = "oracle"

    def __init__(self, model, world, real: np.ndarray, seed: int = 0):
        self.world = world
        self._centres = tf.constant(world.centres)
        density = generator_density(model, seed)
        middles = cell_middles()
        self.table = np.log((1 - _SPREAD) * density + _SPREAD * np.exp(_wide(middles)))
        self._table = tf.constant(self.table.reshape(-1), tf.float32)
        self._of_points = tf.function(
            self.__call__, [tf.TensorSpec((None, 2), tf.float32)], autograph=False
        )
        ratios = np.exp(self.of_points(middles.reshape(-1, 2))).reshape(density.shape)
        fresh = np.asarray(model.generate(model.sample_z(_FRESH, seed + 87), 10_000))
        figures = diagnose(self.of_points(real), self.of_points(fresh.reshape(-1, 2)))
        self.level = figures["real_median"]
        self.facts = {
            **figures,
            # Few samples carry most of the weight where few are good.
            "mean_ratio_error": float((figures["effective_share"] * _FRESH) ** -0.5),
            "mean_ratio_of_table": float((density * ratios).sum() * _cell() ** 2),
        }

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        """Log ratios (n,) of images (n, 1, 1, 2), through which a gradient goes."""
        points = tf.reshape(images, (-1, 2))
        return self._log_real(points) - self._log_generated(points)

    def of_points(self, points: np.ndarray) -> np.ndarray:
        """Log ratios (n,) of points (n, 2)."""
        return tensor_in_batches(self._of_points, np.float32(points), batch_size=8192).numpy()

    def _log_real(self, points):
        world = self.world
        # Not by the expanded square, whose differences float32 would lose.
        far = tf.reduce_sum(tf.square(points[:, None] - self._centres), 2) / (2 * world.sigma**2)
        area = 2 * np.pi * world.sigma**2 * len(world.centres)
        exact = tf.reduce_logsumexp(-far, 1) + np.float32(np.log((1 - _SPREAD) / area))
        wide = _wide(points) + np.float32(np.log(_SPREAD))
        return tf.reduce_logsumexp(tf.stack([exact, wide]), 0)

    def _log_generated(self, points):
        """The table between the middles of its cells; beyond its edge the wide part alone."""
        place = (points + REACH) / _cell() - 0.5
        place = tf.clip_by_value(place, 0.0, CELLS - 1.001)
        first = tf.floor(tf.stop_gradient(place))
        share, first = place - first, tf.cast(first, tf.int32)
        corner = first[:, 1] * CELLS + first[:, 0]
        low = self._between(corner, share[:, 0])
        high = self._between(corner + CELLS, share[:, 0])
        inside = low + share[:, 1] * (high - low)
        beyond = tf.reduce_max(tf.abs(points), 1) > REACH - _cell()
        return tf.where(beyond, _wide(points) + np.float32(np.log(_SPREAD)), inside)

    def _between(self, left, share):
        value = tf.gather(self._table, left)
        return value + share * (tf.gather(self._table, left + 1) - value)


def generator_density(model, seed: int = 0) -> np.ndarray:
    """Density of a generator of points at the middles of cells, (CELLS, CELLS), y first.

    Args:
        model: see `Oracle`.
        seed: of the latents.
    """
    rng = np.random.default_rng([seed, 88])
    steps = np.stack(np.meshgrid(np.arange(_SIDE), np.arange(_SIDE)), -1).reshape(-1, 2)
    z = ndtri((steps + rng.uniform(size=steps.shape)) / _SIDE).astype(np.float32)
    run = compiled(model.generator)
    points = tensor_in_batches(run, z, batch_size=32_768, title="density of the generator")
    cells = np.floor((points.numpy().reshape(-1, 2) + REACH) / _cell()).astype(int)
    cells = cells[((cells >= 0) & (cells < CELLS)).all(1)]
    counts = np.bincount(cells[:, 1] * CELLS + cells[:, 0], minlength=CELLS**2)
    counts = counts.reshape(CELLS, CELLS).astype(np.float32)
    density = None
    for deviation in _SMOOTHING:
        smooth = gaussian_filter(counts, deviation, mode="constant", truncate=4)
        within = 4 * np.pi * deviation**2 * smooth  # samples that such a mean is made of
        if density is None:
            density = smooth
        else:
            density = (within * smooth + _BELIEVED * density) / (within + _BELIEVED)
    return density / density.sum() * (len(cells) / len(z)) / _cell() ** 2


def cell_middles() -> np.ndarray:
    """Points in the middles of all cells, (CELLS, CELLS, 2), y first."""
    line = (np.arange(CELLS) + 0.5) * _cell() - REACH
    return np.stack(np.meshgrid(line, line), -1)


def _cell() -> float:
    return 2 * REACH / CELLS


def _wide(points):
    """Log density of the wide Gaussian at points (..., 2), of arrays or tensors."""
    square = (points[..., 0] ** 2 + points[..., 1] ** 2) / (2 * _WIDE**2)
    return -square - float(np.log(2 * np.pi * _WIDE**2))
