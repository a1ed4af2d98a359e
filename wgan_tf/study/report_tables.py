"""The tables of a study's report, in Markdown."""

import math

from wgan_tf.study.conditions import (
    BETTER,
    DISAGREE,
    MORE_TRAINING,
    UNREFINED,
    WORSE,
    key_of,
)

MARKS = {BETTER: " ▲", WORSE: " ▼", DISAGREE: " ≠"}
CLAIMS = {
    "critic_fooled": "The critic is fooled by tiny pixel changes",
    "pixels_do_not_help": "Pixel tuning does not make images better",
    "z_helps": "z tuning does",
    "low_scores_gain_most": "Patchy images gain most",
    "too_few_too_many": "Too few steps do nothing, too many go astray",
}
# Of what is tied with the best so many are named.
_NAMED = 4
_HOLDS = {True: "holds", False: "not found", None: "cannot be said"}
_FACTS = {
    "auc": ("AUC", ".3f"),
    "log_loss": ("log loss", ".3f"),
    "log_loss_chance": ("log loss by chance", ".3f"),
    "effective_share": ("effective share", ".3f"),
    "overlap": ("overlap", ".2f"),
    "seconds": ("seconds to fit", ".0f"),
    "gflop": ("GFLOP to fit", ".0f"),
}


def heading(*cells: str) -> list[str]:
    """The first two lines of a table of numbers."""
    return [line(cells), "|---|" + "---:|" * (len(cells) - 1)]


def line(cells) -> str:
    """A line of a table; a bar within a cell does not end it."""
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"


def signed(value: float, before: float | None) -> str:
    """A difference with as many decimals as a thousandth of the distance before has."""
    decimals = 2 if not before else min(6, max(0, 3 - math.floor(math.log10(abs(before)))))
    return f"{round(value, decimals) or 0.0:+.{decimals}f}"


def interval(difference: dict, before: float | None) -> str:
    """A mean difference, and its interval where there is one."""
    text = signed(difference["mean"], before)
    if difference["low"] is None:
        return text
    return f"{text} [{signed(difference['low'], before)}, {signed(difference['high'], before)}]"


def in_percent(condition: dict, before: float | None) -> str:
    """A condition's mean difference as a share of the distance before, with its verdict's mark."""
    mean = condition["main"]["mean"]
    text = f"{mean / before:+.1%}" if before else f"{mean:+.3g}"
    return text + MARKS.get(condition["verdict"], "")


def common_budget(conditions: list[dict]) -> int:
    """20 where there is such a budget, else the one with the most conditions."""
    budgets = [c["budget"] for c in conditions if c["method"] != UNREFINED]
    return 20 if 20 in budgets or not budgets else max(sorted(set(budgets)), key=budgets.count)


def words(name: str) -> str:
    """A guide's or method's name to read."""
    return name.replace("_", " ") or "no adviser"


def map_table(found: dict, before: float | None) -> list[str]:
    """For every budget the best refinement, and what is as good."""
    by_name = {c["name"]: c for c in found["conditions"]}
    lines = heading("evaluations", "best", "change", "not told apart from it")
    for budget, place in found["map"].items():
        if place is None:
            lines.append(line([budget, "nothing is surely better", "", ""]))
            continue
        best = by_name[place["best"]]
        change = f"{in_percent(best, before)}, {interval(best['main'], before)}"
        others = [f"{name} (lower, not sure)" for name in place["lower"]] + place["tied"]
        more = [f"{len(others) - _NAMED} more"] if len(others) > _NAMED else []
        alone = f"**{best['name']}**" if place["winner"] else best["name"]
        cells = [budget, alone, change, ", ".join(others[:_NAMED] + more) or "nothing"]
        lines.append(line(cells))
    return lines


def methods_table(found: dict, budget: int, before: dict, names: tuple[str, str]) -> list[str]:
    """All conditions of one budget: methods in rows, advisers in columns.

    Args:
        found: of one game and stage, see `findings.findings_of`.
        budget: evaluations.
        before: distances where nothing was done, by metric.
        names: the main and the foreign metric.
    """
    there = [c for c in found["conditions"] if c["budget"] == budget and c["method"] != UNREFINED]
    guides = list(dict.fromkeys(c["guide"] for c in there))
    by_key = {key_of(c): c for c in there}
    place = found["map"].get(str(budget)) or {}
    winner = place.get("best") if place.get("winner") else None
    lines = heading("method", *(words(guide) for guide in guides))
    for method in dict.fromkeys(c["method"] for c in there):
        cells = []
        for guide in guides:
            condition = by_key.get((guide, method, budget))
            text = "" if condition is None else _both(condition, before, names)
            bold = condition is not None and condition["name"] == winner
            cells.append(f"**{text}**" if bold else text)
        lines.append(line([words(method), *cells]))
    return lines


def _both(condition: dict, before: dict, names: tuple[str, str]) -> str:
    main, foreign = names
    text = signed(condition["main"]["mean"], before[main]) + MARKS.get(condition["verdict"], "")
    if condition["foreign"] is None:
        return text
    return f"{text} ({signed(condition['foreign']['mean'], before[foreign])})"


