"""A chain of proposals from the generator, accepted by their ratios."""

import numpy as np

from wgan_tf.refine.methods.selector import Selector


class MetropolisHastings(Selector):
    """From its start on, each chain goes to the next candidate with the chance min(1, r' / r).

    A rejected state is repeated. Chains begin at a sample, not at a real image's score: from there
    many would never move.

    Source: Turner et al. 2018, "Metropolis-Hastings Generative Adversarial Networks", algorithm 1.
    """

    def choose(self, values, rng):
        """See `Selector`."""
        taken, rows, accepted = np.zeros(len(values), int), np.arange(len(values)), 0.0
        for column in range(1, values.shape[1]):
            chance = values[:, column] - values[rows, taken]
            moves = np.log(rng.uniform(size=len(values))) < chance
            taken = np.where(moves, column, taken)
            accepted += moves.mean()
        return taken, {"acceptance": accepted / max(1, values.shape[1] - 1)}
