"""`--mode=toy`: every way to refine by every guide, on points whose density is known."""

import time
from pathlib import Path

import numpy as np

from wgan_tf.data import WORLDS
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.study import known_world
from wgan_tf.study.cells import TRUNCATION, UNREFINED
from wgan_tf.study.known_world import BUDGETS, GUIDES, METHODS_OF_GUIDES, REAL, STARTS
from wgan_tf.study.point_samples import PointAdvisers, PointSamples
from wgan_tf.study.toy_table import caption, markdown, tables_of
from wgan_tf.training.toy_game import GAMES, train_game
from wgan_tf.visualize.guide_table import plot_guide_table
from wgan_tf.visualize.point_clouds import plot_clouds

TRAINED_ON, SAMPLES = 50_000, 5000
_NOTE = (
    "Orange: the true density. Blue: points.\n"
    "critic: its score. rescaled: a logistic regression on it.\n"
    "fitted: a ratio learnt from points as they are. oracle: the true ratio.\n"
)
_OF_MODES = (
    "Good: within 4 sigma of a centre. Width: of good points within their mode over sigma;\n"
    "below 1 they have been drawn together."
)
_OF_ROLL = "Good: within 4 sigma of the spiral. EMD: earth mover's distance to real points."
_PIXELS = 400  # of the picture of the density, in each direction


def run(config) -> list[Path]:
    """Plays three games, measures all, prints a table; writes `toy.json`, `toy.md` and pictures.

    Returns:
        The pictures: points of each game, and tables by budget.
    """
    world, seed = WORLDS[config.data.dataset](), config.run.seed
    rng = np.random.default_rng([seed, 92])
    points, measure = world.sample(TRAINED_ON, rng), known_world.Measure(world, rng)
    real = world.sample(SAMPLES, rng)
    figures = {
        "world": world.name,
        "seed": seed,
        "samples": SAMPLES,
        "settings": {name: settings._asdict() for name, settings in GAMES.items()},
        "real_points": measure(real),
        "games": {},
    }
    with Artefacts(config.run.logs_dir, "toy") as artefacts:
        for name in GAMES:
            game, clouds = _play(name, world, points, measure, seed)
            figures["games"][name] = game
            _show(artefacts, name, world, game["rows"], [real, *clouds], figures["real_points"])
            artefacts.figures(figures)
        for budget in BUDGETS:
            path = artefacts.image_path(f"toy_table_{budget}.png")
            title = f"{world.name}: what {budget} evaluations per sample do"
            tables, before = tables_of(figures, budget)
            plot_guide_table(path, title, tables, list(GUIDES), list(METHODS_OF_GUIDES), before)
            artefacts.show(f"toy/{path.stem}", path)
        text = markdown(figures)
        artefacts.report(text)
    print(text)
    return artefacts.pictures


def _play(name: str, world, points, measure, seed: int) -> tuple[dict, list]:
    """Trains a game and refines its samples: what is known of it, and points by row."""
    began = time.perf_counter()
    model = train_game(name, points, seed)
    trained = time.perf_counter()
    advisers = PointAdvisers(model, world, seed)
    facts = {guide: advisers.facts(guide) for guide in GUIDES}
    made = time.perf_counter()
    samples = PointSamples(model, model.sample_z(SAMPLES, seed + STARTS), advisers, seed=seed)
    outcomes = known_world.outcomes(samples, measure, f"refining {name}")
    rows, clouds = zip(*sorted(outcomes, key=lambda pair: pair[0]["budget"]), strict=True)
    game = {
        "seconds": {
            "training": trained - began,
            "guides": made - trained,
            "refining": time.perf_counter() - made,
        },
        "guides": facts,
        "rows": list(rows),
    }
    return game, list(clouds)


def _show(artefacts, name: str, world, rows: list, clouds: list, real_row: dict) -> None:
    """The picture of a game at the first budget, and an event for each number."""
    measured = [{**real_row, "method": REAL, "guide": "", "budget": 0}, *rows]
    places = {(row["method"], row["guide"], row["budget"]): i for i, row in enumerate(measured)}

    def panel(method, guide="", budget=0, heading=None):
        number = places[method, guide, budget]
        return heading, clouds[number], caption(measured[number])

    empty = [(None, None, "")] * (len(METHODS_OF_GUIDES) - 3)
    heads = [panel(REAL, heading=REAL), panel(UNREFINED, heading=UNREFINED)]
    table = {"no guide": [*heads, panel(TRUNCATION, budget=1, heading=TRUNCATION), *empty]}
    for guide in GUIDES:
        table[guide] = [panel(method, guide, BUDGETS[0]) for method in METHODS_OF_GUIDES]
    path, reach = artefacts.image_path(f"toy_{name}.png"), 1.15 * float(np.abs(clouds[0]).max())
    line = (np.arange(_PIXELS) + 0.5) / _PIXELS * 2 * reach - reach
    square = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)
    density = np.exp(world.log_density(square)).reshape(_PIXELS, _PIXELS)
    title = f"{world.name}, {name}: points after {BUDGETS[0]} evaluations, by method and guide"
    note = _OF_MODES if world.has_modes else _OF_ROLL
    columns = [method.replace("_", " ") for method in METHODS_OF_GUIDES]
    plot_clouds(path, title, columns, table, density, reach, _NOTE + note)
    artefacts.show(f"toy/{path.stem}", path)
    for row in rows:
        tag = "_".join(filter(None, (row["method"], row["guide"])))
        for key in known_world.SHOWN:
            if key in row:
                artefacts.scalar(f"{name}_{key}/{tag}", row[key], row["budget"])
