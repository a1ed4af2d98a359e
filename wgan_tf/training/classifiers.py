"""A discriminator trained on labels alone: a classifier, or a judge.

Both are one training; the judge's preset shares neither network nor seed with any discriminator.
"""

import functools
import math
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.config.resolve import judge_config
from wgan_tf.data.pipeline import training_batches
from wgan_tf.data.schedule import Schedule
from wgan_tf.errors import UserError
from wgan_tf.machine import runtime
from wgan_tf.machine.guest import say
from wgan_tf.metrics.accuracy import accuracy_of, class_logits, confusion_of
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.runs.history import History
from wgan_tf.training.callbacks.control import Progress
from wgan_tf.training.callbacks.finite import CheckFinite, NotFinite
from wgan_tf.training.callbacks.summaries import Scalars
from wgan_tf.training.callbacks.test_accuracy import accuracy_callback, test_images
from wgan_tf.training.conclusion import draw_losses
from wgan_tf.training.first_images import draw_first_images
from wgan_tf.training.fit import (
    check_ended,
    checkpoints_callback,
    events_after,
    fit,
    fit_in_memory,
    report_skipped,
    rows_after,
    write_down,
)
from wgan_tf.training.forecast import forecast
from wgan_tf.training.rollback import stopped, where_it_began
from wgan_tf.training.workers import check_shared, go_on, owned
from wgan_tf.visualize.confusion import plot_confusion
from wgan_tf.visualize.curves import learning_curve
from wgan_tf.visualize.grid import grid

# What the bar shows.
SHOWN = ("loss", "accuracy")
# Images shown where no number of epochs is given: many passes over a small set, one over a large.
SEEN, _MOST_EPOCHS = 80_000, 30
_MISJUDGED = 64  # in the picture


def train(config) -> list[Path]:
    """Trains on `--split`, tests on "test", from the newest checkpoint if there is one.

    Returns:
        The pictures: learning curve, confusion matrix, misjudged test images if there are any, and
        the losses.

    Raises:
        UserError: the data has no labels or no split "test".
    """
    with owned(config.run.logs_dir):
        return _train(config)


def _train(config) -> list[Path]:
    source = runs.open_labelled(config)
    runs.check_class_names(config, source)
    config = runs.with_classes(config, source)
    test = test_images(config, config.network.classes)
    if test is None:
        raise UserError(f"{source.description}: no split 'test' to measure the accuracy on")
    unknown = int(test[1].max())
    if unknown >= config.network.classes:
        raise UserError(
            f"{source.description}: a test image has label {unknown}, the {config.network.classes} "
            "classes to train on are 0 to "
            f"{config.network.classes - 1}; take other images, or say how many there are by "
            "--classes"
        )
    say(f"data: {source.description}; to test on: {len(test[1])}")
    check_shared(min(config.data.batch_size, source.count))
    epochs, history = epochs_for(config.classifier.epochs, source.count), History()
    schedule = _schedule(config, source, history)
    steps = _steps(schedule, epochs)
    model, restored = _begin(config, steps)
    if restored:
        history = runs.go_on_with(config, restored.iteration)
    if history.of("batch_size"):  # where the rate falls to zero was not known yet
        schedule = _schedule(config, source, history)
        steps = _steps(schedule, epochs)
        model, restored = _begin(config, steps)
    if not runtime.is_chief():
        _fit(config, model, restored, source, None, None, steps, schedule)
        return []
    write_down(config, history, source)
    runs.write_class_names(config, source)
    draw_first_images(config, source)
    report_skipped(source, config)
    events = events_after(restored, config, config.run.mode, history)
    epochs = _fit(config, model, restored, source, test, events, steps, schedule)
    runs.save_networks(config, model)
    pictures = _report(config, model, source, test, events, epochs)
    pictures += draw_losses(Path(config.run.logs_dir))
    events.close()
    return pictures


def learned(source, seed: int, seen: int) -> keras.Model:
    """The network that the preset of `--mode=train_judge` learns from a source, with no run of its
    own.

    Args:
        source: of images with labels.
        seed: of weights, order and augmentation.
        seen: images shown, see `epochs_for`.

    Raises:
        UsageError: the labels are of a single class.
    """
    height, _, channels = source.read(np.array([0])).shape[1:]
    config = judge_config(height, channels, seed)
    return train_in_memory(config, source, "training the judge", seen)[0].critic


