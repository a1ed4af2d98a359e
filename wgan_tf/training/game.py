"""Training of a game: both networks, from the newest checkpoint if there is one."""

import functools
from pathlib import Path
from typing import NamedTuple

import tensorflow as tf

from wgan_tf import runs
from wgan_tf.config.field import numbers
from wgan_tf.data.order import batch
from wgan_tf.data.pipeline import training_batches
from wgan_tf.data.schedule import Schedule
from wgan_tf.errors import UsageError
from wgan_tf.files.csv_rows import Rows
from wgan_tf.machine import runtime
from wgan_tf.machine.guest import say
from wgan_tf.metrics.evaluation import Evaluation
from wgan_tf.models import GAMES
from wgan_tf.runs.history import History
from wgan_tf.training.callbacks.control import Progress
from wgan_tf.training.callbacks.feedback import Feedback, draw_feedback, feedback_callback
from wgan_tf.training.callbacks.film import Film, Reel, film_callback, open_reel
from wgan_tf.training.callbacks.finite import CheckFinite, NotFinite
from wgan_tf.training.callbacks.measurements import Evaluations
from wgan_tf.training.callbacks.samples import EpochSamples, evenly
from wgan_tf.training.callbacks.summaries import Histograms, Images, Scalars
from wgan_tf.training.callbacks.test_accuracy import (
    TestAccuracy,
    accuracy_callback,
    conclude_accuracy,
    test_images,
)
from wgan_tf.training.conclusion import conclude
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
from wgan_tf.training.forecast import chosen, forecast_of_game
from wgan_tf.training.judging import training_evaluation
from wgan_tf.training.rollback import made_before, rolled_back, set_rate, where_it_began
from wgan_tf.training.workers import check_shared, go_on, owned

# Fixed images in TensorBoard.
PICTURES = 64
# Rows of them where there are classes or categories, one column each.
ROWS = 8


class _Plan(NamedTuple):
    """What a training has from beginning to end, however often it goes back.

    Attributes:
        config: of the run.
        source: of the training images.
        schedule: of updates and batches.
        evaluation: what measures on the way, or None.
        reel: the film, or None.
        history: what was changed on the way.
    """

    config: object
    source: object
    schedule: Schedule
    evaluation: Evaluation | None
    reel: Reel | None
    history: History = History()


def train(config) -> list[Path]:
    """Trains until `--iterations`, or until Ctrl-C or SIGTERM.

    Returns:
        The picture of the feedback, if there was a look, with `--film` the film and its strip, and
        the losses and samples at the end; more samples are in TensorBoard.
    """
    with owned(config.run.logs_dir):
        _check_devices(config)
        config, source = _images(config)
        model, restored = begin(config)
        plan = _prepare(config, source, model, restored)
        model, pictures = _train_and_go_back(plan, model, restored)
        if runtime.is_chief():
            runs.save_networks(config, model)
            pictures += conclude(config, model, source.description)
        start, stop = _span(config, restored)
        done = check_ended(model, source, stop, config)
        if start < stop:
            say(f"trained for {done} iterations; the run is in {config.run.logs_dir}")
        return pictures


def train_in_memory(config, source):
    """Trains from the beginning until `--iterations`, or until Ctrl-C, and writes nothing.

    Args:
        config: of the run; what it says of files is of no effect.
        source: of the training images.

    Returns:
        The model, ready for inference, and the configuration with the classes that it learnt.

    Raises:
        UserError: numbers broke.
    """
    _check_devices(config)
    if GAMES[config.network.model].labelled:
        config = runs.with_classes(config, source)
    model = runs.build_trainable(config, strategy=runtime.strategy())
    runs.begin_with(config, model)
    stop = config.training.iterations
    schedule = Schedule.of(
        config.training, config.data.batch_size, source.count, model.generator_needs_real
    )
    images = _batches(_Plan(config, source, schedule, None, None), model, 0, stop)
    progress = Progress(stop, work=_work(schedule))
    callbacks = [CheckFinite(tf.summary.create_noop_writer(), (), stop), progress]
    fit_in_memory(model, images, stop, callbacks)
    runs.settle(config, model)
    return model, config


