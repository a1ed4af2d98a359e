"""What all trainings share: the loop, what is stored, and the clean end."""

import contextlib
import re
from pathlib import Path

import tensorflow as tf

from wgan_tf import runs
from wgan_tf.data.skipped import FILE, write_skipped
from wgan_tf.errors import UserError
from wgan_tf.files.csv_rows import Rows
from wgan_tf.machine import runtime
from wgan_tf.machine.guest import interruptible, is_guest, say
from wgan_tf.runs.history import History
from wgan_tf.runs.layout import LOSSES
from wgan_tf.training.callbacks.control import Checkpoints, Progress
from wgan_tf.training.callbacks.events import Events
from wgan_tf.training.callbacks.finite import CheckFinite, NotFinite
from wgan_tf.training.callbacks.iterations import Iterations, Watching, training_goes_on
from wgan_tf.training.callbacks.signals import StopOnSignal
from wgan_tf.training.callbacks.summaries import write_changes, write_configuration
from wgan_tf.training.workers import check_equal

NO_HISTORY = History()


def fit(model, batches, steps: int, callbacks: list, saver: Checkpoints) -> None:
    """Runs `model.fit` for a number of iterations, or until Ctrl-C or SIGTERM.

    Args:
        model: compiled.
        batches: a `tf.data.Dataset`, an element per iteration.
        steps: iterations. With none the callbacks begin and end, which completes what a training
            that was killed after its last checkpoint lacks.
        callbacks: beside it. Those of this package that only watch never end it, see
            `iterations.Watching`.
        saver: the last of them.

    Raises:
        UserError: what a source of images says while it reads, with what was trained saved; or
            the end of the training cannot be saved.
        NotFinite: numbers broke; nothing of that iteration is written.
    """
    stopper = StopOnSignal(saver)
    every = [stopper, *callbacks, saver]
    guarded = [_guarded(part, (stopper, saver)) for part in every]

    def work():
        model.fit(batches, steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=guarded)

    if steps:
        try:
            if is_guest():
                interruptible(work, stopper.stop)
            else:
                work()
        except NotFinite:
            # The others would write what the broken iteration left.
            _end([part for part in every if isinstance(part, StopOnSignal | Progress)])
            raise
        except Exception as error:
            reason = _said_by_source(error)
            # Only between two iterations is what the model holds that of an uninterrupted run.
            saver.whole = bool(reason) and int(model.iteration.numpy()) == saver.done
            _end(every)
            reason = reason or runtime.gone(error)
            if reason:
                raise UserError(reason) from error
            raise
    else:
        every = [part for part in callbacks if not isinstance(part, Progress)] + [saver]
        every = [_guarded(part, (saver,)) for part in every]
        for callback in every:
            callback.set_model(model)
            callback.on_train_begin()
        for callback in every:
            callback.on_train_end()
    check_equal(model)
    if saver.failed:
        where = "starts anew" if saver.saved is None else f"goes on from iteration {saver.saved}"
        raise UserError(
            f"iteration {saver.done} is not saved, the same command {where}: {saver.failed}"
        )


def fit_in_memory(model, batches, steps: int, callbacks: list) -> None:
    """As `fit`, of a training that leaves nothing but the model.

    Raises:
        UserError: see `fit`; or numbers broke, and the model is lost with them.
    """
    saver = Checkpoints(Path(), steps, stop=steps, writes=False)
    try:
        fit(model, batches, steps, callbacks, saver)
    except NotFinite as fault:
        raise UserError(f"{fault}: try a smaller learning_rate") from fault


def write_down(config, history: History, source) -> None:
    """Writes what a training begins or goes on with into the run's folder, and says what it has
    other than before.

    Args:
        config: of the run.
        history: of it.
        source: of the training images.

    Raises:
        UserError: the folder cannot be written.
    """
    if history.new:
        line = ", ".join(map(str, history.new))
        say(f"from iteration {history.new[0].iteration} on: {line} (config.json keeps it)")
    runs.write_config(config, history.changes)
    line = runs.note_images(config, source)
    if line:
        say(line)


def events_after(restored, config, name: str, history: History = NO_HISTORY) -> Events:
    """TensorBoard's events of a training, which begin with its configuration and have a text where
    something of it changes.

    Args:
        restored: what `checkpoints.go_on_from` gave.
        config: of the run.
        name: of their folder.
        history: of the run.
    """
    start, states = restored or (0, {})
    events = Events(Path(config.run.logs_dir) / name, start, states.get("events"))
    if not start:
        write_configuration(events, config)
    # Those of earlier iterations stand in the events that the checkpoint knows.
    changes = [change for change in history.changes if start and change.iteration == start]
    if changes:
        write_changes(events, changes)
    return events


def rows_after(restored, config) -> Rows | None:
    """The rows of `losses.csv`, those after the checkpoint cut off; None, and a warning, where
    there can be none.

    Args:
        restored: what `checkpoints.go_on_from` gave.
        config: of the run.
    """
    with training_goes_on("the losses"):
        return Rows(Path(config.run.logs_dir) / LOSSES, restored.iteration if restored else 0)


def checkpoints_callback(config, stop: int, parts, restored, before_save=()) -> Checkpoints:
    """The checkpoints of a training; give it to `fit` together with the callbacks.

    Args:
        config: of the run.
        stop: the iteration at which training ends.
        parts: what has a state to be stored with the model, in this order.
        restored: what `checkpoints.go_on_from` gave.
        before_save: see `control.Checkpoints`.
    """
    return Checkpoints(
        runs.checkpoint_dir(config.run.logs_dir),
        config.training.checkpoint_every,
        before_save,
        stop=stop,
        keep=config.training.keep_checkpoints,
        writes=runtime.is_chief(),
        parts=parts,
        restored=restored and restored.beside,
    )


def _said_by_source(error: Exception) -> str | None:
    """What a source of images says, which arrives wrapped in an error of tf.data's."""
    match = re.search(r"UserError: (.+)", getattr(error, "message", ""))
    return match[1] if match and isinstance(error, tf.errors.OpError) else None


def _guarded(callback, others: tuple):
    """A callback as one that may only watch, but for those that end and save a training."""
    decides = callback in others or isinstance(callback, CheckFinite)
    return callback if decides or not isinstance(callback, Iterations) else Watching(callback)


def _end(callbacks: list) -> None:
    """Ends callbacks, some of which may not have begun; Keras does so only where all went well."""
    for callback in callbacks:
        # The error that ended training is the one to be told.
        with contextlib.suppress(Exception):
            callback.on_train_end()


def report_skipped(source, config) -> None:
    """Says how many images cannot be used; `skipped.json` in the run's folder names them.

    Workers beside the chief have lists of their own: each reads other rows.
    """
    name = FILE if runtime.is_chief() else f"worker-{runtime.workers().index}-{FILE}"
    line = write_skipped(config.run.logs_dir, source, name)
    if line:
        say(line)


def check_ended(model, source, stop: int, config) -> int:
    """The iterations done; says what was skipped, and leaves where a signal ended training."""
    if not source.skipped.complete:
        report_skipped(source, config)
    done = int(model.iteration.numpy())
    if done < stop and model.replicas.ends_training and not is_guest():
        raise SystemExit(0)
    return done
