"""Plots of the study: what each way to fine-tune does, over steps, scores and samples."""

import os
from pathlib import Path

import numpy as np

from wgan_tf.visualize.figure import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    new_figure,
    new_panels,
    save_figure,
)
from wgan_tf.visualize.page import read_png

RED, PURPLE, LIGHT = "#c0392b", "#7d5ba6", "#b8bcc4"
# Method to (name, colour); the rates of one method differ in their line.
METHODS = {
    "z_iterator": ("z iterator", BLUE),
    "random_z": ("random move of z", GREY),
    "image_iterator": ("image iterator", ORANGE),
    "random_pixels": ("random pixels", LIGHT),
    "best_of": ("best of k by critic", PURPLE),
    "more_training": ("more training", GREEN),
}
RULES = {"real_level": "stop at real level", "distance": "stop at distance", "bend": "stop at bend"}
LINES = ("-", "--", ":")


def plot_study(folder: Path, measured: Path, study: dict) -> list[Path]:
    """Draws all plots of a study into a folder.

    Args:
        folder: where the PNG files go.
        measured: folder of the rows of samples that the study kept, `seed-S-N/KEY.png`.
        study: the contents of `study.json`.

    Returns:
        The files.

    Raises:
        UserError: a file cannot be written.
    """
    paths = []
    for stage in sorted(study["findings"], key=int):
        models = [m["conditions"] for m in study["models"] if str(m["stage"]) == stage]
        name = f"{stage} iterations"
        paths += [folder / f"study_steps_{stage}.png", folder / f"study_trade_{stage}.png"]
        plot_steps(paths[-2], models, f"Fréchet distance after refinement, {name}")
        plot_trade(paths[-1], models, f"Score gained, realism lost, {name}")
        if all(m["nothing"].get("by_score") for m in models):
            paths.append(folder / f"study_gain_{stage}.png")
            key = study["findings"][stage]["claims"]["low_scores_gain_most"]["key"]
            plot_gain(paths[-1], models, key, f"Who gains, {name}")
        paths.append(folder / f"study_samples_{stage}.png")
        seed = study["models"][0]["seed"]
        rows = measured / f"seed-{seed}-{stage}"
        plot_samples(paths[-1], rows, models[0], f"The same samples, refined, {name}")
    return paths


def plot_steps(path: str | os.PathLike, models: list[dict], title: str) -> None:
    """Change of the Frechet distance against steps, with bands of 95 % confidence.

    The line is the mean over trainings, the band the mean ends of their paired bootstraps.

    Args:
        path: the PNG file.
        models: the conditions of each training by key.
        title: heading.
    """
    figure, panels = new_panels(title, ["z moves", "pixels move"], 3.8)
    kinds = (("z_iterator", "random_z"), ("image_iterator", "random_pixels"))
    for axes, methods in zip(panels, kinds, strict=True):
        axes.set_xscale("log")
        # Going astray by tens would flatten what happens around zero.
        axes.set_yscale("symlog", linthresh=1.0)
        for method in methods:
            rates = sorted({c["rate"] for c in models[0].values() if c["method"] == method})
            for rate, line in zip(rates, LINES, strict=False):
                _draw_curve(axes, models, method, rate, line)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set_xlabel("steps")
        axes.legend(frameon=False, fontsize=8, labelcolor=INK)
    panels[0].set_ylabel("change of the distance\n(below 0: better)")
    low = min(axes.get_ylim()[0] for axes in panels)
    high = max(axes.get_ylim()[1] for axes in panels)
    for axes in panels:
        axes.set_ylim(low, high)
    save_figure(path, figure)


def _draw_curve(axes, models: list[dict], method: str, rate: float, line: str) -> None:
    name, color = METHODS[method]
    entries = [
        [
            condition
            for condition in model.values()
            if (condition["method"], condition["rate"]) == (method, rate)
        ]
        for model in models
    ]
    steps = [condition["steps"] for condition in entries[0]]
    middle, low, high = (
        np.mean([[_frechet(c, field) for c in row] for row in entries], axis=0)
        for field in ("difference", "difference_low", "difference_high")
    )
    axes.plot(steps, middle, line, color=color, linewidth=1.8, label=f"{name}, rate {rate:g}")
    axes.fill_between(steps, low, high, color=color, alpha=0.15, linewidth=0)


def _frechet(condition: dict, field: str) -> float:
    entry = condition["metrics"].get("frechet")
    return float("nan") if entry is None else entry[field]


