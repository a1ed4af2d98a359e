"""All pictures of the study, the table of methods by advisers and the rows of samples."""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.colors import TwoSlopeNorm
from matplotlib.patches import Patch, Rectangle

from wgan_tf.visualize.figure import INK, new_rows, save_figure
from wgan_tf.visualize.page import read_png
from wgan_tf.visualize.study_costs import plot_temperature, plot_training
from wgan_tf.visualize.study_curves import plot_price

# From here on, in percent of the distance before, a cell is as green or as red as it gets.
_DEEPEST = 40.0
_MARKS = {"better": "\N{BLACK UP-POINTING TRIANGLE}", "worse": "\N{BLACK DOWN-POINTING TRIANGLE}"}
_DISAGREE = "judges disagree"
# Inches: a row of the map; what its panels have below and above them, names of methods and title.
_ROW, _AROUND = 0.27, 1.55


def plot_study(
    folder: str | os.PathLike,
    study: Mapping,
    findings: Mapping,
    rows_of_samples: Mapping[str, Mapping[str, Mapping[str, str | os.PathLike]]] | None = None,
) -> list[Path]:
    """Draws all plots of a study into a folder.

    Args:
        folder: where the PNG files go.
        study: the contents of `study.json`.
        findings: of `study.findings`, by game and stage.
        rows_of_samples: by game, stage and name of a condition a PNG strip of samples; all strips
            of a game and stage show the same z's.

    Returns:
        The files: `study_map_GAME`, `study_price_GAME_STAGE`, `study_training_GAME`,
        `study_temperature_GAME` and `study_samples_GAME_STAGE`, those there is something for.

    Raises:
        UserError: a file cannot be written.
    """
    folder, main = Path(folder), study["main"]
    real = study["reference"].get(main)
    title = study["titles"].get(main, main)
    title = title[:1].upper() + title[1:]
    paths = []

    def drawn(name: str, plot, *arguments) -> None:
        path = folder / f"{name}.png"
        if plot(path, *arguments):
            paths.append(path)

    for game, stages in findings.items():
        at = {f"after {stage} iterations": _with_before(f, main) for stage, f in stages.items()}
        drawn(f"study_map_{game}", plot_map, at, f"{title} after refinement, {game}")
        for stage, (name, found) in zip(stages, at.items(), strict=True):
            heading = f"{title}, {game} {name}"
            drawn(f"study_price_{game}_{stage}", plot_price, found, heading, real)
            strips = (rows_of_samples or {}).get(game, {}).get(stage)
            heading = f"The same z's under several conditions, {game} {name}"
            drawn(f"study_samples_{game}_{stage}", plot_samples, strips, heading)
        drawn(f"study_training_{game}", plot_training, at, f"Refining or training more, {game}")
        heading = f"Temperature of Langevin's walk, {game}"
        drawn(f"study_temperature_{game}", plot_temperature, at, heading, study["titles"])
    return paths


def _with_before(found: dict, main: str) -> dict:
    return {**found, "before": found["before"][main]}


def plot_map(path: str | os.PathLike, stages: Mapping[str, dict], title: str) -> bool:
    """A coloured table of methods by advisers for every stage, at the budget with the most
    conditions.

    Args:
        path: the PNG file.
        stages: by name what was found, see `study.findings`, with "before" as a number.
        title: heading.

    Returns:
        Whether there was anything to draw.

    Raises:
        UserError: the file cannot be written.
    """
    tables = {name: _table(found) for name, found in stages.items() if found["before"]}
    tables = {name: table for name, table in tables.items() if table}
    if not tables:
        return False
    guides, methods = (
        list(dict.fromkeys(key[which] for _, table in tables.values() for key in table))
        for which in (0, 1)
    )
    height = len(tables) * (_ROW * len(guides) + 0.4) + _AROUND
    figure, panels = new_rows(title, len(tables), height)
    for axes, (name, (budget, table)) in zip(panels, tables.items(), strict=True):
        _draw_table(axes, table, guides, methods)
        what = f"{name}, {budget} evaluations: change in percent of the distance before"
        axes.set_title(what, loc="left", color=INK, fontsize=9)
    names = [_words(method) for method in methods]
    panels[-1].set_xticks(range(len(methods)), names, rotation=45, ha="right", fontsize=8)
    handles = [
        Patch(facecolor="none", edgecolor="none", label=f"{mark} {verdict}")
        for verdict, mark in _MARKS.items()
    ]
    handles.append(Patch(facecolor="#eceef1", edgecolor="#d6d9de", hatch="///", label=_DISAGREE))
    handles.append(Patch(facecolor="none", edgecolor="none", label="no mark: unclear"))
    figure.legend(
        handles=handles, ncols=4, loc="outside lower left", frameon=False, fontsize=8,
        labelcolor=INK, handlelength=1.6,
    )  # fmt: skip
    save_figure(path, figure)
    return True


