"""What the numbers of a study say, game by game and stage by stage."""

import numpy as np

from wgan_tf.study.advice import advice_of
from wgan_tf.study.claims import claims_of
from wgan_tf.study.conditions import (
    BETTER,
    DISAGREE,
    LEVEL,
    MORE_TRAINING,
    UNREFINED,
    before_of,
    chosen_by_others,
    conditions_of,
    is_refinement,
    paired,
    shared_rows,
    tied_with,
)

# So many samples share the cost of fitting the adviser where refining is compared with training.
SHARED_BY = "1000"


def findings_of(study: dict) -> dict:
    """Everything that `report.study_in_words` says and `visualize.study_plots` draws.

    Args:
        study: the contents of `study.json`. Only conditions that all trainings of a game and
            stage have been measured under are taken up.

    Returns:
        By game and stage (as text) a dict that JSON can hold: "seeds", "before" by metric,
        "conditions" (see `conditions.conditions_of`), "map" and "against_training" by budget (as
        text), "claims" by name, each a list with one entry an adviser, "temperature", "advisers"
        by guide, "advice".
    """
    findings: dict[str, dict] = {}
    groups: dict[tuple, list[dict]] = {}
    for model in study["models"]:
        groups.setdefault((model["game"], model["stage"]), []).append(model)
    for game, stage in sorted(groups):
        models = groups[game, stage]
        findings.setdefault(game, {})[str(stage)] = _findings(study, models)
    return findings


def _findings(study: dict, models: list[dict]) -> dict:
    main, foreign = study["main"], study["foreign"]
    rows = shared_rows(models, main)
    conditions = conditions_of(rows, main, foreign)
    before = {name: before_of(rows, name) for name in (main, foreign)}
    best = map_of(conditions)
    return {
        "seeds": [model["seed"] for model in models],
        "before": before,
        "conditions": conditions,
        "map": best,
        "against_training": against_training(conditions, best),
        "claims": claims_of(rows, conditions, before[main]),
        "temperature": temperature_of(conditions),
        "advisers": advisers_of(models),
        "advice": advice_of(conditions, before[main], best),
    }


def budgets_of(conditions: list[dict]) -> list[int]:
    """Budgets at which something was done, rising."""
    return sorted({c["budget"] for c in conditions if c["method"] != UNREFINED})


def map_of(conditions: list[dict]) -> dict:
    """The best refinement for every budget.

    Args:
        conditions: of `conditions.conditions_of`.

    Returns:
        By budget (as text) None where nothing is better, else {"best", "tied", "lower": names,
        "winner"}. Tied are those that are better, too, and whose paired difference to the best
        has an interval (Student's over trainings, Holm's correction over the compared) around 0.
        Lower are those whose mean is lower yet but not sure. A winner has neither beside it.
    """
    result = {}
    for budget in budgets_of(conditions):
        there = [c for c in conditions if c["budget"] == budget and is_refinement(c)]
        better = sorted((c for c in there if c["verdict"] == BETTER), key=_mean)
        if not better:
            result[str(budget)] = None
            continue
        best, *others = better
        tied = [other["name"] for other in tied_with(best, others)]
        lower = [c["name"] for c in there if c["verdict"] != BETTER and _mean(c) < _mean(best)]
        result[str(budget)] = {
            "best": best["name"],
            "tied": tied,
            "lower": lower,
            "winner": not tied and not lower,
        }
    return result


def _mean(condition: dict) -> float:
    return condition["main"]["mean"]


def against_training(conditions: list[dict], best: dict) -> dict:
    """Refining samples against training their generator for as much computation.

    Args:
        conditions: of `conditions.conditions_of`.
        best: of `map_of`. Where nothing is better, the refinement with the lowest mean stands in.

    Returns:
        By budget (as text) that has more training: {"refinement", "training": names,
        "difference": the paired one, refinement less training, "fair": its mean where each
        training refines in the way that is best for the others, None of one, "verdict",
        "foreign": the mean difference by the other metric, None where it is missing, "gflop":
        {"refinement", "training"} per sample}. The verdict is "refinement" or "training" where the
        interval of the difference lies on that side of 0, and so do the fair and foreign means.
    """
    result = {}
    trained = [c for c in conditions if c["method"] == MORE_TRAINING]
    for training in sorted(trained, key=lambda c: c["budget"]):
        there = [
            c
            for c in conditions
            if c["budget"] == training["budget"] and is_refinement(c) and c["verdict"] != DISAGREE
        ]
        if not there:
            continue
        known = best.get(str(training["budget"]))
        chosen = min(there, key=_mean)
        if known:
            chosen = next(c for c in there if c["name"] == known["best"])
        fair = chosen_by_others(np.transpose([c["main"]["each"] for c in there]))
        if fair is not None:
            fair -= training["main"]["mean"]
        result[str(training["budget"])] = _compared(chosen, training, fair)
    return result


def _compared(chosen: dict, training: dict, fair: float | None) -> dict:
    difference, foreign = paired(chosen, training), None
    if chosen["foreign"] and training["foreign"]:
        foreign = chosen["foreign"]["mean"] - training["foreign"]["mean"]
    sure = difference["p"] is not None and difference["p"] < LEVEL
    others = [fair] if foreign is None else [fair, foreign]
    agreed = all(one is not None and one * difference["mean"] > 0 for one in others)
    winner = "refinement" if difference["mean"] < 0 else "training"
    return {
        "refinement": chosen["name"],
        "training": training["name"],
        "difference": difference,
        "fair": fair,
        "foreign": foreign,
        "verdict": winner if sure and agreed else "unclear",
        "gflop": {
            "refinement": chosen["gflop_with_fitting"].get(SHARED_BY),
            "training": training["gflop_with_fitting"].get(SHARED_BY),
        },
    }


def temperature_of(conditions: list[dict]) -> list[dict]:
    """What the temperature of Langevin's walk does, where there are several.

    Returns:
        [{"guide", "budget", "points": [{"temperature", "main", "duplicates", "values"}]}], the
        points by rising temperature.
    """
    groups: dict[tuple, list[dict]] = {}
    for condition in conditions:
        temperature = temperature_in(condition["method"])
        if temperature is not None:
            point = {"temperature": temperature}
            point |= {name: condition[name] for name in ("main", "duplicates", "values")}
            groups.setdefault((condition["guide"], condition["budget"]), []).append(point)
    return [
        {
            "guide": guide,
            "budget": budget,
            "points": sorted(points, key=lambda point: point["temperature"]),
        }
        for (guide, budget), points in groups.items()
        if len(points) > 1
    ]


def temperature_in(method: str) -> float | None:
    """The temperature of "langevin" or "langevin:temperature=T"; None of any other method."""
    name, _, settings = method.partition(":")
    setting, _, value = settings.partition("=")
    if name != "langevin" or setting not in ("", "temperature"):
        return None
    try:
        return float(value or 1)
    except ValueError:  # more settings behind this one
        return None


def advisers_of(models: list[dict]) -> dict:
    """By guide the means over trainings of what is known of it, None where one does not say."""
    facts = [model.get("advisers") or {} for model in models]
    fields = ("auc", "log_loss", "log_loss_chance", "effective_share", "overlap")
    return {
        guide: {
            field: _mean_of([one[guide].get(field) for one in facts])
            for field in (*fields, "seconds", "gflop")
        }
        | {"gate": next((one[guide]["gate"] for one in facts if one[guide].get("gate")), None)}
        for guide in facts[0]
        if all(one.get(guide) for one in facts)
    }


def _mean_of(values: list[float | None]) -> float | None:
    return None if None in values else float(np.mean(values))
