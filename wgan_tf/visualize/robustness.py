"""Plots of perturbed real images: accuracy against the size of the change, and what it takes."""

import numpy as np
from matplotlib.figure import Figure

from wgan_tf.visualize.figure import BLUE, GREY, INK, ORANGE, new_panels, number

# Curve to (name, colour, line).
CURVES = {
    "targeted": ("to another class", BLUE, "-"),
    "targeted_one_step": ("the same in one step", BLUE, "--"),
    "untargeted": ("away from its own", ORANGE, "-"),
    "untargeted_one_step": ("the same in one step", ORANGE, "--"),
    "random_signs": ("random signs", GREY, "-"),
}
_AXIS = "largest change of a pixel (levels of 255)"


def plot_accuracy(
    sizes: np.ndarray,
    panels: dict[str, dict[str, tuple[np.ndarray, np.ndarray]]],
    title: str,
) -> Figure:
    """Draws the share of right answers against the size of the change, a panel a discriminator.

    Args:
        sizes: (k,), in levels.
        panels: for each discriminator its curves: a key of CURVES to accuracy (k,) in [0, 1] and
            its standard error (k,), drawn as a band.
        title: heading.
    """
    figure, axes = new_panels(title, list(panels), 4.0)
    for panel, curves in zip(axes, panels.values(), strict=True):
        for key, (name, color, line) in CURVES.items():
            if key not in curves:
                continue
            accuracy, error = (100 * np.asarray(values) for values in curves[key])
            panel.plot(sizes, accuracy, color=color, linestyle=line, linewidth=1.8, label=name)
            panel.fill_between(
                sizes, accuracy - error, accuracy + error, color=color, alpha=0.15, linewidth=0
            )
        panel.set_xlim(0, sizes[-1])
        panel.set_ylim(-2, 102)
        panel.set_xlabel(_AXIS)
    axes[0].set_ylabel("right answers, %")
    _legend(figure, axes[0])
    return figure


def plot_smallest(
    sizes: np.ndarray,
    panels: dict[str, dict[str, np.ndarray]],
    title: str,
) -> Figure:
    """Draws how many images the first wrong answer came at each size, a panel a discriminator.

    Args:
        sizes: (k,), in levels, rising in equal steps from 0.
        panels: for each discriminator "targeted" and, if it differs, "untargeted" to the smallest
            size of each image, (n,), one of `sizes` or infinite.
        title: heading.
    """
    figure, axes = new_panels(title, list(panels), 4.0)
    step = sizes[1] - sizes[0]
    never = sizes[-1] + max(3 * step, 0.08 * sizes[-1])
    for panel, ways in zip(axes, panels.values(), strict=True):
        for key, smallest in ways.items():
            name, color, _ = CURVES[key]
            shares = [100 * np.isclose(smallest, size).mean() for size in (*sizes, np.inf)]
            median = np.median(smallest)
            shown = number(median) if np.isfinite(median) else f"above {sizes[-1]:g}"
            panel.bar(
                (*sizes, never), shares, step, color=color, alpha=0.45,
                label=f"{name}: median {shown}",
            )
            if np.isfinite(median):
                panel.axvline(median, color=color, linewidth=1.4)
        ticks = np.linspace(0, sizes[-1], 5)
        panel.set_xticks([*ticks[:-1], never], [*(f"{tick:g}" for tick in ticks[:-1]), "never"])
        panel.set_xlabel(_AXIS)
        # Every panel has medians of its own; above the axes no bar can lie under them.
        panel.set_title(panel.get_title("left"), loc="left", fontsize=10, pad=16 * len(ways) + 8)
        panel.legend(
            frameon=False, fontsize=9, labelcolor=INK, loc="lower left",
            bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2, borderpad=0.0, handlelength=1.4,
        )
    axes[0].set_ylabel("share of images, %")
    return figure


def _legend(figure, axes) -> None:
    handles, names = axes.get_legend_handles_labels()
    figure.legend(
        handles, names, frameon=False, fontsize=9, labelcolor=INK, ncols=3,
        loc="outside lower center", handlelength=2.2,
    )
