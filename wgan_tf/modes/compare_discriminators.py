"""`--mode=compare_discriminators`: does training with a generator change what a discriminator sees
and how easily it is fooled?
"""

from pathlib import Path

import numpy as np

from wgan_tf.errors import UsageError
from wgan_tf.files.reading import read_figures
from wgan_tf.looks.ascent import Ascent
from wgan_tf.looks.class_maxima import class_maxima, class_sheet, judged_maxima
from wgan_tf.looks.comparison import answer, comparison_report, findings
from wgan_tf.looks.discriminator import Discriminator, open_discriminators
from wgan_tf.looks.feature_maxima import activations, feature_maxima, feature_sheet
from wgan_tf.looks.perturbation import (
    TITLES,
    Robustness,
    perturbing,
    robustness_of,
    write_perturbations,
)
from wgan_tf.metrics.accuracy import class_logits, share_right
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.training.callbacks.test_accuracy import ACCURACY, test_images
from wgan_tf.visualize.captioned import sheet
from wgan_tf.visualize.curves import learning_curve
from wgan_tf.visualize.difference import signed
from wgan_tf.visualize.page import page, read_png

# Activations whose features are shown, as in the homework of `networks.homework`.
LAYERS = (4, 8)
_SHOWN = 8  # images with their gradients
NAME = "compare_discriminators"


def run(config) -> list[Path]:
    """Looks into both discriminators in every way there is and writes one page.

    Returns:
        The pictures, the page first.

    Raises:
        UsageError: `--other_logs_dir` is missing.
        UserError: see `discriminator.open_discriminators`.
    """
    if config.inspection.other_logs_dir is None:
        raise UsageError("--mode=compare_discriminators needs --other_logs_dir=ANOTHER_RUN")
    discriminators = open_discriminators(config)
    folders = config.run.logs_dir, config.inspection.other_logs_dir
    curves, options = [_accuracies(folder) for folder in folders], perturbing(config)
    robust = [robustness_of(discriminator, **options) for discriminator in discriminators]
    sheets, of_classes = _maxima(discriminators, Ascent.of(config))
    answers = _answers(config, discriminators)
    compared = _compared(answers, robust, of_classes)
    called = (_called(discriminator) for discriminator in discriminators)
    sentences = answer(compared, *called, options["largest"])
    rows = _rows(curves, answers, robust, compared)
    title = " and ".join(discriminator.name for discriminator in discriminators)
    with Artefacts(config.run.logs_dir, NAME) as artefacts:
        headings = _write_pictures(artefacts, curves, robust, sheets)
        pictures = list(zip(headings, artefacts.pictures, strict=True))
        blocks = [block for heading, path in pictures for block in (heading, read_png(path))]
        whole = page(f"{title}: what do they see?", [*sentences, "", *blocks])
        artefacts.picture(NAME, whole)
        artefacts.show(NAME, whole)
        paths = [(heading, f"images/{path.name}") for heading, path in pictures]
        artefacts.report(comparison_report(title, rows, sentences, paths))
        figures = {"findings": compared, "answer": sentences, "max_class": of_classes}
        artefacts.figures({"discriminators": rows, **figures})
    print("\n".join(sentences))
    print(f"report: {artefacts.folder / f'{NAME}.md'}")
    *others, first = artefacts.pictures
    return [first, *others]


def _accuracies(folder: str) -> list[dict]:
    """Test accuracy by epoch, where the run's training measured it."""
    path = Path(folder) / ACCURACY
    return read_figures(path, "epochs") if path.exists() else []


def _called(discriminator: Discriminator) -> str:
    """In a sentence; the two may be of one kind, so that its name belongs to it."""
    how = "with a generator" if discriminator.generator else "alone"
    return f"{discriminator.name} (trained {how})"


def _maxima(discriminators, ascent: Ascent) -> tuple[dict, dict]:
    """File names to the headings and sheets of what is maximised, and the figures of classes."""
    maxima = [class_maxima(discriminator, ascent) for discriminator in discriminators]
    figures = judged_maxima(maxima)
    picture = class_sheet(maxima, figures)
    sheets = {"max_class": ("Images that maximise each class", picture)}
    for layer in LAYERS:
        # Of the activation with this number, or of the last where there are fewer.
        features = [
            feature_maxima(one, str(min(layer, len(activations(one)))), ascent)
            for one in discriminators
        ]
        heading = f"Images that maximise features of layer {layer}"
        sheets[f"max_features_{layer}"] = heading, feature_sheet(features)
    return sheets, figures


def _answers(config, discriminators) -> list[np.ndarray]:
    """Which test images each answers rightly, (t,); of critics, the images that were perturbed."""
    test = test_images(config, discriminators[0].classes)
    if test is None or discriminators[0].parting is not None:
        test = discriminators[0].images, discriminators[0].labels
    return [
        class_logits(discriminator.logits, test[0]).argmax(1) == test[1]
        for discriminator in discriminators
    ]


def _compared(answers, robust: list[Robustness], of_classes: dict) -> dict:
    """What `comparison.findings` says of all that was measured."""
    return findings(
        [
            {
                "right": right,
                "smallest": result.smallest,
                "gradients": result.ways["targeted"].gradient,
                "recognised": of_classes[result.discriminator.name]["other"]["share_recognised"],
            }
            for right, result in zip(answers, robust, strict=True)
        ]
    )


def _rows(curves, answers, robust: list[Robustness], compared: dict) -> list[dict]:
    """A row of the report's table for each discriminator."""
    rows = []
    columns = zip(curves, answers, robust, strict=True)
    for side, (curve, right, result) in enumerate(columns):
        discriminator = result.discriminator
        rows.append(
            {
                "name": discriminator.name,
                "trained": "with a generator" if discriminator.generator else "alone",
                **share_right(right, True),
                "test_images": len(right),
                "epochs": curve[-1]["epoch"] if curve else None,
                "after_one_step": np.mean(result.reported == discriminator.labels),
                "medians": {way: row["medians"][side] for way, row in compared["fooled"].items()},
                "largest": result.sizes[-1],
            }
        )
    return rows


def _write_pictures(artefacts, curves, robust: list[Robustness], sheets: dict) -> list[str]:
    """Writes the pictures of the page and returns their headings."""
    gradients = "Gradients towards another class", _gradients(robust)
    headings = []
    if all(curves):
        headings.append("Test accuracy while they learn")
        names = (result.discriminator.name for result in robust)
        path, by_name = artefacts.image_path("compare_curves.png"), zip(names, curves, strict=True)
        learning_curve(path, dict(by_name), headings[-1])
    # All of them lie beside the run, two of them are on the page.
    all_perturbed = Artefacts(artefacts.folder, "perturb_real")
    write_perturbations(all_perturbed, robust)
    for path in all_perturbed.pictures[-len(TITLES) :]:
        headings.append(TITLES[path.stem])
        artefacts.image_path(path.name)
    for name, (heading, picture) in {"compare_gradients": gradients, **sheets}.items():
        headings.append(heading)
        artefacts.picture(name, picture)
    return headings


def _gradients(robust: list[Robustness]) -> np.ndarray:
    """Real images, and below them both discriminators' gradients, each on its own scale."""
    images = robust[0].discriminator.images[:_SHOWN]
    columns, rows = len(images), [images]
    rows += [signed(result.ways["targeted"].gradient[:columns]) for result in robust]
    return sheet(
        np.concatenate(rows),
        columns=columns,
        row_names=["real images", *(result.discriminator.name for result in robust)],
    )
