"""The card of a run: `README.md` in its folder, for people who come by it.

No real image is in it. What people write above or below it stays when it is written again; a
`README.md` that has no card in it is theirs, and left alone.
"""

import importlib.metadata
import math
import os
from collections.abc import Mapping
from pathlib import Path

from absl import logging

import wgan_tf
from wgan_tf.config import Config
from wgan_tf.config.as_command import command_of
from wgan_tf.errors import UserError, printable
from wgan_tf.files.csv_rows import read_columns
from wgan_tf.files.reading import read_figures
from wgan_tf.files.writing import written_whole
from wgan_tf.machine.timing import time_in_words
from wgan_tf.models import GAMES
from wgan_tf.runs.history import read_history
from wgan_tf.runs.layout import LOSSES

FILE = "README.md"
LOSSES_PICTURE, SAMPLES_PICTURE = "images/losses.png", "images/after_training.png"
# Comments around the card, and around what is measured in it.
_CARD = ("<!-- card: what stands from here on is written anew -->", "<!-- end of the card -->")
_MEASURED = ("<!-- measured -->", "<!-- end of what is measured -->")
_MOST = 2**20  # bytes of a file that is written again
_PACKAGES = ("tensorflow", "keras")
# What a file that somebody has changed can lead to.
_CHANGED = (UserError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
# Of a ratio, what is shown, and what it is called.
_OF_RATIO = {
    "auc": "area under the curve",
    "log_loss": "log loss",
    "log_loss_chance": "log loss by chance",
    "effective_share": "effective samples, share",
    "overlap": "overlap",
}


def write_card(config: Config, model, data: str) -> None:
    """Writes the card of a trained game; what cannot be written is a warning.

    Args:
        config: of the run.
        model: the game.
        data: what it was trained on, in words: what it is, how many images, their size.
    """
    folder = Path(config.run.logs_dir)
    lines = [
        "",
        f"# {_plain(folder.absolute().name)}",
        "",
        *_samples(folder, model),
        *_table(("", ""), "ll", _facts(config, model, data)),
        "",
        "Made by",
        "",
        f"    {printable(command_of(config))}",
        "",
        "To go on with it in Python:",
        "",
        "    import wgan_tf",
        f"    run = wgan_tf.load({os.fspath(config.run.logs_dir)!r})",
        f"    images = run.generate(run.sample_z({min(8, config.data.batch_size)}))",
        "",
        *_measured(folder),
    ]
    _write(folder / FILE, _CARD, lines, new=True)


def measure_again(logs_dir: str | os.PathLike) -> None:
    """Brings what is measured in the card of a run up to date, where there is a card."""
    path = Path(logs_dir) / FILE
    if path.exists():
        _write(path, _MEASURED, _measured(path.parent)[1:-1], new=False)


def _samples(folder: Path, model) -> list[str]:
    if not (folder / SAMPLES_PICTURE).exists():
        return []
    columns = " One column for each class or category." if model.one_hot else ""
    return [
        f"![samples]({SAMPLES_PICTURE})",
        "",
        f"Samples after iteration {int(model.iteration.numpy()):,}, the first of --seed, none "
        f"chosen.{columns}",
        "",
    ]


def _facts(config: Config, model, data: str) -> list[tuple[str, str]]:
    game, network = GAMES[config.network.model], config.network
    loss = f", {config.training.loss} loss" if "loss" in game.takes else ""
    first = [f"{getattr(network, name)} {name}" for name in game.first]
    latents = ", ".join([f"z of {network.z_dim} values, {network.z_prior}", *first])
    sizes = {name: f"{part.count_params():,} parameters" for name, part in model.networks.items()}
    sizes["generator"] += f"; {latents}"
    ours = f"wgan_tf {wgan_tf.__version__}"
    versions = ", ".join([ours, *map(_with_version, _PACKAGES)])
    return [
        ("data", _plain(data)),
        ("game", network.model + loss),
        *sizes.items(),
        ("iterations", f"{int(model.iteration.numpy()):,} of batches of {config.data.batch_size}"),
        *_changes(config),
        ("versions", versions),
    ]


def _changes(config: Config) -> list[tuple[str, str]]:
    """What was changed on the way, which the command below does not repeat."""
    changes = read_history(config.run.logs_dir)
    said = [_plain(f"{change} from iteration {change.iteration:,} on") for change in changes]
    return [("changed on the way", "; ".join(said))] if said else []


def _measured(folder: Path) -> list[str]:
    """The numbers that there are, between the comments around them."""
    parts = [_MEASURED[0], ""]
    for part in (_of_training, _of_evaluation, _of_ratio):
        try:
            parts += part(folder)
        except _CHANGED as error:
            logging.warning("%s: a part of the card is left out: %s", folder, error)
    return [*parts, _MEASURED[1]]


def _of_training(folder: Path) -> list[str]:
    if not (folder / LOSSES).exists():
        return []
    columns = read_columns(folder / LOSSES)
    last = {name: values[-1] for name, values in columns.items() if len(values)}
    shown = {
        name: value
        for name, value in last.items()
        if name.startswith(("loss/", "score/", "accuracy/")) and math.isfinite(value)
    }
    if not shown:
        return []
    picture = [f"![losses]({LOSSES_PICTURE})", ""] if (folder / LOSSES_PICTURE).exists() else []
    caption = (
        f"Means of the iterations up to {int(last['iteration']):,}, after "
        f"{time_in_words(last['seconds'])} of training; all rows are in {LOSSES}."
    )
    rows = [(_plain(name), f"{value:.4g}") for name, value in shown.items()]
    return ["## Losses", "", *picture, caption, "", *_table(("", "last"), "lr", rows), ""]


def _of_evaluation(folder: Path) -> list[str]:
    """What `--mode=evaluate` measured of samples of this run."""
    if not (folder / "evaluate.json").exists():
        return []
    report = read_figures(folder / "evaluate.json")
    if report["iteration"] is None:
        return []
    counts = report["images"]
    caption = (
        f"{int(counts['generated']):,} samples after iteration {int(report['iteration']):,} "
        f"against {int(counts['real']):,} real images ({_plain(report['real'])}), in "
        f"{_plain(report['features'])} features."
    )
    rows = [
        (
            _plain(row["title"]), _number(row["value"]), _interval(row),
            _number(row["real_against_real"]), _plain(row["better"] or ""),
        )
        for row in report["metrics"].values()
    ]
    head = ("metric", "value", "95 % interval", "real against real", "better")
    return ["## Samples", "", caption, "", *_table(head, "lrrrl", rows), ""]


def _of_ratio(folder: Path) -> list[str]:
    """What `--mode=fit_ratio` found."""
    if not (folder / "ratio.json").exists():
        return []
    facts = read_figures(folder / "ratio.json")
    caption = (
        f"A log density ratio, real against generated, fitted after iteration "
        f"{int(facts['iteration']):,} in {_plain(facts['features'])} features, on images that it "
        "did not learn from."
    )
    rows = [(title, _number(facts[name])) for name, title in _OF_RATIO.items()]
    return ["## Ratio", "", caption, "", *_table(("", ""), "lr", rows), ""]


def _table(head: tuple[str, ...], aligned: str, rows) -> list[str]:
    """A table in Markdown; `aligned` has an l or r for each column."""
    marks = ["---:" if side == "r" else "---" for side in aligned]
    return ["| " + " | ".join(line) + " |" for line in (head, marks, *rows)]


def _number(value) -> str:
    return "" if value is None else f"{float(value):.4g}"


def _interval(row: Mapping) -> str:
    low, high = row["low"], row["high"]
    return "" if low is None or high is None else f"{_number(low)} to {_number(high)}"


def _plain(text) -> str:
    """A text that anybody may have written, as words in Markdown that are nothing but words."""
    escaped = (f"\\{letter}" if letter in "\\`*_[]<>|#!" else letter for letter in str(text))
    return printable("".join(escaped)[:500])


def _with_version(package: str) -> str:
    return f"{package} {importlib.metadata.version(package)}"


def _write(path: Path, around: tuple[str, str], lines: list[str], new: bool) -> None:
    """Puts lines between the comments of a file.

    Args:
        path: the file.
        around: the comments.
        lines: between them.
        new: whether to write a file that is not there.
    """
    block = "\n".join([around[0], *lines, around[1]])
    try:
        text = _read(path)
        if text is None and new:
            text = "\n".join(around) + "\n"
        before, begin, rest = (text or "").partition(around[0])
        _, end, after = rest.partition(around[1])
        if not begin or not end:
            raise UserError(f"{path} has no card of ours in it and is left alone")
        with written_whole(path) as unfinished:
            unfinished.write_text(before + block + after, encoding="utf-8")
    except UserError as error:
        logging.warning("the card of the run is not written: %s", error)


def _read(path: Path) -> str | None:
    """The text of a file; None where there is none.

    Raises:
        UserError: it cannot be one that was written here.
    """
    try:
        if path.is_symlink() or path.exists() and not path.is_file():
            raise UserError(f"{path} is no plain file")
        if not path.exists():
            return None
        if path.stat().st_size > _MOST:
            raise UserError(f"{path} is too large")
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}") from error
