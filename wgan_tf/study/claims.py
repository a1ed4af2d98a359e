"""The original's five claims, each asked of every adviser."""

import numpy as np

from wgan_tf.study.conditions import (
    BETTER,
    LEVEL,
    UNREFINED,
    WORSE,
    Key,
    chosen_by_others,
    paired,
)

# Changes that cannot be seen on a screen; the share of the gain that chance may reach.
INVISIBLE_DB, BY_CHANCE = 35.0, 0.1
# What the fewest steps change at most where they do nothing, as a share of the distance before.
TOO_FEW = 0.02


def claims_of(rows: dict[Key, list[dict]], conditions: list[dict], before: float | None) -> dict:
    """What becomes of the claims.

    Args:
        rows: of `conditions.shared_rows`.
        conditions: of `conditions.conditions_of`, of the same.
        before: the distance where nothing was done.

    Returns:
        "critic_fooled", "pixels_do_not_help", "z_helps", "low_scores_gain_most",
        "too_few_too_many": each a list of {"guide", "holds": None where it cannot be said, and
        the numbers behind it}.
    """
    pixels, z = _by_guide(conditions, "pixels"), _by_guide(conditions, "gradient")
    fooled = critic_fooled(rows, [c["budget"] for c in pixels.get("critic", [])])
    return {
        "critic_fooled": [fooled] if "critic" in pixels else [],
        "pixels_do_not_help": [_pixels(guide, group) for guide, group in pixels.items()],
        "z_helps": [_z(guide, group) for guide, group in z.items()],
        "low_scores_gain_most": [low_scores_gain_most(rows, guide, z[guide]) for guide in z],
        "too_few_too_many": [too_few_too_many(guide, group, before) for guide, group in z.items()],
    }


def _by_guide(conditions: list[dict], method: str) -> dict[str, list[dict]]:
    groups: dict[str, list[dict]] = {}
    for condition in sorted(conditions, key=lambda c: c["budget"]):
        if condition["method"] == method:
            groups.setdefault(condition["guide"], []).append(condition)
    return groups


def _best(group: list[dict]) -> dict:
    return min(group, key=lambda condition: condition["main"]["mean"])


def critic_fooled(rows: dict[Key, list[dict]], budgets: list[int]) -> dict:
    """Claim 1: pixel changes that cannot be seen raise the score to that of real images, and by
    at least the spread of the samples' own scores; random changes of the same length do not.

    Args:
        rows: of `conditions.shared_rows`.
        budgets: of pixels tuned by the critic, rising.

    Returns:
        Beside "guide" and "holds" the first "budget" at which it holds, or else that at which
        most trainings get there, and "trainings": {"goal", "score", "psnr_db", "score_gain",
        "class_changed", "score_gain_by_chance" (None without a control), "reached"}.
    """
    tried = []
    for budget in budgets:
        tuned = rows["critic", "pixels", budget]
        controls = rows.get(("critic", "random_pixels", budget), [{}] * len(tuned))
        starts = rows.get(("", UNREFINED, 0), [])
        if any(row.get("score") is None for row in [*starts, *tuned]) or not starts:
            continue
        trainings = [_fooled(*each) for each in zip(starts, tuned, controls, strict=True)]
        verdicts = [one["fooled"] for one in trainings]
        holds = False if False in verdicts else None if None in verdicts else True
        tried.append({"holds": holds, "budget": budget, "trainings": trainings})
    if not tried:
        return {"guide": "critic", "holds": None}
    # True before None before False: what cannot be said is not found, but not excluded either.
    rank = {True: 0, None: 1, False: 2}

    def order(one: dict) -> tuple:
        return rank[one["holds"]], -sum(training["reached"] for training in one["trainings"])

    return {"guide": "critic"} | min(tried, key=order)


def _fooled(start: dict, tuned: dict, control: dict) -> dict:
    """One training: "reached" with changes that cannot be seen, "fooled" where chance does not."""
    goal = max(start["real_score"], start["score"] + start["score_spread"])
    psnr, gain, by_chance = (
        tuned.get("psnr_db"),
        tuned["score_gain"],
        control.get("score_gain"),
    )
    # Without a finite PSNR most images did not move: such a score was there from the start.
    reached = tuned["score"] >= goal and psnr is not None and psnr >= INVISIBLE_DB
    known = None if by_chance is None else by_chance <= BY_CHANCE * gain
    return {
        "goal": goal,
        "score": tuned["score"],
        "psnr_db": psnr,
        "score_gain": gain,
        "class_changed": tuned.get("class_changed"),
        "score_gain_by_chance": by_chance,
        "reached": reached,
        "fooled": reached and known,
    }


