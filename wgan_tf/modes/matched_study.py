"""`--mode=matched_study`: does training on matched mini-batches help?

logs_dir/seed-S/without/, with/   two runs of every seed, on the same images in the same order
         matched_study.json, .md, images/, matched_study/
"""

import math
from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data.schedule import Schedule
from wgan_tf.errors import UsageError
from wgan_tf.files.reading import read_figures
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.study.matched_findings import (
    BUDGETS,
    findings_by_budget,
    matched_in_words,
    with_budgets,
)
from wgan_tf.training import game
from wgan_tf.training.judging import default_judge_dir, find_judge, no_judge, training_evaluation
from wgan_tf.visualize.budgets import plot_budgets
from wgan_tf.visualize.captioned import sheet

# Steps on z where no flag says how many, measurements on the way, samples of a picture.
STEPS, MEASUREMENTS, SHOWN = 5, 10, 12


def run(config) -> list[Path]:
    """Trains every seed with and without, until both have had each budget that the other had, and
    compares; goes on where an earlier command stopped.

    Returns:
        The pictures.

    Raises:
        UsageError: a schedule of critic updates in which budgets cannot be counted.
    """
    # How many images there are decides only when it is whose turn.
    schedule = Schedule.of(config.training, config.data.batch_size, 1)
    if schedule.varies:
        raise UsageError("matched_study counts updates: --critic_boost=false, and no --alternate")
    steps = config.training.matched_batches or STEPS
    config = _prepared(config)
    evaluation = training_evaluation(config, reference=True)
    runs.write_config(config)
    runs.note_images(config)
    images = {"with": schedule.drawn(steps), "without": schedule.drawn()}
    pairs, longer = [], config.training.iterations
    for seed in range(config.run.seed, config.run.seed + config.study.study_seeds):
        pair = {
            "with": _curve(config, seed, "with", steps, config.training.iterations),
            "without": _curve(config, seed, "without", 0, longer),
        }
        if not pairs:
            longer = _longer(config, pair, images["with"] / images["without"])
            pair["without"] = _curve(config, seed, "without", 0, longer)
        pairs.append(
            {"seed": seed}
            | {name: with_budgets(pair[name], schedule.usual, images[name]) for name in images}
        )
    return _conclude(config, steps, pairs, evaluation.reference)


def _prepared(config):
    """With the judge at hand, and ten measurements on the way."""
    judge_dir = config.evaluation.judge_dir
    if judge_dir is None and not no_judge(config):
        find_judge(config)
        judge_dir = str(default_judge_dir(config))
    every = max(1, config.training.iterations // MEASUREMENTS)
    # The last measurement is then the last iteration.
    iterations = every * (config.training.iterations // every)
    return config.but(judge_dir=judge_dir, evaluate_every=every, iterations=iterations)


def _longer(config, pair: dict, images: float) -> int:
    """Iterations without matching that cost as much time and draw as many images as with it."""
    iterations, every = config.training.iterations, config.evaluation.evaluate_every
    # Of as many iterations: a study that goes on may find the longer training there already.
    spent = {
        name: np.interp(
            iterations, [row["iteration"] for row in curve], [row["seconds"] for row in curve]
        )
        for name, curve in pair.items()
    }
    measurements = iterations / every * max(spent["with"] / spent["without"], images, 1.0)
    return every * math.ceil(measurements)


def _one(config, seed: int, name: str, steps: int, iterations: int):
    """The configuration of one training."""
    folder = Path(config.run.logs_dir) / f"seed-{seed}" / name
    return config.but(
        mode="train",
        seed=seed,
        logs_dir=str(folder),
        iterations=iterations,
        matched_batches=steps,
    )


def _curve(config, seed: int, name: str, steps: int, iterations: int) -> list[dict]:
    """The measurements of one training, which is done as far as it is not yet."""
    one = _one(config, seed, name, steps, iterations)
    path = Path(one.run.logs_dir) / "evaluations.json"
    curve = _read(path)
    if not curve or curve[-1]["iteration"] < iterations:
        print(f"seed {seed}, {name} matched mini-batches")
        game.train(one)
        curve = _read(path)
    return curve


def _read(path: Path) -> list[dict]:
    return read_figures(path, "measurements") if path.exists() else []


def _conclude(config, steps: int, pairs: list[dict], reference: dict) -> list[Path]:
    """Writes `matched_study.json`, the report, the pictures and TensorBoard's entry."""
    compared = findings_by_budget(pairs)
    text = matched_in_words(compared, steps, reference)
    curves = {
        "without": [pair["without"] for pair in pairs],
        f"{steps} steps": [pair["with"] for pair in pairs],
    }
    with Artefacts(config.run.logs_dir, "matched_study") as artefacts:
        artefacts.figures(
            {
                "config": config.flat(),
                "steps": steps,
                "reference": reference,
                "trainings": pairs,
                "findings": compared,
            }
        )
        artefacts.report(text)
        for metric, row in compared["seconds"]["metrics"].items():
            path = artefacts.image_path(f"matched_{metric}.png")
            heading = "With and without matched mini-batches"
            plot_budgets(
                path, curves, BUDGETS, metric, row["title"], heading,
                reference[metric], logarithmic=metric == "frechet",
            )
        picture, z = _samples(config, steps, pairs)
        artefacts.picture("matched_samples", picture)
        artefacts.arrays(z=z)
        for path in artefacts.pictures:
            artefacts.show(f"matched_study/{path.stem}", path)
    for pair in pairs:
        for name in ("without", "with"):
            _write_curve(artefacts.folder, f"seed-{pair['seed']}-{name}", pair[name])
    print(text)
    return artefacts.pictures


def _write_curve(folder: Path, name: str, curve: list[dict]) -> None:
    """TensorBoard's entry of a training, whose step axis is critic updates."""
    with Artefacts(folder, f"matched_study/{name}") as artefacts:
        for row in curve:
            for metric, value in row["metrics"].items():
                artefacts.scalar(f"metrics/{metric}", value, row["critic_updates"])


def _samples(config, steps: int, pairs: list[dict]) -> tuple[np.ndarray, np.ndarray]:
    """Samples of the same z's at the end of every training, as a picture, and the z's."""
    images, names, latents = [], [], []
    for pair in pairs:
        for name in ("without", "with"):
            last = pair[name][-1]
            one = _one(config, pair["seed"], name, steps * (name == "with"), last["iteration"])
            model = runs.load_trained(one)
            latents.append(np.asarray(model.sample_z(SHOWN, pair["seed"])))
            images.append(np.asarray(model.generate(latents[-1])))
            names.append(
                f"seed {pair['seed']}, {name}: {last['iteration']:,} iterations, "
                f"{last['seconds']:.0f} s"
            )
    title = "Samples of the same z's"
    picture = sheet(np.concatenate(images), columns=SHOWN, row_names=names, title=title)
    return picture, np.concatenate(latents)
