"""`--mode=evaluate`: how real generated images are, by every metric."""

import dataclasses
import time
from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.data.image_set import BEFORE, NAMES, holds_before, in_channels, read_images
from wgan_tf.errors import UserError
from wgan_tf.metrics import MOST_IMAGES
from wgan_tf.metrics.accuracy import accuracy_of, confusion_of
from wgan_tf.metrics.checks import check_image_pair
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.metrics.measured import report_of
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.runs.model_card import measure_again
from wgan_tf.training.judging import held_out, of_a_run, open_judge
from wgan_tf.visualize.confusion import plot_confusion
from wgan_tf.visualize.metric_scales import plot_evaluation

RESAMPLES = 1000


@dataclasses.dataclass(frozen=True)
class _Sets:
    """The images to compare, (n, h, w, c) each, what to call them, and the classes (n,) that a
    conditional generator was asked for.
    """

    real: np.ndarray
    fake: np.ndarray
    before: np.ndarray | None
    training: np.ndarray | None
    real_name: str
    fake_name: str
    iteration: int | None
    asked: np.ndarray | None


def run(config) -> list[Path]:
    """Measures, prints a table, writes `evaluate.json` and `images/evaluate.png`; of a conditional
    generator also `images/asked.png`, what its samples are taken for.

    Returns:
        The pictures.

    Raises:
        UserError: images that cannot be measured; nothing is then written.
    """
    began = time.perf_counter()
    sets = _open_sets(config)
    judge = open_judge(config, sets.real.shape[1:])
    evaluation = Evaluation(
        sets.real,
        judge,
        training=sets.training,
        count=len(sets.fake),
        resamples=RESAMPLES,
        seed=config.run.seed,
    )
    measured = report_of(evaluation, sets.fake, sets.before)
    report = {
        **_describe(sets),
        "features": judge.name,
        "feature_width": judge.width,
        "resamples": RESAMPLES,
        "warnings": measured.warnings,
        "metrics": {name: row.figures() for name, row in measured.items()},
        "asked": _as_asked(sets, judge),
        "seconds": time.perf_counter() - began,
        "config": config.flat(),
    }
    pictures = _write(config.run.logs_dir, report, measured.table)
    measure_again(config.run.logs_dir)
    return pictures


def _describe(sets: _Sets) -> dict:
    return {
        "generated": sets.fake_name,
        "real": sets.real_name,
        "iteration": sets.iteration,
        "images": {
            "generated": len(sets.fake),
            "real": len(sets.real),
            "training": None if sets.training is None else len(sets.training),
            "shape": sets.real.shape[1:],
        },
    }


def _as_asked(sets: _Sets, judge) -> dict | None:
    """How many samples the judge takes for the class that was asked for; None without classes."""
    probabilities = None if sets.asked is None else judge.probabilities(sets.fake)
    if probabilities is None:
        return None
    confusion = confusion_of(probabilities.argmax(1), sets.asked, probabilities.shape[1])
    return {**accuracy_of(probabilities, sets.asked), "confusion": confusion}


def _open_sets(config) -> _Sets:
    """The images of the command, checked."""
    sets, training, iteration, asked = config.evaluation, None, None, None
    if sets.real is None:
        real, training = held_out(config)
        kind = "training images" if training is None else "held-out images"
        real_name = f"{kind} of {config.data.dataset}"
    else:
        real, real_name = _read(config, sets.real), sets.real
    if sets.generated is None:
        model = runs.load_trained(config)
        iteration = int(model.iteration.numpy())
        z = model.sample_z(sets.samples or min(len(real), MOST_IMAGES), config.run.seed)
        fake = np.asarray(model.generate(z))
        asked = np.asarray(model.classes_of(z)) if model.classes else None
        fake_name = f"samples of {config.run.logs_dir} at iteration {iteration}"
    else:
        fake, fake_name = _read(config, sets.generated), sets.generated
    if not of_a_run(config) and real.shape[-1] != fake.shape[-1]:
        real, fake = in_channels(real, 3), in_channels(fake, 3)
    real, fake = check_image_pair(real, fake)
    before = _before(config, real, fake)
    return _Sets(real, fake, before, training, real_name, fake_name, iteration, asked)


def _before(config, real: np.ndarray, fake: np.ndarray) -> np.ndarray | None:
    """What the generated images were before, one by one, or None where nothing says so."""
    path, generated = config.evaluation.before, config.evaluation.generated
    if path is None and generated and holds_before(generated):
        path = generated
    if path is None:
        return None
    before = _read(config, path, BEFORE)
    _, before = check_image_pair(real, before, ("real images", "images before"))
    if len(before) != len(fake):
        raise UserError(
            f"{len(before)} images before and {len(fake)} after: there must be one for each z"
        )
    return before


def _read(config, path: str, names=NAMES) -> np.ndarray:
    data, of_run = config.data, of_a_run(config)
    # What was generated beside a run has the run's frame already.
    crop = data.crop if data.size and config.evaluation.real else None
    channels = data.channels if of_run or data.channels == 1 else None
    size = data.size or None
    form = {"crop": crop, "size": size, "how": data.fit, "channels": channels}
    return read_images(path, MOST_IMAGES, names=names, **form)


def _write(logs_dir: str, report: dict, table: str) -> list[Path]:
    counts, table = report["images"], f"{_head(report)}\n\n{table}"
    with Artefacts(logs_dir, "evaluate", report["iteration"] or 0) as artefacts:
        caption = f"{counts['generated']:,} generated against {counts['real']:,} real images"
        path = artefacts.image_path("evaluate.png")
        plot_evaluation(path, list(report["metrics"].values()), caption)
        artefacts.show("evaluate/picture", path)
        if report["asked"]:
            confusion = report["asked"]["confusion"]
            names = runs.stored_class_names(logs_dir) or ()
            if len(names) != len(confusion):
                names = [str(number) for number in range(len(confusion))]
            heading = "What samples of each class are taken for"
            path = artefacts.image_path("asked.png")
            plot_confusion(path, confusion, names, heading, "class asked for")
            artefacts.show("evaluate/asked", path)
            artefacts.scalar("metrics/as_asked", report["asked"]["accuracy"])
        artefacts.figures(report)
        for name, row in report["metrics"].items():
            artefacts.scalar(f"metrics/{name}", row["value"])
        artefacts.text("evaluate/table", table)
    print(table)
    return artefacts.pictures


def _head(report: dict) -> str:
    """What was measured, for above the table."""
    counts = report["images"]
    lines = [
        f"generated: {report['generated']}, {counts['generated']:,} images",
        f"real: {report['real']}, {counts['real']:,} images",
        f"features: {report['features']}, {report['feature_width']} numbers an image",
        *(f"warning: {line}" for line in report["warnings"]),
        *_asked_line(report["asked"]),
    ]
    return "\n".join(lines)


def _asked_line(asked: dict | None) -> list[str]:
    if asked is None:
        return []
    share, error = asked["accuracy"], asked["standard_error"]
    return [f"taken for the class asked for: {share:.2%} ± {error:.2%}"]
