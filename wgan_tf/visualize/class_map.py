"""Points in two dimensions, coloured by class, and what thumbnails of them need."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from wgan_tf.visualize.figure import FAINT, INK, new_figure

# matplotlib's ten colours that can be told apart; beyond, the same with another mark.
_COLOURS = 10
_MARKS = "o^sDvP*X"


def class_map(
    points: np.ndarray,
    classes: np.ndarray,
    names: Sequence[str],
    title: str,
    note: str = "",
    axes_names: tuple[str, str] | None = None,
) -> Figure:
    """Draws points coloured by class, the classes that occur named beside them.

    Args:
        points: (m, 2).
        classes: int (m,), from 0.
        names: of all classes.
        title: heading.
        note: lines below it.
        axes_names: of axes that mean something; None: they have no ticks, only nearness counts.

    Raises:
        ValueError: not as many classes as points.
    """
    points, classes = np.asarray(points), np.asarray(classes)
    if classes.shape != (len(points),):
        raise ValueError(f"classes must be ({len(points)},), not {classes.shape}")
    from matplotlib import colormaps

    lines = note.count("\n") + 1 if note else 0
    figure, axes = new_figure(title, height=6.0, title_pad=10 + 13 * lines)
    axes.annotate(
        note, (0, 1), (0, 6), color=INK, fontsize=9, xycoords="axes fraction",
        textcoords="offset points", va="bottom", linespacing=1.35,
    )
    size = np.clip(24_000 / len(points), 5, 30)
    # All classes mixed: in their order, the last would cover the others.
    order = np.random.default_rng(0).permutation(len(points))
    for mark in range(classes.max() // _COLOURS + 1):
        some = order[classes[order] // _COLOURS == mark]
        colours = colormaps["tab10"](classes[some] % _COLOURS)
        axes.scatter(*points[some].T, c=colours, s=size, marker=_mark(mark), linewidths=0)
    for number in np.unique(classes):
        axes.scatter(
            [], [], color=colormaps["tab10"](number % _COLOURS), marker=_mark(number // _COLOURS),
            s=40, linewidths=0, label=f"{names[number]} ({np.mean(classes == number):.0%})",
        )
    axes.legend(
        frameon=False, fontsize=10, labelcolor=INK, loc="center left", bbox_to_anchor=(1.0, 0.5),
        handletextpad=0.2, ncols=1 + (len(np.unique(classes)) - 1) // 20,
    )
    _bound(axes, axes_names)
    return figure


def _bound(axes, axes_names) -> None:
    axes.set(aspect="equal")
    if axes_names:
        axes.set(xlabel=axes_names[0], ylabel=axes_names[1])
        return
    axes.set(xticks=[], yticks=[])
    axes.set_adjustable("datalim")
    for spine in axes.spines.values():
        spine.set(visible=True, color=FAINT)


def _mark(number: int) -> str:
    return _MARKS[number % len(_MARKS)]


def thumbnails(images: np.ndarray, most: int = 32) -> np.ndarray:
    """Images shrunk by a whole number, by means over squares, to sides of `most` or a bit more.

    Args:
        images: float (n, h, h, c).
        most: pixels.
    """
    images = np.asarray(images)
    count, side, _, channels = images.shape
    factor = max(divisor for divisor in range(1, max(1, side // most) + 1) if side % divisor == 0)
    parts = side // factor
    return images.reshape(count, parts, factor, parts, factor, channels).mean((2, 4))
