"""`--mode=study`: does the critic's gradient make samples better, and when should it stop?

logs_dir/seed-S/N/       the run of seed S after N iterations; N-more: trained on from there
         judge.keras     the judge of data without labels
         measured/       what was found on each model, condition by condition: a stop loses none
         study.json, study.md, images/, study/
"""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
from tqdm import tqdm

from wgan_tf import runs
from wgan_tf.data.order import batch
from wgan_tf.errors import UsageError, UserError
from wgan_tf.files.reading import read_figures
from wgan_tf.files.writing import write_json
from wgan_tf.machine.arithmetic import workloads
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.metrics.judges import CriticJudge
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.study.experiments import Samples, conditions
from wgan_tf.study.findings import findings_by_stage
from wgan_tf.study.report import study_in_words
from wgan_tf.training import game
from wgan_tf.training.judging import find_judge, held_out, learn_critic
from wgan_tf.visualize.grid import grid, save_png
from wgan_tf.visualize.study_plots import plot_study

# Seeds of the z's that are measured and of those that a second critic learns from.
_MEASURED, _LEARNT = 11, 12
# Shares of data without labels or held-out images: to train on, for the judge, to measure with.
_PARTS = ("train[:50%]", "train[50%:75%]", "train[75%:]")
_SHOWN = 16  # samples in a picture


def run(config) -> list[Path]:
    """Trains, refines, measures and reports; goes on where an earlier command stopped.

    Returns:
        The pictures.

    Raises:
        UsageError: --split with data that the study has to divide itself.
        UserError: too few images.
    """
    folder = Path(config.run.logs_dir)
    data = _Data(config)
    runs.write_config(config)
    runs.note_images(config)
    models = [
        _trained(config, data.split, seed, stage)
        for seed in range(config.run.seed, config.run.seed + config.study.study_seeds)
        for stage in config.study.stages
    ]
    evaluation = Evaluation(
        data.real,
        data.judge(config, models),
        training=data.training,
        count=config.study.study_samples,
    )
    for line in evaluation.warnings:
        print(line)
    with tqdm(models, desc="models", unit="model", dynamic_ncols=True) as bar:
        measured = [
            {
                "seed": one.run.seed,
                "stage": one.training.iterations,
                "conditions": _measure(folder, one, evaluation, data.real),
            }
            for one in bar
        ]
    return _conclude(config, measured, evaluation, len(data.real))


