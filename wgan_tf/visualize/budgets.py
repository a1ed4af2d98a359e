"""Metrics of trainings of two kinds against all that they use up."""

import os
from collections.abc import Mapping, Sequence

from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from wgan_tf.visualize.figure import BLUE, GREEN, INK, ORANGE, new_panels, save_figure


def plot_budgets(
    path: str | os.PathLike,
    curves: Mapping[str, Sequence[list[dict]]],
    budgets: Mapping[str, str],
    metric: str,
    label: str,
    title: str,
    reference: float | None = None,
    logarithmic: bool = False,
) -> None:
    """Draws one panel per budget, one line per training, one colour per kind.

    Args:
        path: the PNG file.
        curves: two kinds by name, each with a curve per training: {budget: amount, ...,
            "metrics": {metric: value}} by measurement.
        budgets: key in a curve to the panel's heading.
        metric: which of the metrics.
        label: of the vertical axis.
        title: heading.
        reference: value of real images, a dashed line.
        logarithmic: whether the vertical axis is.

    Raises:
        UserError: the file cannot be written.
    """
    figure, panels = new_panels(title, list(budgets.values()))
    for axes, budget in zip(panels, budgets, strict=True):
        for (kind, trainings), colour in zip(curves.items(), (BLUE, ORANGE), strict=True):
            for index, curve in enumerate(trainings):
                axes.plot(
                    [measurement[budget] for measurement in curve],
                    [measurement["metrics"][metric] for measurement in curve],
                    color=colour,
                    linewidth=1.3,
                    marker="o",
                    markersize=2.5,
                    label=kind if index == 0 else None,
                )
        if reference is not None:
            axes.axhline(reference, color=GREEN, linewidth=1.2, linestyle=(0, (5, 3)), label="real")
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(FuncFormatter(_short))
        axes.set_xlim(left=0)
        if logarithmic:
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axes.yaxis.set_minor_formatter(NullFormatter())
            axes.tick_params(which="minor", length=0)
    panels[0].set_ylabel(label)
    # Beside the title, where no curve can lie under it.
    handles, names = panels[-1].get_legend_handles_labels()
    figure.legend(
        handles, names, frameon=False, fontsize=9, labelcolor=INK, ncols=len(names),
        loc="upper right",
    )
    save_figure(path, figure)


def _short(value: float, _) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if value >= 1e4 else f"{value:g}"
