"""The study's curves of quality against evaluations."""

import os
from collections.abc import Mapping

from matplotlib.ticker import FixedLocator, NullLocator

from wgan_tf.visualize.figure import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    new_rows,
    save_figure,
)

RED, PURPLE, TEAL, BROWN, PINK, OLIVE = (
    "#c0392b", "#7d5ba6", "#2a9d9d", "#8a5a3b", "#cf6fa3", "#8f8f2f",
)  # fmt: skip
COLOURS = {
    "gradient": BLUE,
    "langevin": TEAL,
    "flow": PURPLE,
    "transport": PINK,
    "rejection": BROWN,
    "metropolis_hastings": OLIVE,
    "resampling": ORANGE,
    "resampling+gradient": "#d4a017",
    "best_of": RED,
    "pixels": "#5d6d7e",
    "random": GREY,
    "random_pixels": "#b8bcc4",
}
CONTROLS = ("random", "random_pixels", "shuffled")
DASHED = (0, (5, 3))
# What goes astray by more than this share of the distance before leaves the picture.
ASTRAY = 0.5


def plot_price(
    path: str | os.PathLike, found: Mapping, title: str, real: float | None = None
) -> bool:
    """The distance against evaluations, a line for every method of the adviser with the most
    budgets, with bands of 95 % confidence over trainings.

    Args:
        path: the PNG file.
        found: of one game and stage, see `study.findings`, with "before" as a number.
        title: heading.
        real: the distance of real images to others, None where it is missing.

    Returns:
        Whether there was anything to draw: several budgets of an adviser.

    Raises:
        UserError: the file cannot be written.
    """
    guide = _adviser(found["conditions"])
    if guide is None or not found["before"]:
        return False
    figure, (axes,) = new_rows(title, 1, 4.4)
    axes.set_xscale("log")
    before, levels = found["before"], []
    methods = dict.fromkeys(c["method"] for c in found["conditions"] if c["guide"] == guide)
    for method in methods:
        group = _over_budgets(found["conditions"], guide, method)
        if ":" in method or len(group) < 2:
            continue
        levels += _draw_line(axes, group, before, method)
    levels += _draw_others(axes, found["conditions"], guide, before)
    axes.axhline(before, color=INK, linewidth=0.9, label="nothing")
    if real is not None:
        axes.axhline(real, color=GREEN, linewidth=1.2, linestyle=DASHED, label="real against real")
    _frame(axes, levels, before, real)
    axes.set_xlabel("evaluations a sample")
    axes.set_ylabel("distance (lower is better)")
    legend = figure.legend(
        title=f"adviser: {_words(guide)}", title_fontsize=8, alignment="left", frameon=False,
        fontsize=8, labelcolor=INK, loc="outside right center",
    )  # fmt: skip
    legend.get_title().set_color(INK)
    save_figure(path, figure)
    return True


def _draw_others(axes, conditions: list[dict], guide: str, before: float) -> list[float]:
    """The critic's own gradient and more training beside a guide's lines; returns the heights."""
    levels = []
    own = _over_budgets(conditions, "critic", "gradient")
    if guide != "critic" and len(own) > 1:
        levels += _draw_line(axes, own, before, "gradient", "gradient by critic", DASHED)
    trained = _over_budgets(conditions, "", "more_training")
    if trained:
        values = [before + c["main"]["mean"] for c in trained]
        levels += values
        axes.plot(
            [c["budget"] for c in trained], values, "D", color=GREEN, markersize=4,
            label="more training", zorder=4,
        )  # fmt: skip
    return levels


def _adviser(conditions: list[dict]) -> str | None:
    """The one with the most budgets; of as many, the one that some method of helps most."""
    budgets: dict[str, set] = {}
    lowest: dict[str, float] = {}
    for c in conditions:
        if c["guide"] and c["guide"] not in (*CONTROLS, "oracle"):
            budgets.setdefault(c["guide"], set()).add(c["budget"])
            mean = c["main"]["mean"]
            lowest[c["guide"]] = min(mean, lowest.get(c["guide"], mean))
    several = {guide: there for guide, there in budgets.items() if len(there) > 1}
    return max(several, key=lambda guide: (len(several[guide]), -lowest[guide]), default=None)


def _over_budgets(conditions: list[dict], guide: str, method: str) -> list[dict]:
    there = [c for c in conditions if (c["guide"], c["method"]) == (guide, method)]
    return sorted(there, key=lambda c: c["budget"])


def _draw_line(
    axes, group: list[dict], before: float, method: str, label: str = "", style="-"
) -> list[float]:
    """A method's line and band; returns the line's heights."""
    budgets = [c["budget"] for c in group]
    means = [before + c["main"]["mean"] for c in group]
    colour = COLOURS.get(method, INK)
    axes.plot(
        budgets, means, color=colour, linewidth=1.6, linestyle=style, marker="o", markersize=2.5,
        label=label or _words(method), zorder=3,
    )  # fmt: skip
    if all(c["main"]["low"] is not None for c in group):
        low, high = ([before + c["main"][end] for c in group] for end in ("low", "high"))
        axes.fill_between(budgets, low, high, color=colour, alpha=0.1, linewidth=0)
    return means


def _frame(axes, levels: list[float], before: float, real: float | None) -> None:
    """Limits that show all lines, but for those that go far astray."""
    low = min([before, *levels] + ([] if real is None else [real]))
    high = min(max([before, *levels]), (1 + ASTRAY) * before)
    room = 0.06 * (high - low or 1)
    axes.set_ylim(low - room, high + room)
    budgets = sorted({x for line in axes.get_lines() for x in line.get_xdata() if x > 1})
    axes.xaxis.set_major_locator(FixedLocator(budgets))
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    if max(levels, default=before) > high:
        astray = "lines that leave above go further astray"
        axes.set_title(astray, loc="left", color=GREY, fontsize=8)


def _words(name: str) -> str:
    return name.replace("_", " ")
