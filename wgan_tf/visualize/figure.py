"""The plots' shared look. Uses `Figure` objects and never `pyplot`: no global backend is
touched, and a figure that nobody holds is freed like any other object.
"""

import io
import os

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from wgan_tf.files.writing import written_whole

INK, GREY, FAINT = "#30343b", "#8a9099", "#d9dce1"
BLUE, ORANGE, GREEN = "#2f6db3", "#e07b28", "#3c9a5f"
# Drawn at the width at which a README shows a picture, so that text keeps its size there,
# but with twice the pixels for sharp screens.
WIDTH, DPI = 7.2, 200


def new_figure(
    title: str, height: float = 4.0, title_pad: float = 10.0
) -> tuple[Figure, Axes]:
    """A white figure of `WIDTH` x `height` inches with one light set of axes.

    `title_pad` is the room between the title and the axes, in points.
    """
    figure = _figure(height)
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", color=INK, fontsize=12, fontweight="bold", pad=title_pad)
    _style(axes)
    return figure, axes


def new_panels(title: str, names: list[str], height: float = 3.4) -> tuple[Figure, list[Axes]]:
    """As `new_figure`, with a named panel beside the other for each of `names`."""
    figure = _figure(height)
    figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=12, fontweight="bold")
    panels = list(figure.subplots(1, len(names), squeeze=False)[0])
    for axes, name in zip(panels, names, strict=True):
        axes.set_title(name, loc="left", color=INK, fontsize=10)
        _style(axes)
    return figure, panels


def new_rows(title: str, count: int, height: float) -> tuple[Figure, list[Axes]]:
    """As `new_figure`, with `count` axes one below the other."""
    figure = _figure(height)
    figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=12, fontweight="bold")
    rows = list(figure.subplots(count, 1, squeeze=False)[:, 0])
    for axes in rows:
        _style(axes)
    return figure, rows


class Plot(Figure):
    """A figure that a notebook shows by itself, whatever backend matplotlib has there."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png")
        return stream.getvalue()


def _figure(height: float) -> Figure:
    figure = Plot(figsize=(WIDTH, height), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def _style(axes: Axes) -> None:
    axes.tick_params(colors=INK, labelsize=9, length=3, color=FAINT)
    axes.xaxis.label.set(color=INK, fontsize=10)
    axes.yaxis.label.set(color=INK, fontsize=10)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)
    axes.grid(color=FAINT, linewidth=0.6, alpha=0.7)
    axes.set_axisbelow(True)


def number(value: float) -> str:
    """Four digits, with the minus sign that matplotlib's axes have."""
    return f"{value:.4g}".replace("-", "\N{MINUS SIGN}")


def save_figure(path: str | os.PathLike, figure: Figure) -> None:
    """Writes the figure as a PNG, whole or not at all.

    Raises:
        UserError: the file cannot be written.
    """
    with written_whole(path) as unfinished:
        figure.savefig(unfinished, format="png")
