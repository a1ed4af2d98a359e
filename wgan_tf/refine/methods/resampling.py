"""Sampling importance resampling: one of several samples, in proportion to the ratio."""

import numpy as np

from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.selector import Selector
from wgan_tf.refine.ratio.diagnostics import effective_share


class Resampling(Selector):
    """Takes one of the candidates with a chance in proportion to its ratio.

    Args:
        model, guide: see `Method`.
        pool: candidates that are compared at a time, the one taken before among them (i-SIR, whose
            chain has the right law in the limit for any number); None: all at once (SIR).

    Source: Rubin 1987 (SIR); Andrieu, Doucet and Holenstein 2010, Tjelmeland 2004 (i-SIR).
    """

    def __init__(self, model, guide, pool: int | None = None):
        super().__init__(model, guide)
        if pool is not None and pool < 2:
            raise UsageError(f"a pool of {pool}: it must be at least 2")
        self.pool = pool

    def choose(self, values, rng):
        """See `Selector`."""
        # The largest of values and Gumbel noise is drawn in proportion to their exponentials.
        rows, count = np.arange(len(values)), values.shape[1]
        size = min(self.pool or count, count)
        taken, changed, times = np.zeros(len(values), int), 0.0, 0
        for first in range(1, count, max(1, size - 1)):
            fresh = np.arange(first, min(first + size - 1, count))
            columns = np.concatenate([taken[:, None], np.tile(fresh, (len(values), 1))], 1)
            noise = rng.gumbel(size=columns.shape)
            best = (np.take_along_axis(values, columns, 1) + noise).argmax(1)
            changed, times = changed + (best > 0).mean(), times + 1
            taken = columns[rows, best]
        shares = [effective_share(row) for row in values]
        return taken, {
            "acceptance": changed / max(1, times),
            "effective_share": float(np.mean(shares)),
        }