def plot_trade(path: str | os.PathLike, models: list[dict], title: str) -> None:
    """Change of the Frechet distance against the critic's score above real images'.

    Arguments as for `plot_steps`.
    """
    figure, axes = new_figure(title, 4.2)
    # Tuned pixels score tens above real images. Set first, as margins are made when points are.
    axes.set_xscale("symlog", linthresh=1.0)
    axes.set_yscale("symlog", linthresh=1.0)
    for method, (name, color) in METHODS.items():
        points = _scores_and_changes(models, method)
        axes.scatter(*points, s=14, color=color, label=name, linewidths=0)
    for rule, marker in zip(RULES, "^sD", strict=True):
        outline = {"s": 30, "marker": marker, "facecolor": "none", "edgecolor": RED}
        axes.scatter(*_scores_and_changes(models, rule), label=RULES[rule], **outline)
    start = np.mean([m["nothing"]["score"] - m["nothing"]["real_score"] for m in models])
    # Each name on its own side of the two lines, which may lie close together.
    sides = ("left", "right") if start < 0 else ("right", "left")
    for x, text, color, side in (
        (0.0, "real images", GREEN, sides[0]),
        (start, "before", INK, sides[1]),
    ):
        axes.axvline(x, color=color, linewidth=1.2, linestyle=(0, (5, 3)))
        axes.annotate(
            text, (x, 1), (3 if side == "left" else -3, -10), ha=side, color=color, fontsize=8,
            xycoords=axes.get_xaxis_transform(), textcoords="offset points",
        )
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xlabel("critic's mean score above that of real images")
    axes.set_ylabel("change of the Fréchet distance\n(below 0: better)")
    axes.legend(
        frameon=False, fontsize=8, labelcolor=INK, loc="upper left", bbox_to_anchor=(1.0, 1.0)
    )
    save_figure(path, figure)


def _scores_and_changes(models: list[dict], method: str) -> np.ndarray:
    """(2, n): score above real images' and change of the distance, of a method's conditions."""
    points = [
        (c["score"] - c["real_score"], _frechet(c, "difference"))
        for model in models
        for c in model.values()
        if c["method"] == method
    ]
    return np.transpose(points)


def plot_gain(path: str | os.PathLike, models: list[dict], key: str, title: str) -> None:
    """What the judge finds improved, by fifths of the samples' score before.

    Args:
        path: the PNG file.
        models: the conditions of each training by key.
        key: the condition of the z iterator.
        title: heading.
    """
    figure, axes = new_figure(title)
    control = key.replace("z_iterator", "random_z")
    for name, color in ((key, BLUE), (control, GREY)):
        for index, model in enumerate(models):
            groups = model[name]["by_score"]
            axes.errorbar(
                np.arange(1, len(groups) + 1) + 0.05 * index,
                [group["realism_gain"] for group in groups],
                [1.96 * group["realism_gain_error"] for group in groups],
                color=color, linewidth=1.6, capsize=2, elinewidth=0.8,
                label=name if not index else None,
            )
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xticks(range(1, 6), ["lowest", "2", "3", "4", "highest"])
    axes.set_xlabel("fifth of the samples by the critic's score before")
    axes.set_ylabel("gain in the judge's realism")
    axes.legend(frameon=False, fontsize=8, labelcolor=INK)
    save_figure(path, figure)


def plot_samples(path: str | os.PathLike, rows: Path, conditions: dict, title: str) -> None:
    """The same samples under the conditions, one row each.

    Args:
        path: the PNG file.
        rows: folder with the row of every condition.
        conditions: of one training, by key.
        title: heading.
    """
    shown = {
        key: rows / f"{key.replace(' ', '-')}.png"
        for key, condition in conditions.items()
        if condition["steps"] in (None, 3, 10, 100)
        and condition["method"] != "random_pixels"
        and condition["rate"] in (None, 0.01, 0.03)
    }
    pictures = {key: read_png(file) for key, file in shown.items() if file.exists()}
    height, width = next(iter(pictures.values())).shape[:2]
    ratio = width / height
    # Beside the names 5.2 inches are left for a row; above the rows half an inch for the title.
    figure, axes = new_figure(title, 0.5 + len(pictures) * 5.2 / ratio)
    for index, picture in enumerate(pictures.values()):
        axes.imshow(picture, extent=(0, ratio, -index - 0.95, -index))
    axes.set_xlim(0, ratio)
    axes.set_ylim(-len(pictures), 0)
    axes.set_aspect("equal", anchor="E")
    names = [_row_name(conditions[key]) for key in pictures]
    axes.set_yticks([-index - 0.5 for index in range(len(pictures))], names, fontsize=8)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    save_figure(path, figure)


def _row_name(condition: dict) -> str:
    method, rate, steps = (condition[field] for field in ("method", "rate", "steps"))
    name = RULES.get(method) or METHODS.get(method, (method,))[0]
    if rate is not None:
        name += f" {rate:g}"
    return name if steps is None else f"{name} x {steps}"
