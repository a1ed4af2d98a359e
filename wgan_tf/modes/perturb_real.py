"""`--mode=perturb_real`: how small a change of real images makes a discriminator answer wrongly."""

import dataclasses
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image
from tqdm import tqdm

from wgan_tf.errors import UsageError
from wgan_tf.files.writing import write_json
from wgan_tf.looks.discriminator import Discriminator, open_discriminators, suffix
from wgan_tf.refine.perturb import Perturbation, one_step, perturb, random_signs
from wgan_tf.runs.artefacts import write_images
from wgan_tf.visualize.captioned import sheet
from wgan_tf.visualize.difference import signed
from wgan_tf.visualize.grid import grid, save_png
from wgan_tf.visualize.robustness import plot_accuracy, plot_smallest

TITLES = {
    "perturb_accuracy": "Right answers on perturbed real images",
    "perturb_smallest": "The smallest change that flips the answer",
}
REPORTED = 8.0  # levels of the one step whose accuracy the homework reports
_SHOWN, _COLUMNS = 40, 8


@dataclasses.dataclass(frozen=True)
class Robustness:
    """What came of perturbing real images before one discriminator.

    Attributes:
        ways: "targeted" and, where there are more than two classes, "untargeted" to what came of
            it step by step. With two classes both are one.
        answers: a key of `visualize.robustness.CURVES` to the answers at each size, (k, n).
        reported: answers after one targeted step of `REPORTED` levels, (n,).
        targets: the alternate classes, (n,).
    """

    ways: dict[str, Perturbation]
    answers: dict[str, np.ndarray]
    reported: np.ndarray
    targets: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """Of the changes, in levels, (k,)."""
        return self.ways["targeted"].sizes


def run(config) -> list[Path]:
    """Perturbs the real images before each discriminator and writes what came of it.

    Returns:
        The pictures.

    Raises:
        UsageError: a target class that does not exist.
        UserError: see `open_discriminators`.
    """
    discriminators = open_discriminators(config)
    measured = [measure(config, each) for each in discriminators]
    folder = Path(config.run.logs_dir)
    reports = {
        each.name: figures(each, result)
        for each, result in zip(discriminators, measured, strict=True)
    }
    write_json(
        folder / "perturb_real.json",
        {
            "images": len(discriminators[0].images),
            "split": discriminators[0].split,
            "seed": config.run.seed,
            "unit": "levels of the scale from 0 to 255",
            "sizes": measured[0].sizes,
            "discriminators": reports,
        },
    )
    paths = draw(folder / "images", discriminators, measured)
    _write_events(folder / "perturb_real", discriminators, measured, paths)
    for name, report in reports.items():
        print(_line(name, report))
    return paths


def measure(config, discriminator: Discriminator) -> Robustness:
    """Perturbs a discriminator's real images, under a progress bar.

    Raises:
        UsageError: a target class that does not exist.
    """
    inspection, seed = config.inspection, config.run.seed
    logits, images, labels = discriminator.logits, discriminator.images, discriminator.labels
    targets = alternate_classes(discriminator, inspection.target_class)
    aims = {"targeted": targets, "untargeted": None}
    if discriminator.classes == 2 and (targets != labels).all():
        del aims["untargeted"]  # Away from one of two classes is towards the other.
    count, steps = len(images), inspection.perturb_steps
    options = {"largest": inspection.perturb_max, "steps": steps}
    ways, answers = {}, {}
    total = count * (len(aims) * (2 * steps + 1) + steps + 1)
    title = f"perturb_real {discriminator.name}"
    with tqdm(total=total, desc=title, unit=" image steps", dynamic_ncols=True) as bar:
        for key, aim in aims.items():
            ways[key] = perturb(logits, images, labels, aim, on_record=_report(bar), **options)
            answers[key], slope = ways[key].answers, ways[key].gradient
            answers[f"{key}_one_step"] = one_step(
                logits, images, slope, on_record=_report(bar), **options
            )
        answers["random_signs"] = random_signs(
            logits, images, seed, on_record=_report(bar), **options
        )
    reported = one_step(logits, images, ways["targeted"].gradient, largest=REPORTED, steps=1)[1]
    return Robustness(ways, answers, reported, targets)


def _report(bar):
    """What moves a bar on by what one more pass over the images has done."""
    before = bar.n

    def report(done, loss=None):
        if loss is not None:
            bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
        bar.update(before + done - bar.n)

    return report


def alternate_classes(discriminator: Discriminator, name: str | None) -> np.ndarray:
    """The class to move each image to, int64 (n,): the one of that name or number, else the next.

    An image that is of the class already is moved to the next one.

    Raises:
        UsageError: there is no such class; the message lists them.
    """
    names, labels = discriminator.class_names, discriminator.labels
    following = (labels + 1) % len(names)
    if name is None:
        return following
    if name in names:
        target = names.index(name)
    elif name.isdecimal() and int(name) < len(names):
        target = int(name)
    else:
        known = ", ".join(f"{number} {each}" for number, each in enumerate(names))
        raise UsageError(f"--target_class={name}: there is no such class, only {known}")
    return np.where(labels == target, following, target)


