"""Points in a plane before and after, in front of the density that they should have."""

import os
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from wgan_tf.visualize.figure import BLUE, FAINT, INK, save_figure

# Of each panel at most so many points are drawn: more would hide where they are dense.
_SHOWN = 2500
_SIDE, _DPI = 1.75, 130


def plot_clouds(
    path: str | os.PathLike,
    title: str,
    columns: Sequence[str],
    rows: Mapping[str, Sequence[tuple[str | None, np.ndarray | None, str]]],
    density: np.ndarray,
    reach: float,
    note: str = "",
) -> None:
    """Draws a table of panels.

    Args:
        path: the PNG file.
        title: heading.
        columns: their headings; an empty one is none.
        rows: by their heading a panel for each column: a heading of its own or None, points (n, 2)
            or None where the place stays empty, and a caption.
        density: of the square from -reach to reach in both directions, (k, k), y first.
        reach: half the side of the square.
        note: a text in the first empty place of the first row.

    Raises:
        UserError: the file cannot be written.
    """
    size = (_SIDE * len(columns) + 0.4, (_SIDE + 0.24) * len(rows) + 0.75)
    figure = Figure(figsize=size, dpi=_DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=14, fontweight="bold")
    table = figure.subplots(len(rows), len(columns), squeeze=False)
    # The square root shows faint parts too.
    shade = np.sqrt(density)
    first = min(2, len(table)) - 1  # the row that carries the headings of columns
    for number, (line, (name, panels)) in enumerate(zip(table, rows.items(), strict=True)):
        line[0].set_ylabel(name, color=INK, fontsize=12)
        for axes, column, (heading, points, caption) in zip(line, columns, panels, strict=True):
            axes.set(xticks=[], yticks=[], aspect="equal")
            for spine in axes.spines.values():
                spine.set_color(FAINT)
            if heading or number == first:
                axes.set_title(heading or column, color=INK, fontsize=11, pad=4)
            if points is None:
                axes.axis("off")
                text = axes.text(0, 0.98, note, va="top", color=INK, fontsize=11, linespacing=1.6)
                text.set_in_layout(False)  # it may be wider than the place
                note = ""
                continue
            axes.imshow(
                shade, origin="lower", extent=(-reach, reach) * 2, cmap="Oranges",
                vmax=1.6 * shade.max(), interpolation="bilinear",
            )
            axes.scatter(*points[:_SHOWN].T, s=1.2, color=BLUE, linewidths=0, alpha=0.55)
            axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
            axes.set_xlabel(caption, color=INK, fontsize=9, labelpad=3)
    save_figure(path, figure)
