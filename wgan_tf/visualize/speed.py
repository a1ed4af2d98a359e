"""Plots of the benchmark: how near the machine's peak each piece of work comes, and how the cost
of an iteration grows.
"""

import os

from wgan_tf.visualize.figure import BLUE, FAINT, INK, ORANGE, new_figure, save_figure


def plot_speed(path: str | os.PathLike, rows: dict[str, dict], peak: float) -> None:
    """Draws GFLOP/s of each piece of work beside the peak.

    Args:
        path: the PNG file.
        rows: by title; those without `gflop_per_second` are left out.
        peak: GFLOP/s of a large matrix product.

    Raises:
        UserError: the file cannot be written.
    """
    rows = {title: row for title, row in rows.items() if "gflop_per_second" in row}
    speeds = [row["gflop_per_second"] for row in rows.values()]
    figure, axes = new_figure("How fast, against a large matrix product", 0.9 + 0.36 * len(rows))
    axes.barh(list(rows), speeds, color=BLUE, height=0.62)
    for index, (title, speed) in enumerate(zip(rows, speeds, strict=True)):
        text = f"{duration(rows[title]['median'])}, {speed / peak:.0%}"
        inside = speed > 0.5 * peak
        axes.annotate(
            text, (speed, index), (-6 if inside else 6, 0), textcoords="offset points",
            ha="right" if inside else "left", va="center", fontsize=9,
            color="white" if inside else INK,
        )
    axes.axvline(peak, color=ORANGE, linewidth=1.6)
    axes.annotate(
        f"peak: {peak:.0f} GFLOP/s", (peak, 1), (-4, 4), xycoords=("data", "axes fraction"),
        textcoords="offset points", ha="right", color=ORANGE, fontsize=9,
    )
    axes.invert_yaxis()
    axes.set_xlim(0, max([peak, *speeds]) * 1.02)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("GFLOP/s")
    save_figure(path, figure)


def duration(seconds: float) -> str:
    """A length of time to three digits, in seconds or milliseconds."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


def plot_scaling(path: str | os.PathLike, groups: dict[str, dict], peak: float) -> None:
    """Draws the seconds of an iteration where one size is changed at a time.

    Args:
        path: the PNG file.
        groups: what is changed to {its value: {"median": seconds, "gflop": of an iteration}}.
        peak: GFLOP/s of a large matrix product; its time is marked on every bar.

    Raises:
        UserError: the file cannot be written.
    """
    figure, axes = new_figure("How the cost of an iteration grows", 3.6)
    at, ticks, names = 0.0, [], []
    for changed, rows in groups.items():
        first = at
        for value, row in rows.items():
            seconds, bound = row["median"], row["gflop"] / peak
            axes.bar(at, seconds, color=BLUE, width=0.8)
            axes.plot([at - 0.4, at + 0.4], [bound, bound], color=ORANGE, linewidth=1.6)
            axes.annotate(
                duration(seconds), (at, max(seconds, bound)), (0, 3),
                textcoords="offset points", ha="center", va="bottom", fontsize=9, color=INK,
            )
            ticks.append(at)
            names.append(value)
            at += 1
        axes.annotate(
            changed, ((first + at - 1) / 2, 0), (0, -22), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center", va="top", fontsize=10, color=INK,
        )
        at += 0.8
    axes.plot([], [], color=ORANGE, linewidth=1.6, label="the same arithmetic at the peak")
    axes.legend(frameon=False, fontsize=9, labelcolor=INK, loc="upper left")
    axes.set_yscale("log")
    axes.margins(y=0.3)
    axes.set_xticks(ticks, names)
    axes.grid(axis="x", visible=False)
    axes.spines["bottom"].set_color(FAINT)
    # Room for the names of the groups, which the layout does not see.
    axes.set_xlabel(" \n ")
    axes.set_ylabel("seconds per iteration")
    save_figure(path, figure)
