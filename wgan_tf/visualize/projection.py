"""How a search for z's came nearer to its targets."""

import numpy as np
from matplotlib.figure import Figure

from wgan_tf.visualize.figure import BLUE, GREY, INK, ORANGE, new_figure, number


def plot_distances(steps: np.ndarray, distances: np.ndarray, title: str, label: str) -> Figure:
    """Draws the median over the targets, and the range of the middle half of them.

    Args:
        steps: the number of steps done at each record, from 0, (k,).
        distances: of each target at each record, the smallest so far, (k, n).
        title: heading.
        label: what the distance is.
    """
    low, median, high = np.percentile(distances, (25, 50, 75), axis=1)
    figure, axes = new_figure(title)
    if distances.shape[1] > 1:
        half = {"color": BLUE, "alpha": 0.18, "linewidth": 0, "label": "middle half of the targets"}
        axes.fill_between(steps, low, high, **half)
    axes.plot(steps, median, color=BLUE, linewidth=1.8, label="nearest so far, median")
    axes.axhline(
        median[0], color=ORANGE, linewidth=1.4, linestyle=(0, (5, 3)), label="nearest random sample"
    )
    for at, height, align, below in ((0, median[0], "left", 4), (-1, median[-1], "right", 6)):
        axes.annotate(
            number(height), (steps[at], height), (0, below), textcoords="offset points", ha=align,
            color=GREY, fontsize=9,
        )
    axes.set_ylim(bottom=0)
    axes.margins(x=0.01, y=0.12)
    axes.set_xlabel("step")
    axes.set_ylabel(label)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(frameon=False, fontsize=9, labelcolor=INK)
    return figure
