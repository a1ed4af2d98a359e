"""How many test images a discriminator classifies right, epoch by epoch."""

import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.data.scaling import to_float
from wgan_tf.data.schedule import Schedule
from wgan_tf.errors import UserError
from wgan_tf.files.reading import read_figures
from wgan_tf.files.writing import write_json
from wgan_tf.machine.guest import say
from wgan_tf.metrics.accuracy import best_matching, class_logits, confusion_of, share_right
from wgan_tf.training.callbacks.iterations import Iterations, training_goes_on
from wgan_tf.visualize.confusion import plot_confusion

# Accuracy epoch by epoch, of a classifier and of a discriminator with classes.
ACCURACY = "test_accuracy.json"

class TestAccuracy(Iterations):
    """Classifies the test images after every epoch; a resumed run goes on with the list.

    Args:
        writer: a `tf.summary` writer.
        path: JSON file of the list.
        images, labels: of the test set, (n, size, size, channels) in [-1, 1] and int (n,).
        names: of the classes of the labels.
        schedule: of the training.
        unlabelled: whether the model's classes are categories that it found without labels: each
            then counts for the label that it agrees with best, one for one.

    Attributes:
        epochs: {"epoch", "iteration", "accuracy", "standard_error", "training_loss" (of a
            classifier), "seconds" (of training in this command and earlier ones)} of every epoch;
            of found categories also "meaning", the label of each.
        answers: of found categories the category (n,) of every test image, after the last epoch of
            this command or of the one that it goes on from; else None.
    """

    stored_as = "testaccuracy"
    __test__ = False  # no test, whatever pytest makes of the name

    def __init__(
        self,
        writer,
        path: Path,
        images,
        labels,
        names: list[str],
        schedule: Schedule,
        unlabelled: bool = False,
    ):
        super().__init__()
        self.writer, self.path = writer, path
        self.images, self.labels, self.names = images, np.asarray(labels), names
        self.schedule, self.unlabelled = schedule, unlabelled
        self.epochs, self.losses, self.answers = [], [], None

    def on_train_begin(self, logs=None):
        stored, self.before = self.stored, 0.0
        if stored:
            self.epochs, self.losses = list(stored["epochs"]), list(stored["losses"])
            self.answers = stored["answers"] and np.array(stored["answers"])
            self.before = stored["seconds"]
        elif self.done and self.path.exists():
            # Earlier versions had the file alone.
            epochs = read_figures(self.path, "epochs")
            self.epochs = [epoch for epoch in epochs if epoch["iteration"] <= self.done]
            self.before = self.epochs[-1]["seconds"] if self.epochs else 0.0
        self.began = time.perf_counter()

    def state(self):
        return {
            "epochs": self.epochs,
            "losses": self.losses,
            "answers": None if self.answers is None else self.answers.tolist(),
            "seconds": self._seconds(),
        }

    def write(self) -> None:
        """Writes the file, if there was an epoch."""
        if self.epochs:
            with training_goes_on("the test accuracies"):
                write_json(self.path, {"test_images": len(self.labels), "epochs": self.epochs})

    def after(self, iteration, logs):
        if "loss" in logs:
            self.losses.append(float(logs["loss"]))
        if self._epoch(iteration) > self._epoch(iteration - 1):
            self._measure(iteration)

    def _epoch(self, iteration: int) -> int:
        return self.schedule.images_before(iteration) // self.schedule.images

    def _seconds(self) -> float:
        return self.before + time.perf_counter() - self.began

    def _measure(self, iteration: int):
        seconds = self._seconds()
        logits = class_logits(self.model.classify, self.images)
        answers, meaning = logits.argmax(1), {}
        if self.unlabelled:
            matching = best_matching(answers, self.labels, logits.shape[1])
            self.answers, answers = answers, matching[answers]
            meaning = {"meaning": matching.tolist()}
        entry = {
            "epoch": self._epoch(iteration),
            "iteration": iteration,
            **share_right(answers, self.labels),
            **meaning,
            "seconds": seconds,
        }
        if self.losses:
            entry["training_loss"] = float(np.mean(self.losses))
            self.losses.clear()
        self.epochs.append(entry)
        with self.writer.as_default(step=iteration):
            tf.summary.scalar("accuracy/test", entry["accuracy"])
        self.write()
        # What testing took is no training.
        self.before, self.began = seconds, time.perf_counter()


def test_images(config, classes: int) -> tuple[np.ndarray, np.ndarray, list[str]] | None:
    """The split "test" with its labels and the classes' names; None where there is none."""
    try:
        source = runs.open_images(config, "test")
    except UserError:
        return None
    if source.labels is None:
        return None
    # A game that finds categories by itself may have fewer of them than there are labels.
    count = max(classes, int(np.max(source.labels)) + 1)
    names = source.class_names or [str(number) for number in range(count)]
    return to_float(source.read(np.arange(source.count))), source.labels, names


def accuracy_callback(
    writer, config, test, schedule: Schedule, unlabelled: bool = False
) -> TestAccuracy:
    """Tests after every epoch.

    Args:
        writer: a `tf.summary` writer.
        config: of the run.
        test: what `test_images` gave.
        schedule: of the training.
        unlabelled: whether classes are categories that were found without labels.
    """
    path = Path(config.run.logs_dir) / ACCURACY
    return TestAccuracy(writer, path, *test, schedule, unlabelled)


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
    if not accuracy.unlabelled:
        say(f"discriminator: {share} of {len(accuracy.labels)} {right}")
        return []
    say(f"categories: {share} of {len(accuracy.labels)} {right}, each taken for one label")
    if accuracy.answers is None:
        return []
    path = Path(config.run.logs_dir) / "images" / "categories.png"
    meaning = np.asarray(last["meaning"])
    # In the order of the labels, those that stand for none last.
    order = np.argsort(np.where(meaning < 0, len(meaning), meaning), kind="stable")
    title = f"What the categories hold: {last['accuracy']:.1%} agree with one label each"
    columns = [f"category {index}" for index in order]
    with training_goes_on("the picture of the categories"):
        counts = confusion_of(accuracy.answers, accuracy.labels, len(accuracy.names), len(meaning))
        plot_confusion(path, counts[:, order], accuracy.names, title, columns=columns)
        return [path]
    return []