class _Data:
    """Who sees which images.

    Attributes:
        split: what the generators are trained on.
        real, training: held-out images to measure with, and images of `split`, (n, h, w, c).
    """

    def __init__(self, config):
        self.split, self._for_judge = config.data.split, None
        self.training = None
        if runs.open_images(config).labels is not None:
            self.real, self.training = held_out(config)
        if self.training is None:
            if self.split != "train":
                raise UsageError(
                    f"--split={self.split}: the study itself divides data without labels or "
                    "test images; leave the flag out"
                )
            self.split = _PARTS[0]
            sources = [runs.open_images(config, part) for part in _PARTS]
            self.training, self._for_judge, self.real = (
                batch(source, min(source.count, 10_000), 0) for source in sources
            )

    def judge(self, config, models):
        """The independent classifier, or, without labels, a second critic.

        It has learnt from images that the first critics never saw, and from other samples.
        """
        if self._for_judge is None:
            return find_judge(config)
        path = Path(config.run.logs_dir) / "judge.keras"
        if path.exists():
            return CriticJudge.load(path)
        count = -(-len(self._for_judge) // len(models))
        fake = np.concatenate([_samples(runs.load_trained(one), count, _LEARNT) for one in models])
        judge = learn_critic(self._for_judge, fake[: len(self._for_judge)])
        judge.save(path)
        return judge


def _samples(model, count: int, seed: int) -> np.ndarray:
    return np.asarray(model.generate(model.sample_z(count, seed)))


def _trained(config, split: str, seed: int, iterations: int):
    """The configuration of a model, which is trained if it is not yet."""
    folder = Path(config.run.logs_dir) / f"seed-{seed}" / str(iterations)
    one = config.but(
        mode="train",
        seed=seed,
        logs_dir=str(folder),
        split=split,
        iterations=iterations,
        evaluate_every=0,
    )
    game.train(one)
    return one


def _train_more(one, model, z, steps: int) -> np.ndarray:
    """Images of z from the generator after as much more training as z steps on all cost."""
    cost = workloads(model, one.data.batch_size, one.training.n_critic)
    batches = len(z) / one.data.batch_size
    more = round(steps * batches * cost["z_iterator_step"] / cost["iteration"])
    start = Path(one.run.logs_dir)
    folder = start.with_name(f"{start.name}-more")
    if not folder.exists():
        unfinished = folder.with_name(f".{folder.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(start, unfinished)
        unfinished.rename(folder)
    iterations = one.training.iterations + max(1, more)
    longer = one.but(logs_dir=str(folder), iterations=iterations)
    game.train(longer)
    return np.asarray(runs.load_trained(longer).generate(z))


def _measure(folder: Path, one, evaluation: Evaluation, real: np.ndarray) -> dict:
    """Every condition of one model by its key; those that are there already are not repeated."""
    name = f"seed-{one.run.seed}-{one.training.iterations}"
    path = folder / "measured" / f"{name}.json"
    measured = read_figures(path) if path.exists() else {}
    missing = [condition for condition in conditions() if condition.key not in measured]
    if not missing:
        return measured
    model = runs.load_trained(one)
    z = model.sample_z(evaluation.count, _MEASURED)
    samples = Samples(model, z, real, lambda steps: _train_more(one, model, z, steps))
    before, realism = evaluation.measure(samples.images), evaluation.judge.realism(samples.images)
    with tqdm(missing, desc=name, unit="condition", dynamic_ncols=True, leave=False) as bar:
        for condition in bar:
            images, moved = samples.under(condition)
            entry = {
                **dataclasses.asdict(condition),
                **samples.describe(images, moved, evaluation.judge, realism),
                "metrics": _metrics(evaluation, images, before),
            }
            measured[condition.key] = entry
            picture = folder / "measured" / name / f"{condition.key.replace(' ', '-')}.png"
            save_png(picture, grid(images[:_SHOWN], rows=1))
            write_json(path, measured)
    return read_figures(path)


def _metrics(evaluation: Evaluation, images: np.ndarray, before: dict) -> dict:
    """Value, interval, and difference to before with its interval, by metric; empty for images
    that cannot be measured.
    """
    try:
        after = evaluation.measure(images)
    except UserError as error:
        tqdm.write(f"not measured: {error}")  # two bars are below
        return {}
    fields = ("difference", "difference_low", "difference_high")
    return {
        name: {
            "value": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            **dict(zip(fields, estimate.minus(before[name]), strict=True)),
        }
        for name, estimate in after.items()
    }


def _conclude(config, measured: list, evaluation: Evaluation, real_count: int) -> list[Path]:
    """Writes `study.json`, the report, the pictures and TensorBoard's entry."""
    study = {
        "config": config.flat(),
        "judge": evaluation.judge.name,
        "samples": evaluation.count,
        "real_images": real_count,
        "reference": evaluation.reference,
        "warnings": evaluation.warnings,
        "models": measured,
    }
    study["findings"] = findings_by_stage(study)
    with Artefacts(config.run.logs_dir, "study") as artefacts:
        folder = artefacts.folder
        artefacts.figures(study)
        study = read_figures(folder / "study.json")
        pictures = plot_study(folder / "images", folder / "measured", study)
        text = study_in_words(study, [path.relative_to(folder) for path in pictures])
        artefacts.report(text)
        for picture in pictures:
            artefacts.show(f"study/{picture.stem}", picture)
    for model in study["models"]:
        _write_curves(folder, model)
    print(text)
    return pictures


def _write_curves(folder: Path, model: dict) -> None:
    """TensorBoard's entry of a model: the change of the distance over steps, by condition."""
    with Artefacts(folder, f"study/seed-{model['seed']}-{model['stage']}") as artefacts:
        for entry in model["conditions"].values():
            if entry["steps"] and entry["metrics"]:
                tag = f"{entry['method']}_{entry['rate']:g}"
                change = entry["metrics"]["frechet"]["difference"]
                artefacts.scalar(f"frechet_change/{tag}", change, entry["steps"])
                artefacts.scalar(f"score_gain/{tag}", entry["score_gain"], entry["steps"])
