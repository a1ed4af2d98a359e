"""`--mode=study`: whose advice makes samples better, by which method, at what price, and when?

logs_dir/GAME/seed-S/N/   the run of seed S after N iterations; N-more-M: trained on from there to M
         advisers/        ratios by training, and features, which are learnt once a seed
         judge.keras      the judge of data without labels
         cells/           what was found, a file per training, adviser and method: a stop loses none
         study.json, findings.json, study.md, images/, study/
"""

import functools
from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data import WORLDS
from wgan_tf.files.reading import read_figures
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.runs.sharing import claimed, share
from wgan_tf.study import cells, rows
from wgan_tf.study.advisers import Advisers
from wgan_tf.study.conditions import name_of
from wgan_tf.study.experiments import Samples
from wgan_tf.study.findings import findings_of
from wgan_tf.study.known_world import Measure
from wgan_tf.study.measures import Images, Points
from wgan_tf.study.point_samples import PointAdvisers, PointSamples
from wgan_tf.study.report import study_in_words
from wgan_tf.training.studied import ImageTrainings
from wgan_tf.training.studied_points import PointTrainings
from wgan_tf.visualize.grid import grid, save_png
from wgan_tf.visualize.study_plots import plot_study

# Seed of the z's that are measured.
_MEASURED = 11
_SHOWN = 16  # samples in a row
# Whose rows stand below each other, in this order.
_STRIPS = (
    ("", "nothing", 0),
    ("", "truncation", 1),
    *(("critic", method, 60) for method in ("pixels", "gradient", "best_of")),
    ("shuffled", "gradient", 20),
    *(
        (guide, method, 60)
        for guide in ("self", "labels")
        for method in ("pixels", "gradient", "langevin", "best_of", "resampling")
    ),
    ("", "more_training", 60),
)


def run(config) -> list[Path]:
    """Trains, refines, measures and reports; goes on where an earlier command stopped, and shares
    the work with other processes that were given the same command.

    Returns:
        The pictures.

    Raises:
        UsageError: --split with data that the study has to divide itself; an adviser or a method
            that there is none of.
        UserError: too few images.
    """
    folder, points = Path(config.run.logs_dir), config.data.dataset in WORLDS
    trainings = PointTrainings(config) if points else ImageTrainings(config)
    chosen = cells.cells_of(
        config.study.study_size,
        labelled=trainings.labelled,
        points=points,
        guides=config.study.listed("study_guides"),
        methods=config.study.listed("study_methods"),
        budgets=config.study.budgets,
    )
    runs.write_config(config)
    if not points:
        runs.note_images(config)
    share(
        trainings.all,
        trainings.marker,
        lambda one: trainings.marker(one).exists(),
        trainings.train,
        "trainings",
        "training",
    )
    room = _PointRoom(config, trainings) if points else _ImageRoom(config, trainings)
    opened = functools.lru_cache(maxsize=1)(room.opened)
    show = _show_points if points else _show_images
    share(
        [rows.Piece(one, *way, budgets) for one in trainings.all for way, budgets in _ways(chosen)],
        lambda piece: rows.path_of(folder, piece),
        lambda piece: rows.is_measured(folder, piece),
        lambda piece: rows.measure(folder, piece, *opened(piece.model), show),
        "cells",
        "way",
    )
    return _conclude(config, trainings, room.measures)


def _ways(chosen: list) -> list[tuple]:
    """Adviser and method of cells, with their budgets."""
    ways = {}
    for cell in chosen:
        ways.setdefault(cell.way, []).append(cell.budget)
    return [(way, tuple(sorted(budgets))) for way, budgets in ways.items()]


