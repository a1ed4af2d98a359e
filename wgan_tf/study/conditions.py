"""What was done to samples, and what all trainings of one game and stage say of it.

A condition is an adviser ("guide"), a method and a budget of evaluations. A difference is (after -
before) on the same z's; of both headline metrics less is better.
"""

from collections.abc import Sequence

import numpy as np

from wgan_tf.study.cells import (
    MORE_TRAINING,
    ORACLE,
    RANDOM,
    RANDOM_PIXELS,
    SHUFFLED,
    UNREFINED,
)
from wgan_tf.study.holm import holm, p_of_mean
from wgan_tf.study.spread import mean_interval

Key = tuple[str, str, int]  # guide, method, budget

# Methods and guides that know nothing of what is real.
CONTROLS = (RANDOM, RANDOM_PIXELS, SHUFFLED)
GUIDES = {
    "": "no adviser",
    "critic": "the critic's score",
    "rescaled": "a logistic regression on the critic's score",
    "critic_features": "a ratio in the critic's features",
    "self": "a ratio in features learnt from images alone",
    "labels": "a ratio in features that learnt labels",
    "fitted": "a ratio learnt from the points as they are",
    "oracle": "the true ratio",
    "shuffled": "a ratio taught at random which image is real",
}
BETTER, WORSE, DISAGREE, UNCLEAR = "better", "worse", "judges disagree", "unclear"
# What is called sure; a smaller change than this share of the distance before counts as none.
LEVEL, NOTHING = 0.05, 0.01


def key_of(row: dict) -> Key:
    """By what a row of a model, or a condition, is named."""
    return row["guide"], row["method"], row["budget"]


def name_of(guide: str, method: str, budget: int) -> str:
    """A condition in a few words: "gradient by labels at 20"."""
    if method == UNREFINED:
        return UNREFINED
    return f"{method.replace('_', ' ')}{_by(guide)} at {budget}"


def _by(guide: str) -> str:
    return f" by {guide.replace('_', ' ')}" if guide else ""


def is_control(row: dict) -> bool:
    """Whether a row or condition is there to show what comes of knowing nothing."""
    return row["method"] in CONTROLS or row["guide"] in CONTROLS


def is_refinement(row: dict) -> bool:
    """Whether a row or condition is a way to refine samples that a user has."""
    others = (UNREFINED, MORE_TRAINING)
    return not is_control(row) and row["guide"] != ORACLE and row["method"] not in others


def shared_rows(models: Sequence[dict], main: str) -> dict[Key, list[dict]]:
    """Rows of the conditions that every model has been measured under.

    Args:
        models: of `study.json`, all of one game and stage.
        main: the metric that a row cannot be without.

    Returns:
        By condition one row of each model, in the models' order.
    """
    tables = [
        {key_of(row): row for row in model["rows"] if _measured(row, main)} for model in models
    ]
    return {
        key: [table[key] for table in tables]
        for key in tables[0]
        if all(key in table for table in tables)
    }


def _measured(row: dict, main: str) -> bool:
    entry = (row.get("metrics") or {}).get(main) or {}
    needed = "value" if row["method"] == UNREFINED else "difference"
    return not row.get("failed") and entry.get(needed) is not None


def conditions_of(rows: dict[Key, list[dict]], main: str, foreign: str) -> list[dict]:
    """All conditions with means, intervals and verdicts.

    Args:
        rows: of `shared_rows`.
        main, foreign: names of the metric that decides and of the one that must agree.

    Returns:
        One dict a condition: "guide", "method", "budget", "name"; "main" and "foreign" {"mean",
        "low", "high" (Student's 95 % interval over trainings, None of one), "each", "p"} of the
        difference, "main" with "p_holm", "foreign" None where it is missing; "verdict"; means
        "evaluations", "seconds", "gflop", "duplicates" (None where missing),
        "gflop_with_fitting" by samples, "values" by metric.
    """
    conditions = [_condition(key, group, main, foreign) for key, group in rows.items()]
    for budget in {condition["budget"] for condition in conditions}:
        asked = [c for c in conditions if c["budget"] == budget and _is_asked(c)]
        adjusted = holm([c["main"]["p"] for c in asked])
        for condition, p_holm in zip(asked, adjusted, strict=True):
            condition["main"]["p_holm"] = p_holm
    before = before_of(rows, main)
    for condition in conditions:
        single = rows[key_of(condition)][0]["metrics"][main]
        condition["verdict"] = verdict(condition["main"], condition["foreign"], before, single)
    return conditions


def _is_asked(condition: dict) -> bool:
    """Whether a condition is one of the many questions that Holm's correction counts."""
    hopeful = not is_control(condition) and condition["method"] != UNREFINED
    return hopeful and condition["main"]["p"] is not None


