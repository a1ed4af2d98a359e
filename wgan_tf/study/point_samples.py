"""A study's samples and advisers where both densities are known: points in a plane."""

import numpy as np

from wgan_tf.machine.arithmetic import count
from wgan_tf.refine.guide import CriticGuide
from wgan_tf.refine.ratio.fitting import fit_ratio
from wgan_tf.study.cells import CRITIC, FEATURES, ORACLE, SHUFFLED
from wgan_tf.study.experiments import Samples
from wgan_tf.study.known_world import (
    BLOCK,
    FITTED,
    RESCALED,
    median_square_slope,
    rate_for,
)
from wgan_tf.study.oracle import Oracle


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

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._slopes = {}
