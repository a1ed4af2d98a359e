"""What selectors share: candidates for every start, drawn once, and the guide's values of them."""

import time

import numpy as np

from wgan_tf.errors import UserError
from wgan_tf.networks.seeds import seed_of
from wgan_tf.refine.methods.method import Method, Result


class Selector(Method):
    """Chooses among candidates: of each start itself and `budget - 1` others of its class.

    A sub-class has `choose`.
    """

    def choose(self, values: np.ndarray, rng) -> tuple[np.ndarray, dict]:
        """Which candidate of each start is taken.

        Args:
            values: of the guide, (n, budget); the first column is the starts'.
            rng: a `numpy.random.Generator`.

        Returns:
            Columns (n,) and diagnostics.
        """
        raise NotImplementedError

    def refined(self, z, budget, seed, on_record) -> Result:
        """See `Method`."""
        return self.chosen(z, *self.candidates(z, budget, seed, on_record), seed)

    def each(self, z, budgets, seed, on_record):
        """See `Method`: the candidates of a smaller budget are the first of a larger one's."""
        began = time.perf_counter()
        pool, values = self.candidates(z, budgets[-1], seed, on_record)
        drawing = time.perf_counter() - began
        for budget in budgets:
            began = time.perf_counter()
            result = self.chosen(z, pool[:budget], values[:budget], seed)
            yield result, time.perf_counter() - began + drawing * budget / budgets[-1]

    def chosen(self, z, pool, values, seed) -> Result:
        """The result of a choice among candidates, arguments as `candidates` returns them."""
        budget = len(pool)
        columns, diagnostics = self.choose(values.T, np.random.default_rng([seed, budget]))
        origin = columns * len(z) + np.arange(len(z))
        return Result(pool.reshape(-1, z.shape[1])[origin], origin, budget, diagnostics)

    def candidates(self, z, budget, seed, on_record) -> tuple[np.ndarray, np.ndarray]:
        """Latents (budget, n, z_dim), the first row the starts, and the guide's values of them."""
        # Not the next seed: the starts of a call with that one would be among them.
        stream = seed_of(seed, "candidates") % 2**31
        drawn = np.asarray(self.model.sample_z((budget - 1) * len(z), stream))
        asked = np.tile(z, (budget - 1, 1))
        others = np.asarray(self.model.within_prior(drawn, asked)) if budget > 1 else drawn
        pool = np.concatenate([z, others]).reshape(budget, *z.shape)
        values = np.empty(pool.shape[:2], np.float32)
        for row in range(budget):
            values[row] = self.values(pool[row])
            on_record((row + 1) * len(z) // budget, float(values[: row + 1].mean()))
        if not np.isfinite(values).all():
            raise UserError("the guide's values are no numbers for some candidates")
        return pool, values