def before_of(rows: dict[Key, list[dict]], metric: str) -> float | None:
    """Mean of a metric over trainings where nothing was done; None where it is missing."""
    values = [_number(row, metric, "value") for row in rows.get(("", UNREFINED, 0), [])]
    return float(np.mean(values)) if values and None not in values else None


def _condition(key: Key, rows: list[dict], main: str, foreign: str) -> dict:
    guide, method, budget = key
    names = [name for name in rows[0]["metrics"] if _all_numbers(rows, name)]
    counts = rows[0].get("gflop_with_fitting") or {}
    return {
        "guide": guide,
        "method": method,
        "budget": budget,
        "name": name_of(*key),
        "main": _over_trainings(rows, main) | {"p_holm": None},
        "foreign": _over_trainings(rows, foreign),
        **{field: _mean(rows, field) for field in ("evaluations", "seconds", "gflop")},
        "gflop_with_fitting": {
            count: _mean([row.get("gflop_with_fitting") or {} for row in rows], count)
            for count in counts
        },
        "duplicates": _mean(rows, "duplicates"),
        "values": {
            name: float(np.mean([_number(row, name, "value") for row in rows])) for name in names
        },
    }


def _over_trainings(rows: list[dict], metric: str) -> dict | None:
    each = [_number(row, metric, "difference") for row in rows]
    if rows[0]["method"] == UNREFINED:
        each = [0.0] * len(rows)
    if None in each:
        return None
    mean, low, high = mean_interval(np.array(each))
    p = p_of_mean(each)
    return {"mean": mean, "low": low, "high": high, "each": [float(x) for x in each], "p": p}


def _number(row: dict, metric: str, field: str) -> float | None:
    return ((row.get("metrics") or {}).get(metric) or {}).get(field)


def _all_numbers(rows: list[dict], metric: str) -> bool:
    return all(_number(row, metric, "value") is not None for row in rows)


def _mean(rows: list[dict], field: str) -> float | None:
    values = [row.get(field) for row in rows]
    return None if None in values else float(np.mean(values))


def verdict(main: dict, foreign: dict | None, before: float | None, single: dict) -> str:
    """What the trainings say of a condition.

    Args:
        main: {"mean", "p", "p_holm"} of the difference; p_holm is None for what is not corrected.
        foreign: {"mean"} of the other metric's difference, None where there is none.
        before: the distance where nothing was done.
        single: {"low", "high"}, the bootstrap's interval within a training; it decides where
            there is only one, whose p is None.

    Returns:
        "better" or "worse" where chance is excluded, the foreign metric has the same sign and the
        change is more than `NOTHING`; "judges disagree" where only that sign differs; "unclear".
    """
    if main["p"] is None:
        low, high = single.get("low"), single.get("high")
        sure = low is not None and high is not None and low * high > 0
    else:
        sure = (main["p"] if main["p_holm"] is None else main["p_holm"]) < LEVEL
    if not sure or foreign is None or not main["mean"]:
        return UNCLEAR
    if np.sign(main["mean"]) != np.sign(foreign["mean"]):
        return DISAGREE
    if before is not None and abs(main["mean"]) <= NOTHING * before:
        return UNCLEAR
    return BETTER if main["mean"] < 0 else WORSE


def chosen_by_others(table: np.ndarray) -> float | None:
    """What the best of many conditions reaches, without the luck of having been chosen.

    Args:
        table: (trainings, conditions), differences of which less is better.

    Returns:
        The mean where each training is measured under the condition that is best for the others;
        None of one training.
    """
    table = np.asarray(table, float)
    if len(table) < 2:
        return None
    others = [np.delete(table, i, 0).mean(0).argmin() for i in range(len(table))]
    return float(np.mean([table[i, j] for i, j in enumerate(others)]))


def paired(one: dict, other: dict) -> dict:
    """A condition's main difference less another's, training by training.

    Returns:
        {"mean", "low", "high" (Student's 95 % interval), "p"}; all but the mean None of one.
    """
    each = np.subtract(one["main"]["each"], other["main"]["each"])
    mean, low, high = mean_interval(each)
    return {"mean": mean, "low": low, "high": high, "p": p_of_mean(each)}


def tied_with(best: dict, others: Sequence[dict]) -> list[dict]:
    """Those of other conditions that cannot be told from the best one, after Holm's correction.

    All of them where there is one training, as nothing can then be told from it.
    """
    p_values = [paired(other, best)["p"] for other in others]
    if not others or p_values[0] is None:
        return list(others)
    pairs = zip(others, holm(p_values), strict=True)
    return [other for other, p in pairs if p >= LEVEL]