def train_in_memory(config, source, title: str = "training", seen: int = SEEN):
    """Trains a classifier from the beginning, and writes nothing.

    Args:
        config: of the run; what it says of files is of no effect.
        source: of images with labels.
        title: of the bar.
        seen: images shown where the configuration names no epochs, see `epochs_for`.

    Returns:
        The model, and the configuration with the number of classes.

    Raises:
        UsageError: the labels are of a single class.
        UserError: numbers broke.
    """
    config = runs.with_classes(config, source)
    batch_size = min(config.data.batch_size, source.count)
    epochs = epochs_for(config.classifier.epochs, source.count, seen)
    steps = epochs * (source.count // batch_size)
    model = runs.build_trainable(config, steps)
    runs.begin_with(config, model)
    batches = _batches(config, source, Schedule(batch_size, source.count), 0, steps)
    callbacks = [CheckFinite(tf.summary.create_noop_writer(), (), steps)]
    fit_in_memory(model, batches, steps, [*callbacks, Progress(steps, SHOWN, title)])
    return model, config


def epochs_for(epochs: int | None, count: int, seen: int = SEEN) -> int:
    """Passes over `count` images: those asked for, or as many as show `seen` images, 1 to 30."""
    return epochs or int(np.clip(seen // count, 1, _MOST_EPOCHS))


def _schedule(config, source, history: History) -> Schedule:
    sizes = [*history.earlier("batch_size"), (0, config.data.batch_size)]
    *earlier, (_, size) = [(until, min(size, source.count)) for until, size in sizes]
    return Schedule(size, source.count, earlier=tuple(earlier))


def _steps(schedule: Schedule, epochs: int) -> int:
    """Batches until all images were shown so often; the last one may begin the next pass."""
    done = max((until for until, _ in schedule.earlier), default=0)
    left = epochs * schedule.images - schedule.images_before(done)
    return done + max(0, math.ceil(left / schedule.batch_size))


def _begin(config, steps: int):
    """The model, at the newest checkpoint if there is one, and what `checkpoints.go_on_from` gives.
    """
    model = runs.build_trainable(config, steps, runtime.strategy())
    restored = go_on(config, model)
    if restored is None:
        runs.begin_with(config, model)
    return model, restored


def _fit(
    config, model, restored, source, test, events, steps: int, schedule: Schedule
) -> list:
    """Trains to the end; the accuracies of all epochs, see `TestAccuracy.epochs`."""
    start = restored.iteration if restored else 0
    if start < steps:
        say(f"{'going on' if start else 'starting'} at step {start} of {steps}; Ctrl-C saves")
    else:
        say(f"{config.run.logs_dir}: trained for all {steps} steps; testing again")
    saved = [config.training.checkpoint_every]
    callbacks = [CheckFinite(tf.summary.create_noop_writer(), saved, steps)]
    if runtime.is_chief():
        rows = rows_after(restored, config)
        said = functools.partial(forecast, steps - start, unit="steps")
        callbacks += [
            Progress(steps, SHOWN, forecast=said),
            Scalars(events, config.summaries.summary_every, schedule.batch_size, rows),
            accuracy_callback(events, config, test, schedule),
        ]
    parts = [*callbacks, events] if events else []
    saver = checkpoints_callback(config, steps, parts, restored)

    def batches(_, first: int, last: int):
        return _batches(config, source, schedule, first, last, runtime.strategy())

    try:
        images = batches(model, start, steps)
        fit(model, images, max(0, steps - start), callbacks, saver)
    except NotFinite as fault:
        where = where_it_began(fault, lambda: _begin(config, steps)[0], batches, SHOWN)
        raise stopped(fault, where, _begin(config, steps)[1]) from None
    check_ended(model, source, steps, config)
    return callbacks[-1].epochs if events else []


def _batches(config, source, schedule: Schedule, first: int, last: int, strategy=None):
    return training_batches(
        source,
        schedule,
        seed=config.run.seed,
        start=first,
        stop=last,
        labelled=True,
        strategy=strategy,
    )


def _report(config, model, source, test, writer, curve: list) -> list[Path]:
    """Figures, pictures and the printed line."""
    images, labels, names = test
    figures = _figures(class_logits(model.classify, images), labels)
    seconds, misjudged = curve[-1]["seconds"] if curve else 0.0, figures.pop("misjudged")
    with Artefacts(config.run.logs_dir, config.run.mode, writer=writer) as artefacts:
        _write_pictures(artefacts, images[misjudged[:_MISJUDGED]], figures, names, curve)
        artefacts.figures(
            {
                "dataset": config.data.dataset,
                "network": config.network.network,
                "parameters": model.critic.count_params(),
                "training_images": source.count,
                "test_images": len(labels),
                "epochs": len(curve),
                "seconds": seconds,
                "class_names": names,
                **figures,
            }
        )
    say(
        f"{config.network.network}: {figures['accuracy']:.2%} ± {figures['standard_error']:.2%} of "
        f"{len(labels)} test images right, {len(misjudged)} wrong; {seconds:.0f} s of training; "
        f"{artefacts.folder / 'classifier.keras'}"
    )
    return artefacts.pictures


def _figures(logits: np.ndarray, labels: np.ndarray) -> dict:
    """Accuracy with its binomial standard error, the confusion matrix (true, judged), and the
    misjudged images' rows, the most confident first.
    """
    judged, classes = logits.argmax(1), logits.shape[1]
    confusion = confusion_of(judged, labels, classes)
    wrong = np.flatnonzero(judged != labels)
    confidence = tf.nn.softmax(logits).numpy().max(1)
    with np.errstate(invalid="ignore"):
        by_class = confusion.diagonal() / confusion.sum(1)
    return {
        **accuracy_of(logits, labels),
        "accuracy_by_class": by_class,
        "confusion": confusion,
        "misjudged": wrong[np.argsort(-confidence[wrong], kind="stable")],
    }


def _write_pictures(artefacts: Artefacts, misjudged, figures: dict, names, curve: list) -> None:
    path = artefacts.image_path("learning_curve.png")
    learning_curve(path, {"": curve}, "Test accuracy while it learns")
    path = artefacts.image_path("confusion.png")
    plot_confusion(path, figures["confusion"], names, "What test images are taken for")
    for path in artefacts.pictures:
        artefacts.show(f"classifier/{path.stem}", path)
    if len(misjudged):
        artefacts.picture("misjudged", grid(misjudged, columns=min(16, len(misjudged))))
        artefacts.show_grid("classifier/misjudged", misjudged, "the most confident first")
