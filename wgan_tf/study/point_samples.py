"""A study's samples and advisers where both densities are known: points in a plane."""

import inspect

import numpy as np
import tensorflow as tf

from wgan_tf.machine.arithmetic import count
from wgan_tf.refine.guide import CriticGuide
from wgan_tf.refine.methods import METHODS
from wgan_tf.refine.ratio.fitting import fit_ratio
from wgan_tf.study.cells import CRITIC, FEATURES, ORACLE, SHUFFLED
from wgan_tf.study.experiments import Samples
from wgan_tf.study.oracle import Oracle

# Real points to fit ratios to; a ratio of one number needs fewer.
FITTED, RESCALED = 10_000, 2000
# Points that a method works on at once: a block of images would be far too few.
BLOCK = 10_000
_SLOPES = 90  # seed


class PointAdvisers:
    """Guides of a game of points by name, see `refine.guides.ADVISERS_OF_POINTS`; made when asked
    for.

    Args:
        model: a trained game of points.
        world: a `data.worlds.World`.
        seed: of everything that is drawn.
    """

    def __init__(self, model, world, seed: int = 0):
        self.model, self.world, self.seed = model, world, seed
        self._real = world.sample(FITTED, np.random.default_rng([seed, 91]))
        self._made = {}

    def __getitem__(self, name: str):
        """The guide of a name."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def facts(self, name: str) -> dict:
        """What is known of it, but for what would fill pages."""
        free = {"seconds": 0.0, "gflop": 0.0}
        facts = free | getattr(self[name], "facts", {})
        return {key: value for key, value in facts.items() if key != "reliability"}

    def gflop(self, name: str) -> float:
        """Of its value of one point; the oracle costs nothing that could be spent."""
        if name == ORACLE:
            return 0.0
        guide = self[name]
        return count(self.model.critic if name == CRITIC else guide.network).forward

    def _make(self, name: str):
        images = self._real.reshape(-1, 1, 1, 2)
        if name == CRITIC:
            return CriticGuide(self.model, images)
        if name == ORACLE:
            return Oracle(self.model, self.world, self._real, self.seed)
        spread = None
        if name == SHUFFLED:
            name = "fitted"
            spread = float(np.std(self[name].held_out[1]))
        if name == "rescaled":
            images = images[:RESCALED]
        return fit_ratio(
            self.model,
            images,
            features=FEATURES[name],
            seed=self.seed,
            spread_by_chance=spread,
        )


class PointSamples(Samples):
    """Samples of a game of points; steep values ask for small steps."""

    block = BLOCK

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._slopes = {}

    def settings_of(self, guide, parsed):
        """See `Samples`."""
        settled = []
        for name, settings in parsed:
            rate = rate_for(name, self._slope(guide)) if guide else None
            settled.append((name, settings if rate is None else {"rate": rate, **settings}))
        return settled

    def _slope(self, guide: str) -> float:
        if guide not in self._slopes:
            self._slopes[guide] = median_square_slope(self.model, self.advisers[guide])
        return self._slopes[guide]


def rate_for(name: str, slope: float) -> float | None:
    """A method's own rate, but for one that would be too long for steep values; None: it has none.

    A narrow mode of deviation s in z has slopes of 1 / s, and steps of more than 2 s^2 leave it:
    the rate is at most 1 / (median square slope). Scores have a scale of their own, so this also
    makes the guides' steps comparable.

    Args:
        name: a key of `METHODS`.
        slope: see `median_square_slope`.
    """
    rate = inspect.signature(METHODS[name]).parameters.get("rate")
    # Transport divides by the steepness itself.
    if rate is None or name == "transport":
        return None
    return min(rate.default, 1 / slope) if slope > 0 else rate.default


def median_square_slope(model, guide) -> float:
    """Of a guide's values by z: median square length of the gradient over 2,000 samples."""
    z = tf.constant(model.sample_z(2000, _SLOPES))
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(z)
        values = guide(model.generator(z, training=False))
    return float(np.median(tf.reduce_sum(tape.gradient(values, z) ** 2, 1)))
