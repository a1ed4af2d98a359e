"""A plot of all metrics of a set of images, each on a scale of its own."""

import math
import os

from wgan_tf.visualize.figure import BLUE, FAINT, GREY, INK, ORANGE, new_rows, number, save_figure

# Without a butt the line would be longer than the interval.
_BAND = {"color": BLUE, "linewidth": 5, "alpha": 0.35, "solid_capstyle": "butt"}
_BEFORE = {"color": BLUE, "marker": "o", "markersize": 5, "fillstyle": "none", "linestyle": ""}


def plot_evaluation(path: str | os.PathLike, rows: list[dict], caption: str) -> None:
    """Draws each metric's value with its interval beside that of real against real images.

    Args:
        path: the PNG file.
        rows: one per metric: title, value, low, high (NaN without an interval),
            real_against_real (NaN without one), better ("higher", "lower", "near 0.5" or None),
            limits (lowest and highest possible value); where there is one, the value before.
        caption: what was measured, for the heading.

    Raises:
        UserError: the file cannot be written.
    """
    figure, panels = new_rows(f"How real: {caption}", len(rows), 0.9 + 0.42 * len(rows))
    for axes, row in zip(panels, rows, strict=True):
        axes.set_xlim(_span(row))
        axes.set_ylim(-1, 1)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.tick_params(labelsize=7)
        axes.locator_params(axis="x", nbins=6)
        if math.isfinite(row["low"]):
            axes.plot([row["low"], row["high"]], [0, 0], **_BAND)
        reference = row["real_against_real"]
        if math.isfinite(reference):
            axes.plot([reference, reference], [-0.8, 0.8], color=ORANGE, linewidth=2)
        if "before" in row:
            axes.plot(row["before"], 0, **_BEFORE)
        axes.plot(row["value"], 0, "o", color=BLUE, markersize=5)
        _label(axes, row)
    handles = [
        panels[0].plot([], [], "o", color=BLUE, markersize=5, label="generated")[0],
        panels[0].plot([], [], label="95 % interval", **_BAND)[0],
        panels[0].plot([], [], color=ORANGE, linewidth=2, label="real against real")[0],
    ]
    if any("before" in row for row in rows):
        handles.append(panels[0].plot([], [], label="before", **_BEFORE)[0])
    figure.legend(
        handles=handles, frameon=False, fontsize=9, labelcolor=INK, ncols=4,
        loc="outside lower left",
    )
    save_figure(path, figure)


def _label(axes, row: dict) -> None:
    """Name and direction to the left of the axes, the value to the right."""
    direction = f"{row['better']} is better" if row["better"] else ""
    for text, height, size, color in ((row["title"], 0.66, 9, INK), (direction, 0.0, 7, GREY)):
        axes.annotate(
            text, (0, height), (-8, 0), xycoords="axes fraction", textcoords="offset points",
            ha="right", va="center", fontsize=size, color=color,
        )
    axes.annotate(
        number(row["value"]), (1, 0.5), (8, 0), xycoords="axes fraction",
        textcoords="offset points", ha="left", va="center", fontsize=9, color=BLUE,
    )
    axes.axhline(0, color=FAINT, linewidth=0.8, zorder=0)


def _span(row: dict) -> tuple[float, float]:
    """A scale on which the distance from perfect shows: from zero, shares to one."""
    keys = ("value", "low", "high", "real_against_real", "before")
    values = [row[key] for key in keys if key in row]
    values = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(0.0, *values), max(values)
    if row["limits"][1] == 1:
        high = 1.0
    room = 0.06 * (high - low) or 1.0
    return low - (room if low < 0 else 0.02 * (high - low)), high + room
