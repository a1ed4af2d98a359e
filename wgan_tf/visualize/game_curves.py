"""What a generator still learned from its critic while it was trained."""

import os

import numpy as np

from wgan_tf.visualize.figure import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    new_rows,
    save_figure,
)

RED = "#c0392b"
# A sign of `metrics.discrimination` to the row that shows it, and what its mark says.
MARKS = {
    "cannot_tell": (0, "cannot tell"),
    "tells_everything": (0, "tells everything"),
    "collapse": (2, "collapse"),
    "not_a_number": (1, "no number"),
}


def plot_feedback(
    path: str | os.PathLike, looks: list[dict], warnings: list[dict], critic: str = "critic"
) -> None:
    """Draws accuracies, losses and variety over the iterations, and marks the warnings.

    Args:
        path: the PNG file.
        looks, warnings: as in `feedback.json`, NaN or None for what is no number; at least one
            look.
        critic: "critic" or "discriminator".

    Raises:
        UserError: the file cannot be written.
    """
    figure, (accuracy, losses, variety) = new_rows(f"What the {critic} tells apart", 3, 7.0)
    for name, colour, label in (
        ("accuracy_real", GREEN, "real"),
        ("accuracy_fake", ORANGE, "generated"),
        ("accuracy", INK, "mean"),
    ):
        _draw(accuracy, looks, name, colour, label)
    _line(accuracy, 0.5, "guessed")
    accuracy.set_ylim(-0.04, 1.04)
    accuracy.set_ylabel("told rightly, share")
    _draw(losses, looks, "critic_loss", BLUE, critic)
    _draw(losses, looks, "generator_loss", ORANGE, "generator")
    losses.margins(y=0.12)
    losses.set_ylabel("loss")
    drawn = _draw(variety, looks, "variety", ORANGE, "generated images")
    _line(variety, 1.0, "real images")
    _line(variety, 0.1, "collapse", RED)
    variety.set_ylim(-0.05, 1.1 * max([1.1, *drawn]))
    variety.set_ylabel("variety, share of\nreal images'")
    variety.set_xlabel("iteration")
    first, last = looks[0]["iteration"], looks[-1]["iteration"]
    room = max(0.01 * (last - first), 0.5)
    for axes in (accuracy, losses, variety):
        axes.set_xlim(first - room, last + room)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(
            frameon=False, fontsize=9, labelcolor=INK, ncols=3, loc="lower right",
            bbox_to_anchor=(1.0, 1.0), borderaxespad=0.1, borderpad=0.1, handlelength=1.4,
        )
    _mark((accuracy, losses, variety), warnings)
    save_figure(path, figure)


def _draw(axes, looks, name: str, colour: str, label: str) -> np.ndarray:
    """Draws the finite values under a name, and returns them."""
    at = np.array([look["iteration"] for look in looks])
    values = np.array([look[name] for look in looks], np.float64)
    # What is no number is left out: a side that moves in turn has no loss in between.
    known = np.isfinite(values)
    marker = "o" if known.sum() < 2 else None
    axes.plot(
        at[known], values[known], color=colour, linewidth=1.6, label=label, marker=marker,
        markersize=4,
    )
    return values[known]


def _line(axes, height: float, text: str, colour: str = GREY) -> None:
    """A dashed line, named beside the axes, where no curve runs."""
    axes.axhline(height, color=colour, linewidth=1.2, linestyle=(0, (5, 3)))
    axes.annotate(
        text, (1, height), (4, 0), color=colour, fontsize=9, va="center",
        xycoords=axes.get_yaxis_transform(), textcoords="offset points", annotation_clip=False,
    )


def _mark(rows, warnings: list[dict]) -> None:
    """A line through the row that shows a sign at the iteration of its warning."""
    for warning in warnings:
        row, text = MARKS[warning["warning"]]
        axes = rows[row]
        axes.axvline(warning["iteration"], color=RED, linewidth=1.2)
        left = warning["iteration"] > np.mean(axes.get_xlim())
        axes.annotate(
            text, (warning["iteration"], 0.3), (-4 if left else 4, 0), color=RED, fontsize=9,
            xycoords=axes.get_xaxis_transform(), textcoords="offset points",
            ha="right" if left else "left", va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.8},
        )