def budgets_table(found: dict, guide: str, before: float | None) -> list[str]:
    """An adviser's methods in rows, budgets in columns; no lines where there is one budget."""
    there = [c for c in found["conditions"] if c["guide"] == guide and c["method"] != UNREFINED]
    budgets = sorted({c["budget"] for c in there})
    if len(budgets) < 2:
        return []
    by_key = {key_of(c): c for c in there}
    lines = heading("method", *map(str, budgets))
    for method in dict.fromkeys(c["method"] for c in there):
        cells = []
        for budget in budgets:
            one = by_key.get((guide, method, budget))
            mark = "" if one is None else MARKS.get(one["verdict"], "")
            cells.append("" if one is None else signed(one["main"]["mean"], before) + mark)
        lines.append(line([words(method), *cells]))
    return lines


def claims_table(claims: dict) -> list[str]:
    """Claims in rows, advisers in columns."""
    guides = list(dict.fromkeys(one["guide"] for group in claims.values() for one in group))
    if not guides:
        return []
    lines = heading("claim", *(words(guide) for guide in guides))
    for number, (name, title) in enumerate(CLAIMS.items(), 1):
        holds = {one["guide"]: _HOLDS[one["holds"]] for one in claims[name]}
        lines.append(line([f"{number}. {title}", *(holds.get(guide, "") for guide in guides)]))
    return lines


def training_table(found: dict, before: float | None) -> list[str]:
    """Refinement against more training, by budget."""
    lines = heading(
        "evaluations", "refinement", "less more training", "chosen by others", "second measure",
        "GFLOP a sample", "",
    )  # fmt: skip
    for budget, against in found["against_training"].items():
        costs = [against["gflop"][name] for name in ("refinement", "training")]
        lines.append(
            line(
                [
                    budget,
                    against["refinement"],
                    interval(against["difference"], before),
                    "" if against["fair"] is None else signed(against["fair"], before),
                    "" if against["foreign"] is None else f"{against['foreign']:+.3g}",
                    " against ".join("?" if cost is None else f"{cost:.3g}" for cost in costs),
                    _PREFERRED[against["verdict"]],
                ]
            )
        )
    return lines


_PREFERRED = {
    "refinement": "refining is better",
    "training": "training is better",
    "unclear": "unclear",
}


def temperature_table(found: dict, titles: dict, before: float | None) -> list[str]:
    """What Langevin's temperature does to the distance, to duplicates and to the metrics, at the
    common budget where there are several.
    """
    budget = common_budget(found["conditions"])
    groups = [group for group in found["temperature"] if group["budget"] == budget]
    groups = groups or found["temperature"]
    points = [point for group in groups for point in group["points"]]
    names = ("precision", "recall", "density", "coverage", "width")
    shown = [name for name in names if all(name in point["values"] for point in points)]
    lines = heading(
        "adviser", "evaluations", "temperature", "change", "duplicates",
        *(titles.get(name, name) for name in shown),
    )  # fmt: skip
    for group in groups:
        for point in group["points"]:
            copies = "" if point["duplicates"] is None else f"{point['duplicates']:.1%}"
            values = [f"{point['values'][name]:.3g}" for name in shown]
            change = interval(point["main"], before)
            degrees = f"{point['temperature']:g}"
            cells = [words(group["guide"]), group["budget"], degrees, change, copies]
            lines.append(line([*cells, *values]))
    return lines


def advisers_table(advisers: dict) -> list[str]:
    """What is known of the advisers themselves."""
    lines = heading("adviser", *(title for title, _ in _FACTS.values()))
    for guide, facts in advisers.items():
        cells = [
            "" if facts[name] is None else format(facts[name], form)
            for name, (_, form) in _FACTS.items()
        ]
        lines.append(line([words(guide), *cells]))
    return lines


def metrics_table(study: dict, found: dict, budget: int) -> list[str]:
    """Every metric under the few conditions that matter: means over trainings."""
    shown = _shown(found, budget)
    lines = heading("metric", "real against real", *(c["name"] for c in shown))
    sides = {"higher": " ↑", "lower": " ↓"}
    for name, title in study["titles"].items():
        values = [c["values"].get(name) for c in shown]
        if all(value is None for value in values):
            continue
        real = study["reference"].get(name)
        cells = ["" if value is None else f"{value:.3g}" for value in (real, *values)]
        lines.append(line([title + sides.get(study["better"].get(name), ""), *cells]))
    return lines


def _shown(found: dict, budget: int) -> list[dict]:
    """Nothing, the best, the critic's own gradient, truncation and more training."""
    place = found["map"].get(str(budget)) or {}
    conditions = found["conditions"]
    wanted = [c for c in conditions if c["method"] == UNREFINED]
    wanted += [c for c in conditions if c["name"] == place.get("best")]
    wanted += [c for c in conditions if key_of(c) == ("critic", "gradient", budget)]
    wanted += [c for c in conditions if c["method"] == "truncation"]
    wanted += [c for c in conditions if key_of(c) == ("", MORE_TRAINING, budget)]
    return list({c["name"]: c for c in wanted}.values())