def _check_devices(config) -> None:
    check_shared(config.data.batch_size)
    # How many images there are decides only when it is whose turn.
    varies = Schedule.of(config.training, config.data.batch_size, 1).varies
    if runtime.strategy().num_replicas_in_sync > 1 and varies:
        # Updates of several replicas are unrolled, so their number must be the same throughout.
        raise UsageError(
            "several devices need a fixed number of critic updates: --critic_boost=false, and no "
            "--alternate"
        )


def _images(config):
    """The configuration, with the classes of the labels where they are learned, and the images."""
    if GAMES[config.network.model].labelled:
        source = runs.open_labelled(config)
        runs.check_class_names(config, source)
        config = runs.with_classes(config, source)
    else:
        source = runs.open_images(config)
    say(f"data: {source.description}")
    return config, source


def begin(config):
    """The model to be trained, at the newest checkpoint if there is one.

    Returns:
        The model, and what `checkpoints.go_on_from` gives.
    """
    model = runs.build_trainable(config, strategy=runtime.strategy())
    restored = go_on(config, model)
    if restored is None:
        runs.begin_with(config, model)
    return model, restored


def _prepare(config, source, model, restored) -> _Plan:
    """Opens what else is needed, writes the configuration, and says what follows.

    Raises:
        UserError: what measures or films is not to be had; nothing is written then.
    """
    (start, stop), chief = _span(config, restored), runtime.is_chief()
    needs_real, size = model.generator_needs_real, config.data.batch_size
    history = runs.go_on_with(config, start, len(made_before(config, restored)))
    earlier = history.earlier("batch_size")
    schedule = Schedule.of(config.training, size, source.count, needs_real, earlier)
    evaluation = training_evaluation(config) if chief and start < stop else None
    reel = open_reel(source, config) if chief else None
    if chief:
        write_down(config, history, source)
        if GAMES[config.network.model].labelled:
            runs.write_class_names(config, source)
        draw_first_images(config, source)
        report_skipped(source, config)
    if restored is None and chief:
        say(chosen(config))
    if not start and config.training.begin_from:
        say(f"beginning with the weights in {config.training.begin_from}")
    if start < stop:
        say(f"{'going on' if start else 'starting'} at iteration {start} of {stop}; Ctrl-C saves")
    else:
        say(f"{config.run.logs_dir}: trained for {start} of {stop} iterations, nothing to do")
    return _Plan(config, source, schedule, evaluation, reel, history)


def _span(config, restored) -> tuple[int, int]:
    """The iterations that are done, and those that are to be."""
    return restored.iteration if restored else 0, config.training.iterations


def _train_and_go_back(plan: _Plan, model, restored):
    """As `_train_on`, from the newest checkpoint again where numbers break, by `--on_nan`.

    Returns:
        The model that reached the end, and pictures of the training.
    """
    config = plan.config
    rollbacks, history = made_before(config, restored), plan.history

    def again():
        other, _ = begin(config)
        set_rate(other, config, rollbacks, history)
        return other

    def batches(model, start: int, stop: int):
        return _batches(plan, model, start, stop)

    while True:
        set_rate(model, config, rollbacks, history)
        try:
            return model, _train_on(plan, model, restored, rollbacks)
        except NotFinite as fault:
            if plan.reel:
                plan.reel.abandon()
            losses = ("critic_loss", "generator_loss")
            where = where_it_began(fault, again, batches, losses)
            model, restored = begin(config)
            rollbacks = rolled_back(fault, where, config, restored, rollbacks, history)


