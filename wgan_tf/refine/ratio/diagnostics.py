"""What a log density ratio is worth: measured on images that it did not learn from."""

import numpy as np
from scipy.special import expit, logsumexp
from scipy.stats import rankdata

CHANCE = float(np.log(2))
# Share of samples that lie where real images are, below which choosing among them is in vain.
FEWEST_OVERLAP = 0.01
# Real images with a lower ratio are not taken for where real images are.
_TAIL = 0.05
_BINS = 10
_ROUNDING = 1e-9


def mean_ratio(generated: np.ndarray) -> float:
    """Mean of the density ratio over samples; 1 of a ratio that is calibrated.

    Args:
        generated: log ratios (n,) of samples.
    """
    return float(np.exp(logsumexp(generated) - np.log(len(generated))))


def effective_share(log_weights: np.ndarray) -> float:
    """The effective sample size of weights, as a share of their number: 1 where all are equal.

    Args:
        log_weights: (n,).

    Source: Kish 1965, (sum w)^2 / sum w^2.
    """
    w = np.exp(log_weights - np.max(log_weights))
    return float(w.sum() ** 2 / (len(w) * np.square(w).sum()))


def auc(real: np.ndarray, generated: np.ndarray) -> float:
    """The chance that a real image has a higher ratio than a sample, ties for half."""
    ranks = rankdata(np.concatenate([real, generated]))[: len(real)]
    pairs = len(real) * len(generated)
    return float((ranks.sum() - len(real) * (len(real) + 1) / 2) / pairs)


def reliability(real: np.ndarray, generated: np.ndarray) -> list[dict]:
    """Of images that are told to be real with about the same chance, how many are.

    Both kinds count as much as if there were as many of each.

    Returns:
        By tenths of the stated chance that has any image: `stated`, `observed` and `share` of all.
    """
    stated = expit(np.concatenate([real, generated]))
    weight = np.repeat([0.5 / len(real), 0.5 / len(generated)], [len(real), len(generated)])
    is_real = np.arange(len(stated)) < len(real)
    place = np.minimum((stated * _BINS).astype(int), _BINS - 1)
    share, told, right = (
        np.bincount(place, weight * values, _BINS) for values in (1.0, stated, is_real)
    )
    return [
        {"stated": told[i] / share[i], "observed": right[i] / share[i], "share": share[i]}
        for i in np.flatnonzero(share)
    ]


def diagnose(real: np.ndarray, generated: np.ndarray) -> dict:
    """How well log ratios tell held-out real images from fresh samples.

    Args:
        real, generated: log ratios (n,), (m,).

    Returns:
        `auc`; `log_loss` in nats, of even odds, its `log_loss_error` and what chance has
        (`log_loss_chance`); `mean_ratio` over samples and its `mean_ratio_error`;
        `effective_share` of the samples as if weighted by the ratio; `overlap`, the share of
        samples above all but 5 % of real images; `real_median`; `reliability`.
    """
    losses = np.logaddexp(0, -real), np.logaddexp(0, generated)
    error = np.sqrt(sum(np.var(loss) / len(loss) for loss in losses)) / 2
    return {
        "real_images": len(real),
        "generated_images": len(generated),
        "auc": auc(real, generated),
        "log_loss": float(sum(loss.mean() for loss in losses) / 2),
        "log_loss_error": float(error),
        "log_loss_chance": CHANCE,
        "mean_ratio": mean_ratio(generated),
        "mean_ratio_error": float(np.exp(generated).std() / np.sqrt(len(generated))),
        "effective_share": effective_share(generated),
        "overlap": float(np.mean(generated > np.quantile(real, _TAIL))),
        "real_median": float(np.median(real)),
        "reliability": reliability(real, generated),
    }


def gate(facts: dict) -> str | None:
    """Why little is to be gained by following a ratio, in one line; None where it may help.

    Args:
        facts: what `diagnose` returns.
    """
    if facts["log_loss"] + 2 * facts["log_loss_error"] > facts["log_loss_chance"] - _ROUNDING:
        return (
            f"the ratio tells held-out images no better than chance (log loss "
            f"{facts['log_loss']:.3f}, chance {facts['log_loss_chance']:.3f}): in these features "
            "there is nothing to gain"
        )
    if facts["overlap"] < FEWEST_OVERLAP:
        return (
            f"only {facts['overlap']:.1%} of the samples lie where real images are: choosing among "
            "them gains little, the ratio is rough between both kinds; take small steps"
        )
    return None