def share(right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of (..., n) rights and wrongs over the images, and its binomial standard error."""
    accuracy = np.mean(right, axis=-1)
    return accuracy, np.sqrt(accuracy * (1 - accuracy) / right.shape[-1])


def curves(discriminator: Discriminator, result: Robustness) -> dict:
    """For each way to change images accuracy and its standard error at every size."""
    return {key: share(each == discriminator.labels) for key, each in result.answers.items()}


def figures(discriminator: Discriminator, result: Robustness) -> dict:
    """What `perturb_real.json` says of a discriminator."""
    labels = discriminator.labels
    first = share(result.answers["targeted"][0] == labels)
    after = share(result.reported == labels)
    report = {
        "class_names": discriminator.class_names,
        "parting": discriminator.parting,
        "accuracy": first[0],
        "accuracy_error": first[1],
        "accuracy_after_one_step_of_8": after[0],
        "accuracy_after_one_step_of_8_error": after[1],
        "labels": labels,
        "targets": result.targets,
        "curves": {
            key: {"accuracy": values, "standard_error": error}
            for key, (values, error) in curves(discriminator, result).items()
        },
        "smallest": {},
    }
    for key, way in result.ways.items():
        reached = np.isfinite(way.smallest)
        report["smallest"][key] = {
            "median": np.median(way.smallest),  # Infinite, null in JSON, if half never flip.
            "share_that_flips": reached.mean(),
            "by_image": way.smallest,
            "taken_for": way.altered_answers,
        }
    return report


def draw(
    folder: Path, discriminators: list[Discriminator], measured: list[Robustness]
) -> list[Path]:
    """Writes all pictures into a folder."""
    columns = min(16, len(discriminators[0].images))
    paths = [folder / "perturb_real.png"]
    save_png(paths[0], grid(discriminators[0].images, columns=columns))
    for each, result in zip(discriminators, measured, strict=True):
        end = suffix(discriminators, each)
        paths += [folder / f"perturb_gradient{end}.png", folder / f"perturb_altered{end}.png"]
        gradients = signed(result.ways["targeted"].gradient)
        save_png(paths[-2], grid(gradients, columns=columns))
        save_png(paths[-1], _altered(each, result.ways["targeted"]))
    paths += [folder / "perturb_accuracy.png", folder / "perturb_smallest.png"]
    pairs = list(zip(discriminators, measured, strict=True))
    sizes = measured[0].sizes
    panels = {each.name: curves(each, result) for each, result in pairs}
    plot_accuracy(paths[-2], sizes, panels, TITLES["perturb_accuracy"])
    panels = {
        each.name: {key: way.smallest for key, way in result.ways.items()}
        for each, result in pairs
    }
    plot_smallest(paths[-1], sizes, panels, TITLES["perturb_smallest"])
    return paths


def _altered(discriminator: Discriminator, way: Perturbation) -> np.ndarray:
    names, captions = discriminator.class_names, []
    # First those that are answered rightly unchanged.
    shown = np.argsort(way.smallest == 0, kind="stable")[:_SHOWN]
    for label, answer, size in zip(
        way.labels[shown], way.altered_answers[shown], way.smallest[shown], strict=True
    ):
        told, levels = f"→ {names[answer]}", f"{size:g} level{'' if size == 1 else 's'}"
        if size == 0:
            levels = "unchanged"
        if np.isinf(size):
            told, levels = "stays", f"at {way.sizes[-1]:g} levels"
        # Short names, as those of digits, fit beside each other.
        between = " " if max(map(len, names)) <= 4 else "\n"
        captions.append(f"{names[label]}{between}{told}\n{levels}")
    return sheet(
        way.altered[shown],
        captions,
        columns=min(_COLUMNS, len(captions)),
        title=f"{discriminator.name}: real images, moved until the answer is wrong",
    )


def _write_events(folder: Path, discriminators, measured, paths: list[Path]) -> None:
    """TensorBoard's entry; the step of an accuracy is the size of the change in whole levels."""
    writer = tf.summary.create_file_writer(str(folder))
    write_images(writer, "perturb_real/images", discriminators[0].images, 0)
    for each, result in zip(discriminators, measured, strict=True):
        top = f"perturb_real{suffix(discriminators, each)}"
        way = result.ways["targeted"]
        note = "each on its own scale; grey is zero"
        write_images(writer, f"{top}/gradient", signed(way.gradient), 0, note)
        write_images(writer, f"{top}/altered", way.altered, 0)
        levels = np.arange(int(result.sizes[-1]) + 1)
        with writer.as_default():
            for key, (accuracy, _) in curves(each, result).items():
                for level, value in enumerate(np.interp(levels, result.sizes, accuracy)):
                    tf.summary.scalar(f"{top}/accuracy_{key}", value, step=level)
    with writer.as_default(step=0):
        for path in paths[-2:]:
            with Image.open(path) as image:
                picture = np.asarray(image.convert("RGB"))
            tf.summary.image(f"perturb_real/{path.stem}", picture[None])
    writer.close()


def _line(name: str, report: dict) -> str:
    medians = ", ".join(
        f"{key} {each['median']:.3g}" if np.isfinite(each["median"]) else f"{key} beyond the last"
        for key, each in report["smallest"].items()
    )
    parting = report["parting"]
    # What it does on real and generated images alike.
    note = f" (real from generated images: {parting['accuracy']:.1%})" if parting else ""
    return (
        f"perturb_real {name}: {report['accuracy']:.2%} ± {report['accuracy_error']:.2%} right"
        f"{note}, {report['accuracy_after_one_step_of_8']:.2%} after one step of {REPORTED:g} "
        f"levels; median of the smallest change that flips: {medians} levels"
    )
