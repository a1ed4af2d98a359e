"""`--mode=compare_discriminators`: does training with a generator change what a discriminator sees
and how easily it is fooled?
"""

from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf.errors import UsageError
from wgan_tf.files.reading import read_figures
from wgan_tf.files.writing import write_json, written_whole
from wgan_tf.looks.comparison import answer, findings, report
from wgan_tf.looks.discriminator import Discriminator, open_discriminators
from wgan_tf.metrics.accuracy import accuracy_of, class_logits
from wgan_tf.modes import max_class, max_features, perturb_real
from wgan_tf.training.callbacks.test_accuracy import ACCURACY, test_images
from wgan_tf.visualize.captioned import sheet
from wgan_tf.visualize.curves import learning_curve
from wgan_tf.visualize.difference import signed
from wgan_tf.visualize.grid import save_png
from wgan_tf.visualize.page import page, read_png

LAYERS = (4, 8)  # the homework's
_SHOWN = 16  # gradients
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
    folders = [Path(config.run.logs_dir), Path(config.inspection.other_logs_dir)]
    robust = [perturb_real.measure(config, each) for each in discriminators]
    classes = [max_class.measure(config, each) for each in discriminators]
    of_classes = max_class.figures(discriminators, classes)
    layers = [[_features(config, each, layer) for each in discriminators] for layer in LAYERS]
    answers = _answers(config, discriminators)
    found = findings(
        [
            {
                "right": right,
                "smallest": {key: way.smallest for key, way in result.ways.items()},
                "gradients": result.ways["targeted"].gradient,
                "recognised": of_classes[each.name]["other"]["share_recognised"],
            }
            for each, right, result in zip(discriminators, answers, robust, strict=True)
        ]
    )
    largest = config.inspection.perturb_max
    sentences = answer(found, *(_called(each) for each in discriminators), largest)
    medians = [
        {way: each["medians"][side] for way, each in found["fooled"].items()} for side in (0, 1)
    ]
    columns = zip(discriminators, folders, answers, robust, medians, strict=True)
    rows = [_row(*each) for each in columns]
    shown = folders[0] / "images"
    pictures = _draw(shown, discriminators, folders, robust, classes, of_classes, layers)
    title = " and ".join(each.name for each in discriminators)
    whole = shown / f"{NAME}.png"
    blocks = [block for heading, path in pictures for block in (heading, read_png(path))]
    save_png(whole, page(f"{title}: what do they see?", [*sentences, "", *blocks]))
    with written_whole(folders[0] / f"{NAME}.md") as unfinished:
        text = report(
            title, rows, sentences, [(heading, f"images/{path.name}") for heading, path in pictures]
        )
        Path(unfinished).write_text(text, encoding="utf-8")
    write_json(
        folders[0] / f"{NAME}.json",
        {"discriminators": rows, "findings": found, "answer": sentences, "max_class": of_classes},
    )
    _write_events(folders[0] / NAME, whole, text)
    print("\n".join(sentences))
    print(f"report: {folders[0] / f'{NAME}.md'}")
    return [whole, *(path for _, path in pictures)]


def _called(discriminator: Discriminator) -> str:
    """In a sentence; the two may be of one kind, so that its name belongs to it."""
    how = "with a generator" if discriminator.generator else "alone"
    return f"{discriminator.name} (trained {how})"


def _features(config, discriminator: Discriminator, layer: int):
    """Of the activation with this number, or of the last where there are fewer."""
    last = len(max_features.activations(discriminator))
    return max_features.measure(config.but(layer=str(min(layer, last))), discriminator)


def _answers(config, discriminators) -> list[np.ndarray]:
    """Which test images each answers rightly, (t,); of critics, the images that were perturbed."""
    test = test_images(config, discriminators[0].classes)
    if test is None or discriminators[0].parting is not None:
        test = discriminators[0].images, discriminators[0].labels
    return [class_logits(each.logits, test[0]).argmax(1) == test[1] for each in discriminators]


def _row(discriminator: Discriminator, folder: Path, right: np.ndarray, result, medians) -> dict:
    """The discriminator's row in the report's table."""
    curve = _curve(folder)
    after = np.mean(result.reported == discriminator.labels)
    return {
        "name": discriminator.name,
        "trained": "with a generator" if discriminator.generator else "alone",
        **accuracy_of(np.stack([~right, right], 1), np.ones(len(right))),
        "test_images": len(right),
        "epochs": curve[-1]["epoch"] if curve else None,
        "after_one_step": after,
        "medians": medians,
        "largest": result.sizes[-1],
    }


def _curve(folder: Path) -> list[dict]:
    path = folder / ACCURACY
    return read_figures(path, "epochs") if path.exists() else []


def _draw(folder: Path, discriminators, folders, robust, classes, of_classes, layers) -> list:
    """(heading, path) of every picture of the page."""
    pictures = []
    curves = {
        each.name: _curve(run) for each, run in zip(discriminators, folders, strict=True)
    }
    if all(curves.values()):
        pictures.append(("Test accuracy while they learn", folder / "compare_curves.png"))
        learning_curve(pictures[-1][1], curves, "Test accuracy while they learn")
    for path in perturb_real.draw(folder, discriminators, robust):
        if path.stem in ("perturb_accuracy", "perturb_smallest"):
            pictures.append((perturb_real.TITLES[path.stem], path))
    gradients = _gradients(discriminators, robust)
    sheets = {
        "compare_gradients": ("Gradients towards another class", gradients),
        "max_class": (
            "Images that maximise each class",
            max_class.draw(discriminators, classes, of_classes),
        ),
    }
    for layer, found in zip(LAYERS, layers, strict=True):
        heading = f"Images that maximise features of layer {layer}"
        sheets[f"max_features_{layer}"] = heading, max_features.draw(discriminators, found)
    for name, (heading, picture) in sheets.items():
        pictures.append((heading, folder / f"{name}.png"))
        save_png(pictures[-1][1], picture)
    return pictures


def _gradients(discriminators, robust) -> np.ndarray:
    """Real images, and below them both discriminators' gradients, each on its own scale."""
    columns = min(_SHOWN // 2, len(discriminators[0].images))
    rows = [discriminators[0].images[:columns]]
    rows += [signed(result.ways["targeted"].gradient[:columns]) for result in robust]
    return sheet(
        np.concatenate(rows),
        columns=columns,
        row_names=["real images", *(each.name for each in discriminators)],
    )


def _write_events(folder: Path, whole: Path, text: str) -> None:
    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default(step=0):
        tf.summary.image(NAME, read_png(whole)[None])
        tf.summary.text(NAME, text)
    writer.close()
