"""What quality costs in the study: computation beside more training, and variety."""

import os
from collections.abc import Mapping

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.ticker import LogLocator, NullLocator

from wgan_tf.visualize.figure import BLUE, GREEN, GREY, INK, ORANGE, new_panels, save_figure
from wgan_tf.visualize.study_curves import ASTRAY, CONTROLS, DASHED, PURPLE

# From such a range on three numbers in each power of ten have no room.
_WIDE = 100
_NO_REFINEMENT = (*CONTROLS, "nothing", "more_training", "oracle")


def plot_training(path: str | os.PathLike, stages: Mapping[str, dict], title: str) -> bool:
    """The distance by GFLOP a sample: the best refinements against more training, a panel a stage.

    Fitting the adviser is included, shared by 1,000 samples; numbers are budgets of evaluations.

    Args:
        path: the PNG file.
        stages: by name what was found, see `study.findings`, with "before" as a number.
        title: heading.

    Returns:
        Whether there was anything to draw.

    Raises:
        UserError: the file cannot be written.
    """
    stages = {
        name: found
        for name, found in stages.items()
        if found["before"] and found["against_training"]
    }
    if not stages:
        return False
    figure, panels = new_panels(title, list(stages), 3.6)
    for axes, found in zip(panels, stages.values(), strict=True):
        _draw_stage(axes, found)
    panels[0].set_ylabel("distance (lower is better)")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, names, ncols=4, loc="outside lower left", frameon=False, fontsize=8, labelcolor=INK
    )
    save_figure(path, figure)
    return True


def _draw_stage(axes, found: Mapping) -> None:
    axes.set_xscale("log")
    before, conditions = found["before"], found["conditions"]
    others = [c for c in conditions if not {c["method"], c["guide"]} & {*_NO_REFINEMENT}]
    _scatter(axes, others, before)
    by_name = {c["name"]: c for c in conditions}
    for which, colour, label in (
        ("refinement", BLUE, "best refinement"),
        ("training", GREEN, "more training"),
    ):
        group = [by_name[at[which]] for at in found["against_training"].values()]
        _draw_costs(axes, group, before, colour, label)
    axes.axhline(before, color=INK, linewidth=0.9, label="nothing")
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(LogLocator(subs=(1,) if high > _WIDE * low else (1, 2, 5)))
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("GFLOP a sample")


def _cost(condition: dict) -> float | None:
    return condition["gflop_with_fitting"].get("1000")


def _scatter(axes, conditions: list[dict], before: float) -> None:
    """All refinements that do not go far astray, as faint points."""
    points = [
        (_cost(c), before + c["main"]["mean"])
        for c in conditions
        if _cost(c) and c["main"]["mean"] <= ASTRAY * before
    ]
    if points:
        x, y = np.transpose(points)
        axes.scatter(x, y, s=7, color=GREY, alpha=0.45, linewidths=0, label="other refinements")


def _draw_costs(axes, group: list[dict], before: float, colour: str, label: str) -> None:
    """Conditions by cost with their intervals and budgets."""
    group = sorted((c for c in group if _cost(c)), key=_cost)
    if not group:
        return
    costs, means = [_cost(c) for c in group], [before + c["main"]["mean"] for c in group]
    reach = [_reach(c["main"]) for c in group]
    axes.errorbar(
        costs, means, np.transpose(reach), color=colour, linewidth=1.6, marker="o", markersize=3,
        capsize=2, elinewidth=0.8, label=label, zorder=3,
    )  # fmt: skip
    above = label == "more training"
    for condition, x, y in zip(group, costs, means, strict=True):
        axes.annotate(
            condition["budget"], (x, y), (4, 4) if above else (-4, -9),
            textcoords="offset points", ha="left" if above else "right", color=colour, fontsize=7,
            path_effects=[withStroke(linewidth=2, foreground="white")],
        )  # fmt: skip


def _reach(difference: dict) -> tuple[float, float]:
    """How far the interval reaches below and above the mean, 0 without one."""
    if difference["low"] is None:
        return 0.0, 0.0
    return difference["mean"] - difference["low"], difference["high"] - difference["mean"]


def plot_temperature(
    path: str | os.PathLike, stages: Mapping[str, dict], title: str, titles: Mapping[str, str]
) -> bool:
    """Distance and share of precision and recall against the temperature, a colour a stage.

    Args:
        path: the PNG file.
        stages: by name what was found, see `study.findings`, with "before" as a number.
        title: heading.
        titles: of metrics, by name.

    Returns:
        Whether there was anything to draw: of one adviser and budget, that which most stages and
        temperatures have and of these the one with the lowest distance.

    Raises:
        UserError: the file cannot be written.
    """
    groups = _one_of_each(stages)
    if not groups:
        return False
    shown = [
        metric
        for metric in ("precision", "recall", "width")
        if all(metric in p["values"] for group in groups.values() for p in group["points"])
    ]
    titled = [titles.get(metric, metric) for metric in shown[:2]]
    if len(titled) == 2:
        titled = [f"{titled[0]} (line) and {titled[1]} (dashed)"]
    names = ["change of the distance in percent"] + titled
    figure, panels = new_panels(title, names, 3.6)
    for (name, group), colour in zip(groups.items(), (BLUE, ORANGE, GREEN, PURPLE), strict=False):
        _draw_temperatures(panels, name, group, stages[name]["before"], shown[:2], colour)
    panels[0].axhline(0, color=INK, linewidth=0.9, label="nothing")
    for axes in panels:
        axes.set_xlabel("temperature")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, ncols=2, loc="outside lower left", frameon=False, fontsize=8,
        labelcolor=INK,
    )  # fmt: skip
    save_figure(path, figure)
    return True


def _draw_temperatures(
    panels, name: str, group: dict, before: float, shown: list[str], colour: str
) -> None:
    x = [point["temperature"] for point in group["points"]]
    percent = 100 / before
    panels[0].errorbar(
        x, [percent * p["main"]["mean"] for p in group["points"]],
        percent * np.transpose([_reach(p["main"]) for p in group["points"]]),
        color=colour, linewidth=1.6, marker="o", markersize=3, capsize=2, elinewidth=0.8,
        label=f"{name}, by {group['guide'].replace('_', ' ')}, {group['budget']} evaluations",
    )  # fmt: skip
    for metric, line in zip(shown, ("-", DASHED), strict=False):
        values = [point["values"][metric] for point in group["points"]]
        panels[1].plot(x, values, linestyle=line, color=colour, marker="o", markersize=3)


def _one_of_each(stages: Mapping[str, dict]) -> dict[str, dict]:
    """By stage the temperatures of one adviser and budget."""
    by_kind: dict[tuple, dict[str, dict]] = {}
    for name, found in stages.items():
        for group in found["temperature"] if found["before"] else []:
            by_kind.setdefault((group["guide"], group["budget"]), {})[name] = group

    def order(groups: dict[str, dict]) -> tuple:
        points = [point for group in groups.values() for point in group["points"]]
        lowest = min(
            point["main"]["mean"] / stages[name]["before"]
            for name, group in groups.items()
            for point in group["points"]
        )
        return len(groups), len(points), -lowest

    return max(by_kind.values(), key=order, default={})
