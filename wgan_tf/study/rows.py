"""What a study has measured, cell by cell, in files: a stop loses none."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from wgan_tf.errors import UserError
from wgan_tf.files.reading import read_figures
from wgan_tf.files.writing import write_json
from wgan_tf.refine.guides import ADVISERS, ADVISERS_OF_POINTS
from wgan_tf.study.cells import METHODS, UNGUIDED, UNREFINED
from wgan_tf.study.experiments import Samples
from wgan_tf.study.measures import priced

_ADVISERS = tuple(dict.fromkeys((*ADVISERS, *ADVISERS_OF_POINTS)))
# What a file name can have everywhere.
_OTHER = re.compile(r"[^\w.=+-]+")


class Piece(NamedTuple):
    """What is measured at once: one adviser and method on one training, by rising budgets.

    Attributes:
        model: the training, a tuple of game, stage and seed.
        guide, method: see `cells.Cell`.
        budgets: rising.
    """

    model: tuple
    guide: str
    method: str
    budgets: tuple[int, ...]

    def __str__(self):
        return f"{self.model}: {self.method} {self.guide}"

    @property
    def name(self) -> str:
        """Of its file."""
        return _OTHER.sub("_", "-".join(filter(None, (self.guide, self.method))))


def folder_of(folder: Path, model: tuple) -> Path:
    """Where the pieces of one training lie."""
    return folder / "cells" / "-".join(map(str, model))


def path_of(folder: Path, piece: Piece) -> Path:
    """The file of a piece."""
    return folder_of(folder, piece.model) / f"{piece.name}.json"


def is_measured(folder: Path, piece: Piece) -> bool:
    """Whether its file has a row for every budget."""
    return not _missing(path_of(folder, piece), piece)


def measure(
    folder: Path, piece: Piece, samples: Samples, measured: Callable, show: Callable
) -> None:
    """Measures those budgets of a piece that are missing.

    Args:
        folder: of the study.
        piece: of the model that the samples are of.
        samples: its samples and advisers.
        measured: an outcome to figures, see `measures`.
        show: called with a path without its suffix and images (m, h, w, c).
    """
    path = path_of(folder, piece)
    rows, budgets = _rows(path), _missing(path, piece)
    facts = {"seconds": 0.0, "gflop": 0.0}
    if piece.guide != UNGUIDED:
        facts = samples.advisers.facts(piece.guide)
    outcomes, why = samples.outcomes(piece.guide, piece.method, budgets), None
    for budget in budgets:
        row = {"guide": piece.guide, "method": piece.method, "budget": budget}
        try:
            # After an error nothing more comes of these.
            outcome = None if why else next(outcomes)
            if outcome is not None:
                row |= {**priced(outcome, facts["gflop"]), **measured(outcome)}
                show(path.with_name(f"{path.stem}-{budget}"), outcome.images)
        except UserError as error:
            why = str(error)
            tqdm.write(f"{piece} {budget}: {why}")
        rows.append(row | ({"failed": why} if why else {}))
        write_json(path, {"adviser": facts, "rows": rows})


def gathered(folder: Path, model: tuple) -> dict:
    """Everything that is known of one training: `advisers` by name, and `rows`."""
    advisers, rows = {}, []
    for path in sorted(folder_of(folder, model).glob("*.json")):
        figures = read_figures(path)
        rows += figures["rows"]
        guide = figures["rows"][0]["guide"]
        if guide != UNGUIDED:
            advisers[guide] = figures["adviser"]
    return {"advisers": advisers, "rows": sorted(rows, key=_place)}


def _place(row: dict) -> tuple:
    """Advisers in their order, methods in theirs, with settings behind those without."""
    method, _, settings = row["method"].partition(":")
    methods = (UNREFINED, *METHODS)
    known = methods.index(method) if method in methods else len(methods)
    return (UNGUIDED, *_ADVISERS).index(row["guide"]), known, settings, row["budget"]


def strips(folder: Path, model: tuple, keys: Iterable[tuple[str, str, int]]) -> dict:
    """Those of the pictures that were shown of a training: by guide, method and budget the file."""
    pictures = {}
    for guide, method, budget in keys:
        path = path_of(folder, Piece(model, guide, method, ()))
        path = path.with_name(f"{path.stem}-{budget}.png")
        if path.exists():
            pictures[guide, method, budget] = path
    return pictures


def _rows(path: Path) -> list[dict]:
    return read_figures(path, "rows") if path.exists() else []


def _missing(path: Path, piece: Piece) -> list[int]:
    there = {row["budget"] for row in _rows(path)}
    return [budget for budget in piece.budgets if budget not in there]
