"""What the numbers advise somebody to do who has such data and generators."""

from wgan_tf.study.conditions import BETTER, GUIDES, is_refinement, tied_with

# Budgets by what they are called; the least and the most evaluations.
FEW, SOME, MANY = ("few evaluations (at most 6)", 1, 6), ("about 20", 7, 59), ("60 or more", 60, 0)
THOUSANDS, NO_LABELS = "samples by the ten thousand", "no labels"
# What a cheaper way keeps of the best one's gain; being tied may only mean that little is known.
KEEPS = 0.8
_SHARED_BY = "10000"
# How a command names an adviser; the ratio's features are those of labels, if there are any.
_FLAGS = {
    "critic": "--guide=critic",
    "rescaled": "--ratio_features=score",
    "critic_features": "--ratio_features=critic",
    "self": "--ratio_features=self",
    "labels": "--ratio_features=labels",
    "fitted": "--ratio_features=pixels",
}


def advice_of(conditions: list[dict], before: float | None, best: dict) -> list[dict]:
    """What to do with samples of one game and stage.

    Args:
        conditions: of `conditions.conditions_of`.
        before: the distance where nothing was done.
        best: of `findings.map_of`; says what a choice is tied with.

    Returns:
        [{"case", "name" (of the condition, None where nothing is better), "text"}].
    """
    better = sorted(
        (c for c in conditions if is_refinement(c) and c["verdict"] == BETTER),
        key=lambda c: c["main"]["mean"],
    )
    advice = []
    for case, least, most in (FEW, SOME, MANY):
        measured = [c for c in conditions if _within(c, least, most)]
        if measured:
            advice.append(_advised(case, [c for c in better if c in measured], before, best))
    advice.append(_by_the_thousand(better, before, best))
    if any(c["guide"] == "labels" for c in conditions):
        without = [c for c in better if c["guide"] != "labels"]
        advice.append(_advised(NO_LABELS, without, before, best))
    return advice


def _within(condition: dict, least: int, most: int) -> bool:
    return condition["budget"] >= least and (not most or condition["budget"] <= most)


def _advised(case: str, better: list[dict], before: float | None, best: dict) -> dict:
    if not better:
        return {
            "case": case,
            "name": None,
            "text": "nothing that was tried is surely better than leaving the samples as they are",
        }
    chosen = better[0]
    text = in_words(chosen, before)
    tied = (best.get(str(chosen["budget"])) or {}).get("tied", [])
    if tied and best[str(chosen["budget"])]["best"] == chosen["name"]:
        text += f"; not told apart from {len(tied)} other{'s' * (len(tied) > 1)} at this budget"
    return {"case": case, "name": chosen["name"], "text": text}


def _by_the_thousand(better: list[dict], before: float | None, best: dict) -> dict:
    """The cheapest of what is as good as the best at any budget."""
    priced = [c for c in better if c["gflop_with_fitting"].get(_SHARED_BY) is not None]
    if not priced:
        return _advised(THOUSANDS, [], before, best)
    top, *others = priced
    enough = KEEPS * top["main"]["mean"]
    tied = [c for c in tied_with(top, others) if c["main"]["mean"] <= enough]
    chosen = min([top, *tied], key=lambda c: c["gflop_with_fitting"][_SHARED_BY])
    cost = chosen["gflop_with_fitting"][_SHARED_BY]
    text = f"{in_words(chosen, before)}; {cost:.2g} GFLOP a sample, fitting the adviser included"
    if chosen is not top:
        text += (
            f" (the best, {top['name']}, gains {_percent(top, before)} "
            f"for {top['gflop_with_fitting'][_SHARED_BY]:.2g})"
        )
    return {"case": THOUSANDS, "name": chosen["name"], "text": text}


def in_words(condition: dict, before: float | None) -> str:
    """A condition as advice: what, by whom, how often, what for, and the command."""
    adviser = f" by {GUIDES.get(condition['guide'], condition['guide'])}"
    method = condition["method"].replace("_", " ")
    return (
        f"{method}{adviser if condition['guide'] else ''}, {condition['budget']} "
        f"evaluation{'s' * (condition['budget'] != 1)} a sample: "
        f"the distance falls by {_percent(condition, before)} (`{command(condition)}`)"
    )


def _percent(condition: dict, before: float | None) -> str:
    gain = -condition["main"]["mean"]
    return f"{gain / before:.1%}" if before else f"{gain:.3g}"


def command(condition: dict) -> str:
    """The flags that refine samples in this way."""
    guide, method, budget = (condition[name] for name in ("guide", "method", "budget"))
    flags = [_FLAGS[guide]] if guide in _FLAGS else []
    if method == "pixels":
        return " ".join(["--mode=image_iterator", *flags])
    first, joined, second = method.partition("+")
    if joined:
        method = f"{first}:budget={budget // 2},{second}"
    return " ".join(["--mode=refine", f"--method={method}", f"--budget={budget}", *flags])
