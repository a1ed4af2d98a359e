"""Plots of one refinement: the loss on its way, and the critic's scores before and after."""

import os

import numpy as np

from wgan_tf.visualize.figure import BLUE, GREEN, INK, ORANGE, new_figure, number, save_figure

BINS = 40


def error_plot(
    path: str | os.PathLike,
    losses: np.ndarray,
    title: str,
    real_loss: float | None = None,
    loss_label: str = "generator loss",
) -> None:
    """Draws the loss over the steps of a refinement (the original's `--plot_iter_error`).

    Args:
        path: the PNG file.
        losses: (steps,), the loss of the whole batch at each step; low = taken for real.
        title: what was refined.
        real_loss: the same loss of real images, drawn as a dashed line to measure by; for a
            Wasserstein critic it is minus their mean score.
        loss_label: name of the vertical axis.

    Raises:
        ValueError: `losses` is not a non-empty list of numbers.
        UserError: the file cannot be written.
    """
    losses = np.asarray(losses, np.float64)
    if losses.ndim != 1 or len(losses) == 0:
        raise ValueError(f"losses must be (steps >= 1,), not {losses.shape}")
    figure, axes = new_figure(title)
    last = len(losses) - 1
    axes.plot(losses, color=BLUE, linewidth=1.8)
    if real_loss is not None:
        axes.axhline(real_loss, color=GREEN, linewidth=1.4, linestyle=(0, (5, 3)))
        axes.annotate(
            f"real images: {number(real_loss)}", (1, real_loss), (-2, 4), color=GREEN, fontsize=9,
            xycoords=axes.get_yaxis_transform(), textcoords="offset points", ha="right",
        )
    _name_ends(axes, losses)
    axes.set_xlim(-0.01 * max(last, 1), 1.01 * max(last, 1))
    axes.margins(y=0.12)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("refinement step")
    axes.set_ylabel(loss_label)
    save_figure(path, figure)


def _name_ends(axes, losses: np.ndarray) -> None:
    # A loss that diverged has no last value, and a line of one point is invisible without dots.
    last, falling = len(losses) - 1, not losses[-1] > losses[0]
    ends = {last: ("right", not falling), 0: ("left", falling)}  # one entry if last is 0
    for step, (align, up) in ends.items():
        if not np.isfinite(losses[step]):
            continue
        axes.plot(step, losses[step], "o", color=BLUE, markersize=4)
        axes.annotate(
            number(losses[step]), (step, losses[step]), (0, 6 if up else -6), color=INK,
            textcoords="offset points", ha=align, va="bottom" if up else "top", fontsize=9,
        )


def score_plot(
    path: str | os.PathLike,
    before: np.ndarray,
    after: np.ndarray,
    real: np.ndarray | None = None,
    label: str = "critic score (high = real)",
) -> None:
    """Draws histograms of the score per image, before and after a refinement.

    Args:
        path: the PNG file.
        before, after: (n,) scores; high = taken for real.
        real: (m,) scores of real images, drawn as an outline; m need not be n, since the
            bars are shares of their group.
        label: what they are: name of the horizontal axis.

    Raises:
        ValueError: no score is finite.
        UserError: the file cannot be written.
    """
    groups = [("before", before, BLUE), ("after", after, ORANGE)]
    if real is not None:
        groups.append(("real", real, GREEN))
    groups = [(name, _finite(name, scores), color) for name, scores, color in groups]
    # One set of bins, so that equal widths mean equal spreads.
    edges = np.histogram_bin_edges(np.concatenate([scores for _, scores, _ in groups]), BINS)
    heading = f"The images' {label.partition(' (')[0]}, before and after"
    figure, axes = new_figure(heading, title_pad=24)
    for name, scores, color in groups:
        fill = {"fill": False, "linestyle": "--"} if name == "real" else {"alpha": 0.45}
        axes.hist(
            scores, edges, weights=np.full(len(scores), 100 / len(scores)), color=color,
            edgecolor=color, linewidth=1.2, histtype="stepfilled", **fill,
            label=f"{name}: mean {number(scores.mean())}",
        )
        axes.axvline(scores.mean(), color=color, linewidth=1.2)
    axes.set_xlabel(label)
    axes.set_ylabel("share of images, %")
    # Above the axes, where no score can lie under it.
    axes.legend(
        frameon=False, fontsize=9, labelcolor=INK, ncols=3, loc="lower left",
        bbox_to_anchor=(0.0, 1.0), borderaxespad=0.2, borderpad=0.0, handlelength=1.4,
    )
    save_figure(path, figure)


def _finite(name: str, scores: np.ndarray) -> np.ndarray:
    scores = np.ravel(np.asarray(scores, np.float64))
    scores = scores[np.isfinite(scores)]
    if len(scores) == 0:
        raise ValueError(f"the scores named {name!r} hold no finite number")
    return scores


def learning_curve(path: str | os.PathLike, runs: dict[str, list[dict]], title: str) -> None:
    """Draws test accuracy epoch by epoch, with its standard error as a band.

    Args:
        path: the PNG file.
        runs: name to the list in `test_accuracy.json`; a single one needs no name.
        title: heading.

    Raises:
        UserError: the file cannot be written.
    """
    figure, axes = new_figure(title)
    latest = max((epoch["epoch"] for epochs in runs.values() for epoch in epochs), default=0)
    for (name, epochs), colour in zip(runs.items(), (BLUE, ORANGE, GREEN), strict=False):
        if not epochs:
            continue
        at = [epoch["epoch"] for epoch in epochs]
        share = 100 * np.array([epoch["accuracy"] for epoch in epochs])
        error = 100 * np.array([epoch["standard_error"] for epoch in epochs])
        axes.fill_between(at, share - error, share + error, color=colour, alpha=0.25, linewidth=0)
        axes.plot(at, share, color=colour, marker="o", markersize=3, label=name)
        last = f"{share[-1]:.1f} %" if not name else f"{name}: {share[-1]:.1f} %"
        # The end of a short list beside a long one is at the left edge.
        align = "right" if 2 * at[-1] > latest else "left"
        axes.annotate(
            last, (at[-1], share[-1]), (4, 6), textcoords="offset points", ha=align,
            color=colour, fontsize=9,
        )
    axes.set_xlabel("epoch")
    axes.set_ylabel("test images right, %")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.margins(y=0.12)
    save_figure(path, figure)