def _train_on(plan: _Plan, model, restored, rollbacks: list) -> list[Path]:
    """Trains from where `begin` stands to `--iterations`; of a training that is there already
    completes what it lacks.

    Returns:
        Pictures of the training.
    """
    config = plan.config
    start, stop = _span(config, restored)
    images, steps = _batches(plan, model, start, stop), max(0, stop - start)
    saved = {config.training.checkpoint_every, config.evaluation.evaluate_every} - {0}
    if not runtime.is_chief():
        numbers_only = [CheckFinite(tf.summary.create_noop_writer(), saved, stop, rollbacks)]
        saver = checkpoints_callback(config, stop, (), restored)
        fit(model, images, steps, numbers_only, saver)
        return []
    events = events_after(restored, config, "train", plan.history)
    feedback = feedback_callback(events, model, plan.source, config)
    film = film_callback(events, model, plan.reel, config, plan.schedule) if plan.reel else None
    accuracy = _accuracy(events, model, plan) if model.one_hot else None
    evaluations = _evaluations(events, model, plan) if plan.evaluation else None
    callbacks = [CheckFinite(events, saved, stop, rollbacks)]
    rows = rows_after(restored, config)
    callbacks += _callbacks(events, model, plan, feedback, film, rows)
    callbacks += [_samples_by_class(model, plan)] if model.one_hot else []
    callbacks += [callback for callback in (accuracy, evaluations) if callback]
    before_save = [feedback.write] if feedback else []
    before_save += [film.cut] if film else []
    saver = checkpoints_callback(config, stop, [*callbacks, events], restored, before_save)
    try:
        fit(model, images, steps, callbacks, saver)
    finally:
        events.close()
    if evaluations and evaluations.best:
        best = evaluations.best
        say("best checkpoint: iteration {iteration}, {metric} {value:.4g}".format(**best))
    pictures = draw_feedback(feedback, config) + (film.written if film else [])
    return pictures + conclude_accuracy(accuracy, config)


def _batches(plan: _Plan, model, start: int, stop: int):
    """The images of the iterations from `start` to before `stop`."""
    return training_batches(
        plan.source,
        plan.schedule,
        seed=plan.config.run.seed,
        start=start,
        stop=stop,
        labelled=bool(model.classes),
        strategy=runtime.strategy(),
    )


def _callbacks(
    writer, model, plan: _Plan, feedback: Feedback | None, film: Film | None, rows: Rows | None
) -> list:
    config = plan.config
    summaries, batch_size, seed = config.summaries, config.data.batch_size, config.run.seed
    count = PICTURES if not model.one_hot else ROWS * model.one_hot
    z, real = model.sample_z(count, seed), batch(plan.source, PICTURES, seed)
    return [
        _progress(model, plan),
        Scalars(writer, summaries.summary_every, batch_size, rows),
        Images(writer, summaries.image_every, z, real),
        Histograms(writer, summaries.histogram_every, z, real),
        *(callback for callback in (feedback, film) if callback),
    ]


def _work(schedule: Schedule):
    """The work of all iterations before one: the generator's update is like one of the critic's."""
    return lambda iteration: schedule.updates_before(iteration) + iteration


def _progress(model, plan: _Plan) -> Progress:
    start = int(model.iteration.numpy())
    said = functools.partial(forecast_of_game, plan.config, start)
    return Progress(plan.config.training.iterations, work=_work(plan.schedule), forecast=said)


def _evaluations(writer, model, plan: _Plan) -> Evaluations:
    chosen, run = plan.config.evaluation, plan.config.run
    z = model.sample_z(chosen.evaluate_samples, run.seed)
    folder, path = runs.checkpoint_dir(run.logs_dir), Path(run.logs_dir) / "evaluations.json"
    return Evaluations(
        writer, chosen.evaluate_every, z, plan.evaluation, chosen.keep_best, folder, path
    )


def _samples_by_class(model, plan: _Plan) -> EpochSamples:
    """One column per class or category, after chosen epochs."""
    config = plan.config
    epochs = plan.schedule.epochs_before(config.training.iterations)
    chosen = config.summaries.sample_epochs
    chosen = numbers(chosen) if chosen else evenly(epochs)
    z = model.sample_z(ROWS * model.one_hot, config.run.seed)
    return EpochSamples(Path(config.run.logs_dir) / "images", z, chosen, plan.schedule)


def _accuracy(writer, model, plan: _Plan) -> TestAccuracy | None:
    """Test accuracy, epoch by epoch, or None where there is nothing to test with."""
    test = test_images(plan.config, model.one_hot)
    if test is None:
        say(f"{plan.source.description}: no split 'test', so no test accuracy")
        return None
    return accuracy_callback(writer, plan.config, test, plan.schedule, not model.classes)
