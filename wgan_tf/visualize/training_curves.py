"""Losses and scores of a whole training."""

import os

import numpy as np

from wgan_tf.visualize.figure import BLUE, GREEN, INK, ORANGE, new_rows, save_figure

# What is drawn, one row below the other: the name of the axis, then column, colour and label.
_ROWS = {
    "loss": (
        ("loss/critic", BLUE, "critic"),
        ("loss/generator", ORANGE, "generator"),
        ("loss/classifier", BLUE, "classifier"),
    ),
    "score\n(high = real)": (
        ("score/real", GREEN, "real images"),
        ("score/fake", ORANGE, "generated images"),
    ),
    "right of a training batch": (("accuracy/training_batch", BLUE, "classifier"),),
}


def plot_losses(path: str | os.PathLike, columns: dict[str, np.ndarray]) -> None:
    """Draws the losses of both networks, and their scores or a classifier's accuracy, over the
    iterations.

    Args:
        path: the PNG file.
        columns: those of `losses.csv`, (rows,) each, NaN where there is no number; at least one
            row.

    Raises:
        ValueError: no column that is drawn has a number.
        UserError: the file cannot be written.
    """
    at = columns["iteration"]
    known = {name for name, values in columns.items() if np.isfinite(values).any()}
    rows = {
        title: [curve for curve in curves if curve[0] in known] for title, curves in _ROWS.items()
    }
    rows = {title: curves for title, curves in rows.items() if curves}
    if not rows:
        raise ValueError("there is no loss to draw")
    figure, all_axes = new_rows("Losses and scores while training", len(rows), 1 + 2.2 * len(rows))
    room = max(0.01 * (at[-1] - at[0]), 0.5)
    for axes, (title, curves) in zip(all_axes, rows.items(), strict=True):
        for name, colour, label in curves:
            # What is no number is left out: a side that moves in turn has no loss in between.
            finite = np.isfinite(columns[name])
            axes.plot(
                at[finite], columns[name][finite], color=colour, linewidth=1.4, label=label,
                marker="o" if finite.sum() < 2 else None, markersize=4,
            )
        axes.set_ylabel(title)
        axes.set_xlim(at[0] - room, at[-1] + room)
        axes.margins(y=0.12)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(
            frameon=False, fontsize=9, labelcolor=INK, ncols=3, loc="lower right",
            bbox_to_anchor=(1.0, 1.0), borderaxespad=0.1, borderpad=0.1, handlelength=1.4,
        )
    all_axes[-1].set_xlabel("iteration")
    save_figure(path, figure)
