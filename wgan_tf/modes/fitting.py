"""What the modes that train share: the loop, its clean end, and the test accuracy."""

import re
from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.callbacks.accuracy import TestAccuracy
from wgan_tf.callbacks.control import StopOnSignal
from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UserError
from wgan_tf.metrics.accuracy import confusion_of
from wgan_tf.visualize.confusion import plot_confusion

# Accuracy epoch by epoch, of a classifier and of a discriminator with classes.
ACCURACY = "test_accuracy.json"


def fit(model, batches, steps: int, callbacks: list) -> StopOnSignal:
    """Runs `model.fit` for a number of iterations, or until Ctrl-C or SIGTERM.

    Args:
        model: compiled.
        batches: a `tf.data.Dataset`, an element per iteration.
        steps: iterations.
        callbacks: beside it.

    Returns:
        The callback that knows whether a signal ended it.

    Raises:
        UserError: what a source of images says while it reads.
    """
    stopper = StopOnSignal()
    beside = [stopper, *callbacks]
    try:
        model.fit(batches, steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=beside)
    except tf.errors.OpError as error:
        # Keras ends callbacks only where training ends well; this saves what was reached.
        for callback in beside:
            callback.on_train_end()
        # What a source of images says arrives wrapped in an error of tf.data's.
        told = re.search(r"UserError: (.+)", error.message)
        if not told:
            raise
        raise UserError(told[1]) from error
    return stopper


def check_ended(stopper: StopOnSignal, model, source, stop: int) -> int:
    """The iterations done; says what was skipped, and leaves where a signal ended training."""
    if getattr(source, "skipped", 0):
        print(f"{source.skipped} images could not be decoded; others took their places")
    done = int(model.iteration.numpy())
    if stopper.signal is not None and done < stop:
        print(f"stopped and saved at iteration {done}; the same command goes on from there")
        raise SystemExit(0)
    return done


def test_images(config, classes: int) -> tuple[np.ndarray, np.ndarray, list[str]] | None:
    """The split "test" with its labels and the classes' names; None where there is none."""
    try:
        source = runs.open_images(config, "test")
    except UserError:
        return None
    if source.labels is None:
        return None
    names = source.class_names or [str(number) for number in range(classes)]
    return to_float(source.read(np.arange(source.count))), source.labels, names


def accuracy_callback(
    writer, config, test, count: int, per_iteration: int, found: bool = False
) -> TestAccuracy:
    """Tests after every epoch.

    Args:
        writer: a `tf.summary` writer.
        config: of the run.
        test: what `test_images` gave.
        count: training images.
        per_iteration: real images that one iteration learns from.
        found: whether classes are categories that were found without labels.
    """
    path = Path(config.run.logs_dir) / ACCURACY
    return TestAccuracy(writer, path, *test, count, per_iteration, found)


def conclude_accuracy(accuracy: TestAccuracy | None, config) -> list[Path]:
    """Prints the last accuracy of a game with classes; of found categories draws what each holds.

    Returns:
        The picture, if there is one.
    """
    if accuracy is None or not accuracy.epochs:
        return []
    last = accuracy.epochs[-1]
    right = f"test images right after epoch {last['epoch']}"
    share = f"{last['accuracy']:.2%} ± {last['standard_error']:.2%}"
    if not accuracy.found:
        print(f"discriminator: {share} of {len(accuracy.labels)} {right}")
        return []
    print(f"categories: {share} of {len(accuracy.labels)} {right}, each taken for one label")
    if accuracy.answers is None:
        return []
    path = Path(config.run.logs_dir) / "images" / "categories.png"
    meaning = np.asarray(last["meaning"])
    # In the order of the labels, those that stand for none last.
    order = np.argsort(np.where(meaning < 0, len(meaning), meaning), kind="stable")
    counts = confusion_of(accuracy.answers, accuracy.labels, len(accuracy.names), len(meaning))
    title = f"What the categories hold: {last['accuracy']:.1%} agree with one label each"
    columns = [f"category {index}" for index in order]
    plot_confusion(path, counts[:, order], accuracy.names, title, columns=columns)
    return [path]
