"""Measures of every method by every guide as tables of coloured numbers."""

import os
from collections.abc import Mapping

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from wgan_tf.visualize.figure import DPI, INK, save_figure

# From here on, beyond where it started, a value is as red as it gets.
_HARM = 0.4


def plot_guide_table(
    path: str | os.PathLike,
    title: str,
    tables: Mapping[str, Mapping[str, np.ndarray]],
    guides: list[str],
    methods: list[str],
    before: Mapping[str, Mapping[str, float]],
) -> None:
    """Draws a table per game and measure: green is better than nothing, red is worse.

    Args:
        path: the PNG file.
        title: heading.
        tables: game to measure to values (guides, methods), NaN where there is none.
        guides, methods: names of rows and of columns.
        before: game to measure to the value where nothing was done and, as "NAME best", the value
            that would be right.

    Raises:
        UserError: the file cannot be written.
    """
    measures = list(next(iter(tables.values())))
    wide, high = 0.62 * len(methods) * len(measures), (0.36 * len(guides) + 0.55) * len(tables)
    size = (wide + 1.4, high + 1.6)
    figure = Figure(figsize=size, dpi=DPI * 3 // 5, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=13, fontweight="bold")
    grid = figure.subplots(len(tables), len(measures), squeeze=False)
    for row, (game, by_measure) in enumerate(tables.items()):
        for column, (measure, values) in enumerate(by_measure.items()):
            axes, start = grid[row, column], before[game][measure]
            right = before[game][f"{measure} best"]
            _draw(axes, np.asarray(values), start, right)
            axes.set_title(
                f"{game}: {measure} (nothing {start:.2f}, right {right:.2f})",
                loc="left", color=INK, fontsize=9.5,
            )
            axes.set_yticks(range(len(guides)), guides if column == 0 else [], color=INK)
            last = row == len(tables) - 1
            names = [name.replace("_", "\n") for name in methods] if last else []
            axes.set_xticks(range(len(methods)), names, rotation=45, ha="right", color=INK)
            axes.tick_params(length=0, labelsize=9)
            for spine in axes.spines.values():
                spine.set_visible(False)
    save_figure(path, figure)


def _draw(axes, values: np.ndarray, start: float, right: float) -> None:
    """Colours by how far a value is from what is right, against where it started."""
    # A width is none where no point is good.
    away, before = np.abs(values - right), max(float(np.nan_to_num(abs(start - right))), 1e-6)
    # Where all was nearly right before, little harm is not to look like much.
    most = before + max(before, _HARM)
    norm = TwoSlopeNorm(before, 0, most)
    axes.imshow(np.clip(away, 0, most), cmap="RdYlGn_r", norm=norm, aspect="auto", alpha=0.75)
    for (row, column), value in np.ndenumerate(values):
        text = "\N{EN DASH}" if np.isnan(value) else f"{value:.2f}"
        axes.text(column, row, text, ha="center", va="center", color=INK, fontsize=9)