def _table(found: dict) -> tuple[int, dict] | None:
    """The budget with the most conditions, and their changes in percent and verdicts by guide and
    method.
    """
    done = [c for c in found["conditions"] if c["method"] != "nothing"]
    budgets = [c["budget"] for c in done]
    if not budgets:
        return None
    budget = max(sorted(set(budgets)), key=budgets.count)
    percent = 100 / found["before"]
    return budget, {
        (c["guide"], c["method"]): (percent * c["main"]["mean"], c["verdict"])
        for c in done
        if c["budget"] == budget
    }


def _draw_table(axes, table: Mapping, guides: list[str], methods: list[str]) -> None:
    values = np.full((len(guides), len(methods)), np.nan)
    for (guide, method), (percent, verdict) in table.items():
        row, column = guides.index(guide), methods.index(method)
        if verdict == _DISAGREE:
            axes.add_patch(
                Rectangle(
                    (column - 0.5, row - 0.5), 1, 1, facecolor="#eceef1", edgecolor="#d6d9de",
                    hatch="///", linewidth=0,
                )
            )  # fmt: skip
        else:
            values[row, column] = np.clip(percent, -_DEEPEST, _DEEPEST)
        text = f"{_short(percent)}{_MARKS.get(verdict, '')}"
        axes.text(column, row, text, ha="center", va="center", color=INK, fontsize=6.5)
    norm = TwoSlopeNorm(0, -_DEEPEST, _DEEPEST)
    axes.imshow(values, cmap="RdYlGn_r", norm=norm, aspect="auto", alpha=0.75)
    axes.set_xlim(-0.5, len(methods) - 0.5)
    axes.set_yticks(range(len(guides)), [_words(guide) for guide in guides], fontsize=8)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _short(percent: float) -> str:
    """At most four signs beside the own one."""
    if abs(percent) < 0.05:
        text = "0.0"
    elif abs(percent) >= 999.5:
        text = f"{percent / 1000:+.1f}k"
    else:
        text = f"{percent:+.1f}" if abs(percent) < 9.95 else f"{percent:+.0f}"
    return text.replace("-", "\N{MINUS SIGN}")


def _words(name: str) -> str:
    """A guide's or method's name to read."""
    name, _, settings = name.replace("_", " ").partition(":")
    _, _, value = settings.partition("=")
    return (name + (f", T {value}" if value else "")) or "no adviser"


def plot_samples(
    path: str | os.PathLike, strips: Mapping[str, str | os.PathLike] | None, title: str
) -> bool:
    """The same samples under several conditions, one row each.

    Args:
        path: the PNG file.
        strips: by name of a condition the PNG file of its row, all of one size.
        title: heading.

    Returns:
        Whether there was anything to draw.

    Raises:
        UserError: the file cannot be written.
    """
    there = {name: file for name, file in (strips or {}).items() if Path(file).exists()}
    pictures = {name: read_png(file) for name, file in there.items()}
    if not pictures:
        return False
    height, width = next(iter(pictures.values())).shape[:2]
    ratio = width / height
    # Beside the names 4.9 inches are left for a row; above the rows half an inch for the title.
    figure, (axes,) = new_rows(title, 1, 0.5 + len(pictures) * 4.9 / ratio)
    for index, picture in enumerate(pictures.values()):
        axes.imshow(picture, extent=(0, ratio, -index - 0.95, -index))
    axes.set_xlim(0, ratio)
    axes.set_ylim(-len(pictures), 0)
    axes.set_aspect("equal", anchor="E")
    names = [name.replace(" by ", "\nby ") for name in pictures]
    axes.set_yticks([-index - 0.5 for index in range(len(pictures))], names, fontsize=8)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    save_figure(path, figure)
    return True
