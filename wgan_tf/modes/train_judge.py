"""`--mode=train_judge`: trains the independent classifier that judges generated images."""

import time
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from wgan_tf import runs
from wgan_tf.callbacks.summaries import write_images
from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UserError
from wgan_tf.files import write_json
from wgan_tf.modes.judging import FILE, learn
from wgan_tf.visualize.confusion import plot_confusion
from wgan_tf.visualize.grid import grid, save_png

_SHOWN = 64  # misjudged images in the picture


def run(config) -> list[Path]:
    """Trains on the split "train", tests on "test", writes `judge.keras` and what it can do.

    Returns:
        The pictures: the confusion matrix, and the misjudged test images if there are any.

    Raises:
        UserError: the data has no labels or no split "test".
    """
    training, test = runs.open_images(config), runs.open_images(config, "test")
    for source in (training, test):
        if source.labels is None:
            raise UserError(f"{source.description}: a judge needs labels; choose another --dataset")
    images = to_float(test.read(np.arange(test.count)))
    folder = Path(config.run.logs_dir)
    writer = tf.summary.create_file_writer(str(folder / "train_judge"))
    print(f"data: {training.description}; to test on: {test.count}")

    def on_epoch(epoch, loss, judge):
        with writer.as_default(step=epoch):
            tf.summary.scalar("judge/loss", loss)
            right = judge.logits(images).argmax(1) == test.labels
            tf.summary.scalar("judge/test_accuracy", right.mean())

    began = time.perf_counter()
    judge = learn(training, config.run.seed, on_epoch)
    seconds = time.perf_counter() - began
    judge.save(folder / FILE)
    figures = _figures(judge.probabilities(images), test.labels)
    names = test.class_names or [str(number) for number in range(len(figures["confusion"]))]
    pictures = _pictures(folder, writer, images, figures, names)
    writer.close()
    misjudged = figures.pop("misjudged")
    write_json(
        folder / "train_judge.json",
        {
            "dataset": config.data.dataset,
            "training_images": training.count,
            "test_images": test.count,
            "seconds": seconds,
            "class_names": names,
            **figures,
        },
    )
    print(
        f"judge: {figures['accuracy']:.2%} ± {figures['standard_error']:.2%} of {test.count} test "
        f"images right, {len(misjudged)} wrong; {seconds:.0f} s; {folder / FILE}"
    )
    return pictures


def _figures(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """Accuracy with its binomial standard error, the confusion matrix (true, judged), and the
    misjudged images' rows, the most confident first.
    """
    judged = probabilities.argmax(1)
    classes = probabilities.shape[1]
    confusion = np.bincount(labels * classes + judged, minlength=classes**2)
    confusion = confusion.reshape(classes, classes)
    right = judged == labels
    wrong = np.flatnonzero(~right)
    accuracy = right.mean()
    with np.errstate(invalid="ignore"):
        by_class = confusion.diagonal() / confusion.sum(1)
    return {
        "accuracy": accuracy,
        "standard_error": np.sqrt(accuracy * (1 - accuracy) / len(labels)),
        "accuracy_by_class": by_class,
        "confusion": confusion,
        "misjudged": wrong[np.argsort(-probabilities.max(1)[wrong], kind="stable")],
    }


def _pictures(folder: Path, writer, images, figures: dict, names: list[str]) -> list[Path]:
    paths = [folder / "images" / "confusion.png"]
    plot_confusion(paths[0], figures["confusion"], names, "What the judge takes test images for")
    picture = np.asarray(Image.open(paths[0]).convert("RGB"))
    with writer.as_default(step=0):
        tf.summary.image("judge/confusion", picture[None])
    misjudged = figures["misjudged"][:_SHOWN]
    if len(misjudged):
        paths.append(folder / "images" / "misjudged.png")
        save_png(paths[1], grid(images[misjudged], columns=min(16, len(misjudged))))
        note = "the most confident first"
        write_images(writer, "judge/misjudged", images[misjudged], 0, note)
    return paths
