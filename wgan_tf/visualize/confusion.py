"""Confusion matrices as pictures."""

import os

import numpy as np

from wgan_tf.visualize.figure import INK, new_figure, save_figure

_MOST_NUMBERED = 20  # classes whose counts still fit into their cells


def plot_confusion(
    path: str | os.PathLike,
    counts: np.ndarray,
    names: list[str],
    title: str,
    row: str = "true class",
    columns: list[str] | None = None,
) -> None:
    """Draws how often each class was taken for each other.

    Colours are shares of a row on a root scale, so that single mistakes show.

    Args:
        path: the PNG file.
        counts: int (classes, answers): row = class, column = what it was taken for.
        names: of the classes.
        title: heading.
        row: what the classes of the rows are.
        columns: names of the answers where they are not the classes.

    Raises:
        ValueError: another number of names than of rows or columns.
        UserError: the file cannot be written.
    """
    counts = np.asarray(counts)
    columns = columns or names
    if counts.shape != (len(names), len(columns)):
        raise ValueError(f"{len(names)} and {len(columns)} names for counts {counts.shape}")
    figure, axes = new_figure(title, 6.2)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    turned = max(map(len, columns)) > 2
    axes.set_xticks(range(len(columns)), columns, rotation=45 if turned else 0)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("taken for")
    axes.set_ylabel(row)
    if len(names) <= _MOST_NUMBERED:
        for at, column in zip(*np.nonzero(counts), strict=True):
            axes.text(
                column, at, f"{counts[at, column]}", ha="center", va="center", fontsize=9,
                color="white" if shares[at, column] > 0.3 else INK,
            )
    save_figure(path, figure)
