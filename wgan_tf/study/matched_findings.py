"""What the curves of trainings with and without matched mini-batches say at equal budgets."""

import numpy as np

from wgan_tf.metrics import METRICS
from wgan_tf.study.spread import mean_interval

# What a training may use up, by the names in a curve, and what to call them.
BUDGETS = {
    "critic_updates": "critic updates",
    "images": "generated images",
    "seconds": "seconds of training",
}
# What the answer rests on: realism by the judge's features, and how different samples are.
RESTS_ON = ("frechet", "coverage", "precision", "variety")


def with_budgets(measurements: list[dict], n_critic: int, images: int) -> list[dict]:
    """Measurements of a training (see `callbacks.measurements`) with all that was used until each.

    Args:
        measurements: by iteration, rising.
        n_critic: critic updates per iteration; as many batches of real images.
        images: drawn per iteration.
    """
    return [
        {
            **measurement,
            "critic_updates": measurement["iteration"] * n_critic,
            "images": measurement["iteration"] * images,
        }
        for measurement in measurements
    ]


def value_at(curve: list[dict], budget: str, amount: float, metric: str) -> float:
    """A metric when an amount of a budget was used up, between two measurements on a line.

    Args:
        curve: of `with_budgets`.
        budget: a key of `BUDGETS`.
        amount: within those of the curve.
        metric: one that was measured.
    """
    used = [measurement[budget] for measurement in curve]
    return float(np.interp(amount, used, [measurement["metrics"][metric] for measurement in curve]))


def findings_by_budget(pairs: list[dict]) -> dict:
    """By budget and metric the values with and without, training by training, and what they say.

    Budgets are compared where the shorter of both trainings ends.

    Args:
        pairs: {"seed", "with": curve, "without": curve} of every seed.

    Returns:
        By budget {"amount" (mean over the seeds), "metrics": by name {"title", "better", "with",
        "without", "difference" (with minus without), all (seeds,), "mean", "low", "high" (ends of
        the mean difference's 95 % interval by the spread between trainings, Student's t; None of
        one), "verdict"}}. The verdict is "better" or "worse" where the difference lies on that
        side in every training, else "unclear"; of a metric that has no better side "higher" or
        "lower".
    """
    result = {}
    for budget in BUDGETS:
        amounts = [min(pair[name][-1][budget] for name in ("with", "without")) for pair in pairs]
        result[budget] = {
            "amount": float(np.mean(amounts)),
            "metrics": {
                metric: _compared(pairs, budget, amounts, metric)
                for metric in RESTS_ON
                if all(metric in measurement["metrics"] for p in pairs for measurement in p["with"])
            },
        }
    return result


def _compared(pairs: list[dict], budget: str, amounts: list[float], metric: str) -> dict:
    ours, theirs = (
        np.array(
            [value_at(p[name], budget, a, metric) for p, a in zip(pairs, amounts, strict=True)]
        )
        for name in ("with", "without")
    )
    difference = ours - theirs
    mean, low, high = mean_interval(difference)
    return {
        "title": METRICS[metric].title,
        "better": METRICS[metric].better,
        "with": ours,
        "without": theirs,
        "difference": difference,
        "mean": mean,
        "low": low,
        "high": high,
        "verdict": _verdict(difference, METRICS[metric].better),
    }


def _verdict(difference: np.ndarray, side: str | None) -> str:
    if not ((difference > 0).all() or (difference < 0).all()):
        return "unclear"
    higher = bool(difference[0] > 0)
    if side is None:
        return "higher" if higher else "lower"
    return "better" if higher == (side == "higher") else "worse"


def matched_in_words(findings: dict, steps: int, reference: dict[str, float]) -> str:
    """The findings as Markdown: one table, and the answer in words.

    Args:
        findings: of `findings_by_budget`.
        steps: on z, for every real image.
        reference: metrics of real images against others.
    """
    lines = [
        f"# Matched mini-batches, {steps} steps for every real image",
        "",
        "| budget | metric | without | with | difference (95 % interval) | in every training |",
        "|---|---|---:|---:|---:|---|",
    ]
    for budget, at in findings.items():
        for name, row in at["metrics"].items():
            interval = "" if row["low"] is None else f" ({row['low']:+.3g} to {row['high']:+.3g})"
            real = f"real {reference[name]:.3g}".replace("real nan", "real: too few")
            lines.append(
                f"| {at['amount']:,.0f} {BUDGETS[budget]} | {row['title']} ({real}) "
                f"| {np.mean(row['without']):.3g} | {np.mean(row['with']):.3g} "
                f"| {row['mean']:+.3g}{interval} | {row['verdict']} |"
            )
    return "\n".join([*lines, "", *_sentences(findings)]) + "\n"


def _sentences(findings: dict) -> list[str]:
    said = {"better": "helps", "worse": "does harm", "unclear": "cannot be told from chance"}
    sentences = []
    for budget, at in findings.items():
        row = at["metrics"]["frechet"]
        count = len(row["with"])
        sentences.append(
            f"At equal {BUDGETS[budget]} matching {said[row['verdict']]} by the Frechet distance: "
            f"{np.mean(row['without']):.3g} without, {np.mean(row['with']):.3g} with, means of "
            f"{count} training{'s' * (count > 1)}."
        )
    return sentences
