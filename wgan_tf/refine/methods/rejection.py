"""Rejection sampling by the ratio, within an exact budget."""

import numpy as np
from scipy.special import expit

from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.method import Result
from wgan_tf.refine.methods.selector import Selector

_EPSILON = 1e-6


class Rejection(Selector):
    """Keeps as many of all candidates as there were starts, of each class as many as it had.

    Args:
        model, guide: see `Method`.
        rule: "obrs" accepts with the chance min(1, c * ratio), c so that the mean chance is
            1 / budget, and draws systematically: it keeps exactly as many as were asked for.
            "drs" accepts with the chance sigmoid(F), F = d - log(1 - exp(d - epsilon)) - gamma, d
            the log ratio minus the largest of all: what is accepted is what there is, and
            fewer or none may be kept.
        percentile: of F, which is gamma.

    Source: Verine et al. 2023, "Optimal Budgeted Rejection Sampling for Generative Models",
    theorem 2; Azadi et al. 2018, "Discriminator Rejection Sampling", section 3.2.
    """

    def __init__(self, model, guide, rule: str = "obrs", percentile: float = 95.0):
        super().__init__(model, guide)
        if rule not in ("obrs", "drs"):
            raise UsageError(f"rule {rule!r}: obrs or drs")
        self.rule, self.percentile = rule, percentile

    def chosen(self, z, pool, values, seed) -> Result:
        """See `Selector`."""
        budget, n = len(pool), len(z)
        rng = np.random.default_rng([seed, budget])
        classes = z[:, : self.model.one_hot].argmax(1) if self.model.one_hot else np.zeros(n, int)
        kept, accepted, gammas = [], 0.0, []
        for asked in np.unique(classes):
            rows = np.flatnonzero(classes == asked)
            origins = (np.arange(budget)[:, None] * n + rows).reshape(-1)
            log_ratios = values[:, rows].reshape(-1).astype(np.float64)
            if self.rule == "obrs":
                chance = budgeted_chances(log_ratios, 1 / budget)
                taken = systematic(chance, len(rows), rng)
            else:
                chance, gamma = drs_chances(log_ratios, self.percentile)
                taken = np.flatnonzero(rng.uniform(size=len(chance)) < chance)[: len(rows)]
                gammas.append(gamma)
            accepted += chance.sum() / len(values.reshape(-1))
            kept.append(origins[taken])
        origin = np.concatenate(kept)
        diagnostics = {"acceptance": accepted, "shortfall": n - len(origin)}
        if gammas:
            diagnostics["gamma"] = float(np.mean(gammas))
        return Result(pool.reshape(-1, z.shape[1])[origin], origin, budget, diagnostics)


def budgeted_chances(log_ratios: np.ndarray, mean: float) -> np.ndarray:
    """min(1, c * ratio), c so that their mean is as given, by bisection in log c."""
    # With the first the largest is the mean, with the last all are 1.
    low, high = np.log(mean) - log_ratios.max(), -log_ratios.min()
    for _ in range(100):
        middle = (low + high) / 2
        if np.exp(np.minimum(0, log_ratios + middle)).mean() < mean:
            low = middle
        else:
            high = middle
    return np.exp(np.minimum(0, log_ratios + high))


def drs_chances(log_ratios: np.ndarray, percentile: float) -> tuple[np.ndarray, float]:
    """The chances of `Rejection`'s "drs", and gamma."""
    d = log_ratios - log_ratios.max()
    raw = d - np.log1p(-np.exp(d - _EPSILON))
    gamma = float(np.percentile(raw, percentile))
    return expit(raw - gamma), gamma


def systematic(chances: np.ndarray, count: int, rng) -> np.ndarray:
    """Draws exactly `count` rows, each with its chance; these sum to `count`.

    Source: Madow 1949: one uniform number, then equal steps along the sums of the shuffled chances.
    """
    order = rng.permutation(len(chances))
    ends = np.cumsum(chances[order])
    ends *= count / ends[-1]
    places = (np.arange(count) + rng.uniform()) * (1 - 1e-12)
    return np.sort(order[np.searchsorted(ends, places, side="right")])