class _ImageRoom:
    """What pieces of work on images need.

    Attributes:
        measures: see `study.measures`.
    """

    def __init__(self, config, trainings: ImageTrainings):
        self.config, self.trainings = config, trainings
        count = config.study.study_samples
        self.measures = Images(trainings.real, trainings.judge(), trainings.training, count)

    def opened(self, one) -> tuple:
        """Samples of a training, and what measures them."""
        model, trainings = self.trainings.load(one), self.trainings
        folder = Path(self.config.run.logs_dir) / "advisers"
        advisers = Advisers(
            model,
            trainings.learnt_from,
            folder / "-".join(map(str, one)),
            folder / f"seed-{one.seed}",
            one.seed,
            claimed,
        )
        z = model.sample_z(self.config.study.study_samples, _MEASURED)
        samples = Samples(
            model, z, advisers, lambda gflop: trainings.more(one, model, z, gflop), _MEASURED
        )
        return samples, self.measures.of(samples)


class _PointRoom:
    """What pieces of work on points need; see `_ImageRoom`."""

    def __init__(self, config, trainings: PointTrainings):
        self.count, self.trainings = config.study.study_samples, trainings
        measure = Measure(trainings.world, trainings.rng)
        self.measures = Points(measure, trainings.world.sample(self.count, trainings.rng))

    def opened(self, one) -> tuple:
        """Samples of a training, and what measures them."""
        model = self.trainings.load(one)
        advisers = PointAdvisers(model, self.trainings.world, one.seed)
        z = model.sample_z(self.count, _MEASURED)
        samples = PointSamples(model, z, advisers, seed=_MEASURED)
        return samples, self.measures.of(samples)


def _show_images(path: Path, images: np.ndarray) -> None:
    """A row of the samples of a cell."""
    if len(images):
        save_png(path.with_name(f"{path.name}.png"), grid(images[:_SHOWN], rows=1))


def _show_points(path: Path, images: np.ndarray) -> None:
    """None: the toy's pictures show points."""


def _conclude(config, trainings, measures) -> list[Path]:
    """Writes `study.json`, `findings.json`, the report, the pictures and TensorBoard's entry."""
    study = {
        "dataset": config.data.dataset,
        "config": config.flat(),
        "samples": config.study.study_samples,
        "main": measures.main,
        "foreign": measures.foreign,
        "titles": measures.titles,
        "better": measures.better,
        **measures.facts,
        "models": [
            {
                **one._asdict(),
                "training": _facts(trainings.marker(one)),
                **rows.gathered(Path(config.run.logs_dir), one),
            }
            for one in trainings.all
        ],
    }
    with Artefacts(config.run.logs_dir, "study") as artefacts:
        folder = artefacts.folder
        artefacts.figures(study)
        study = read_figures(folder / "study.json")
        about = {name: study[name] for name in study if name not in ("config", "models")}
        findings = _rounded(findings_of(study))
        artefacts.figures({**about, "findings": findings}, "findings", indent=None)
        findings = read_figures(folder / "findings.json", "findings")
        pictures = plot_study(
            folder / "images", study, findings, _strips(folder, trainings.all)
        )
        text = study_in_words(study, findings, [path.relative_to(folder) for path in pictures])
        artefacts.report(text)
        for picture in pictures:
            artefacts.show(f"study/{picture.stem}", picture)
    _write_curves(folder, study, findings)
    print(text)
    return pictures


def _rounded(value):
    """The same with five digits: a file to keep, by which everything is said and drawn."""
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def _facts(marker: Path) -> dict:
    return read_figures(marker) if marker.suffix == ".json" else {}


def _strips(folder: Path, models: list) -> dict:
    """The first seed's samples under some conditions: by game, stage and name their pictures."""
    strips = {}
    for one in (one for one in models if one.seed == models[0].seed):
        pictures = rows.strips(folder, one, _STRIPS)
        strips.setdefault(one.game, {})[str(one.stage)] = {
            name_of(*key): path for key, path in pictures.items()
        }
    return strips


def _write_curves(folder: Path, study: dict, findings: dict) -> None:
    """TensorBoard's entries: the change of the distance over budgets, a curve per condition."""
    for game, stages in findings.items():
        for stage, found in stages.items():
            with Artefacts(folder, f"study/{game}-{stage}") as artefacts:
                for one in filter(lambda one: one["budget"], found["conditions"]):
                    tag = f"{study['main']}_change/{one['guide'] or 'none'}_{one['method']}"
                    artefacts.scalar(tag, one["main"]["mean"], one["budget"])