def _pixels(guide: str, group: list[dict]) -> dict:
    """Claim 2: pixel tuning does not make images better."""
    counts = _counts(group)
    return {"guide": guide, "holds": not counts[BETTER], **counts, **_numbers(_best(group))}


def _z(guide: str, group: list[dict]) -> dict:
    """Claim 3: z tuning makes images better, with what it does where others choose the budget."""
    counts = _counts(group)
    better = [condition for condition in group if condition["verdict"] == BETTER]
    table = np.transpose([condition["main"]["each"] for condition in group])
    fair = chosen_by_others(table) if len(group) > 1 else None  # else there is no choice
    return {
        "guide": guide,
        "holds": bool(better),
        **counts,
        **_numbers(_best(better or group)),
        "chosen_by_others": fair,
    }


def _counts(group: list[dict]) -> dict:
    """Budgets of a guide's conditions by what was found."""
    found: dict[str, list[int]] = {BETTER: [], WORSE: []}
    for condition in group:
        found.setdefault(condition["verdict"], []).append(condition["budget"])
    return {BETTER: found[BETTER], WORSE: found[WORSE], "of": len(group)}


def _numbers(condition: dict) -> dict:
    difference = condition["main"]
    return {
        "budget": condition["budget"],
        "verdict": condition["verdict"],
        **{name: difference[name] for name in ("mean", "low", "high")},
    }


def low_scores_gain_most(rows: dict[Key, list[dict]], guide: str, group: list[dict]) -> dict:
    """Claim 4: the lower the critic's score before, the more the judge finds an image improved.

    What is low by chance rises by chance: a random move of the same length shows how much.

    Args:
        rows: of `conditions.shared_rows`.
        guide: the adviser.
        group: its conditions with the gradient in z, of which the best one is looked at.

    Returns:
        Beside "guide" and "holds" the "budget" and "trainings": {"lowest_minus_highest", "error"
        (standard), "by_chance" (None without a control)}, in the judge's realism.
    """
    budget = _best(group)["budget"]
    moved = rows[guide, "gradient", budget]
    controls = rows.get((guide, "random", budget), [{}] * len(moved))
    fields = ("gain_of_lowest", "gain_of_highest", "gain_error")
    if any(row.get(field) is None for row in moved for field in fields):
        return {"guide": guide, "holds": None, "budget": budget, "trainings": []}
    trainings = [
        {
            "lowest_minus_highest": row["gain_of_lowest"] - row["gain_of_highest"],
            "error": row["gain_error"],
            "by_chance": _by_chance(control),
        }
        for row, control in zip(moved, controls, strict=True)
    ]
    holds = all(
        one["lowest_minus_highest"] > 2 * one["error"]
        and (one["by_chance"] is None or one["lowest_minus_highest"] > one["by_chance"])
        for one in trainings
    )
    return {"guide": guide, "holds": holds, "budget": budget, "trainings": trainings}


def _by_chance(control: dict) -> float | None:
    lowest, highest = control.get("gain_of_lowest"), control.get("gain_of_highest")
    return None if lowest is None or highest is None else lowest - highest


def too_few_too_many(guide: str, group: list[dict], before: float | None) -> dict:
    """Claim 5: the fewest steps change nothing, the most lead astray.

    Args:
        guide: the adviser.
        group: its conditions with the gradient in z, by rising budget.
        before: the distance where nothing was done.

    Returns:
        Beside "guide" and "holds" "too_few", "too_many", "fewest", "most" and "best" (numbers of
        these conditions) and "most_to_best", the paired difference.
    """
    fewest, most, best = group[0], group[-1], _best(group)
    if len(group) < 2 or before is None:
        return {"guide": guide, "holds": None}
    difference = paired(most, best)
    astray = difference["p"] is not None and difference["p"] < LEVEL and difference["mean"] > 0
    too_few = abs(fewest["main"]["mean"]) <= TOO_FEW * before
    too_many = bool(astray or most["verdict"] == WORSE)
    return {
        "guide": guide,
        "holds": too_few and too_many,
        "too_few": too_few,
        "too_many": too_many,
        "fewest": _numbers(fewest),
        "most": _numbers(most),
        "best": _numbers(best),
        "most_to_best": difference,
    }
