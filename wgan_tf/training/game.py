"""`--mode=train`: trains both networks, from the newest checkpoint if there is one."""

from pathlib import Path

import tensorflow as tf

from wgan_tf import runs
from wgan_tf.config.field import numbers
from wgan_tf.data.order import batch
from wgan_tf.data.pipeline import training_batches
from wgan_tf.errors import UsageError
from wgan_tf.machine import runtime
from wgan_tf.models import GAMES
from wgan_tf.training.callbacks.control import Progress
from wgan_tf.training.callbacks.measurements import Evaluations
from wgan_tf.training.callbacks.numbers import BrokenNumbers, Numbers
from wgan_tf.training.callbacks.samples import EpochSamples, evenly
from wgan_tf.training.callbacks.summaries import Histograms, Images, Scalars
from wgan_tf.training.filming import film_callback, open_reel
from wgan_tf.training.fit import (
    accuracy_callback,
    check_ended,
    checkpoints_callback,
    conclude_accuracy,
    events_after,
    fit,
    report_skipped,
    test_images,
)
from wgan_tf.training.measuring import training_evaluation
from wgan_tf.training.rollback import made_before, rolled_back, set_rate, where_it_began
from wgan_tf.training.watch import draw_feedback, feedback_callback
from wgan_tf.training.workers import check_shared, go_on, owned

# The original trains its critic longer in iterations 1 to 24 and in every 500th.
BOOST_STEPS, BOOST_FIRST, BOOST_EVERY = 25, 24, 500
# Fixed images in TensorBoard.
PICTURES = 64
# Rows of them where there are classes or categories, one column each.
ROWS = 8


def run(config) -> list:
    """Trains until `--iterations`, or until Ctrl-C or SIGTERM.

    Returns:
        The picture of the feedback, if there was a look, and with `--film` the film and its strip;
        samples are in TensorBoard.
    """
    with owned(config.run.logs_dir):
        return _run(config)


def _run(config) -> list:
    training, chief = config.training, runtime.is_chief()
    check_shared(config.data.batch_size)
    varying = training.critic_boost or training.alternate
    if runtime.strategy().num_replicas_in_sync > 1 and varying:
        # Updates of several replicas are unrolled, so their number must be the same throughout.
        raise UsageError(
            "several devices need a fixed number of critic updates: --critic_boost=false, and no "
            "--alternate"
        )
    if GAMES[config.network.model].labelled:
        source = runs.open_labelled(config)
        config = runs.with_classes(config, source)
    else:
        source = runs.open_images(config)
    print(f"data: {source.description}")
    model, restored = begin(config)
    start, stop = restored.iteration if restored else 0, training.iterations
    # Before anything is written: features may be missing, or be asked for what they lack.
    evaluation = training_evaluation(config) if chief and start < stop else None
    reel = open_reel(source, config) if chief else None
    if chief:
        runs.write_config(config)
        report_skipped(source, config)
    if start < stop:
        print(f"{'going on' if start else 'starting'} at iteration {start} of {stop}; Ctrl-C saves")
    else:
        print(f"{config.run.logs_dir}: trained for {start} of {stop} iterations, nothing to do")
    model, stopper, pictures = _train_and_go_back(
        model, restored, source, config, evaluation, reel
    )
    if chief:
        runs.save_networks(config, model)
    done = check_ended(stopper, model, source, stop, config)
    if start < stop:
        print(f"trained for {done} iterations; the run is in {config.run.logs_dir}")
    return pictures


def begin(config):
    """The model to be trained, at the newest checkpoint if there is one.

    Returns:
        The model, and what `checkpoints.go_on_from` gives.
    """
    model = runs.build_trainable(config, strategy=runtime.strategy())
    return model, go_on(config, model)


def critic_steps(config, images: int):
    """Critic updates in the iteration with a given number, counted from 0.

    Args:
        config: of the run.
        images: in the training set, for `--alternate` by epochs.
    """
    normal, boost = config.training.n_critic, config.training.critic_boost
    turns = config.training.turns
    epoch = -(-images // config.data.batch_size)

    def turn(iteration: int) -> int:
        return int(iteration // epoch % sum(turns) < turns[0])

    def steps(iteration: int) -> int:
        number = iteration + 1
        boosted = boost and (number <= BOOST_FIRST or number % BOOST_EVERY == 0)
        return max(BOOST_STEPS, normal) if boosted else normal

    return turn if turns else steps


def _train_and_go_back(model, restored, source, config, evaluation, reel):
    """As `train_on`, from the newest checkpoint again where numbers break, by `--on_nan`.

    Returns:
        The model that reached the end, and what `train_on` gives.
    """
    rollbacks = made_before(config, restored)
    while True:
        set_rate(model, config, rollbacks)
        try:
            return model, *train_on(model, restored, source, config, evaluation, reel, rollbacks)
        except BrokenNumbers as fault:
            if reel:
                reel.abandon()
            where = _where_it_began(fault, source, config, rollbacks)
            model, restored = begin(config)
            rollbacks = rolled_back(fault, where, config, restored, rollbacks)


def _where_it_began(fault: BrokenNumbers, source, config, rollbacks: list) -> str:
    def again():
        model, _ = begin(config)
        set_rate(model, config, rollbacks)
        return model

    def batches(model, start: int, stop: int):
        return _batches(model, source, config, start, stop)

    return where_it_began(fault, again, batches, ("critic_loss", "generator_loss"))


def train_on(model, restored, source, config, evaluation, reel, rollbacks):
    """Trains from where `begin` stands to `--iterations`; of a training that is there already
    completes what it lacks. `begin` and this go back to the newest checkpoint as often as needed.

    Args:
        model, restored: what `begin` gave.
        source: of the training images.
        config: of the run.
        evaluation: what measures on the way, or None.
        reel: the film, or None.
        rollbacks: those so far.

    Returns:
        The callback that knows whether a signal ended it, and pictures of the training.
    """
    start, stop = restored.iteration if restored else 0, config.training.iterations
    batches = _batches(model, source, config, start, stop)
    saved = {config.training.checkpoint_every, config.evaluation.evaluate_every} - {0}
    if not runtime.is_chief():
        beside = [Numbers(tf.summary.create_noop_writer(), saved, stop, rollbacks)]
        saver = checkpoints_callback(config, stop, (), restored)
        return fit(model, batches, max(0, stop - start), beside, saver), []
    events = events_after(restored, config, "train")
    feedback = feedback_callback(events, model, source, config)
    steps_of = critic_steps(config, source.count)
    film = film_callback(events, model, reel, config, steps_of) if reel else None
    beside, evaluations = [Numbers(events, saved, stop, rollbacks)], []
    beside += _callbacks(events, model, source, config, feedback, film)
    if evaluation is not None:
        evaluations = [_evaluations(events, model, evaluation, config)]
    accuracy = None
    if model.one_hot:
        beside.append(_samples_by_class(model, source, config))
        accuracy = _accuracy(events, model, source, config)
        beside += [accuracy] if accuracy else []
    beside += evaluations
    before_save = [each for each in (feedback and feedback.write, film and film.cut) if each]
    saver = checkpoints_callback(config, stop, [*beside, events], restored, before_save)
    try:
        stopper = fit(model, batches, max(0, stop - start), beside, saver)
    finally:
        events.close()
    for best in (each.best for each in evaluations if each.best):
        print("best checkpoint: iteration {iteration}, {metric} {value:.4g}".format(**best))
    pictures = draw_feedback(feedback, config) + (film.written if film else [])
    return stopper, pictures + conclude_accuracy(accuracy, config)


def _batches(model, source, config, start: int, stop: int):
    """The images of the iterations from `start` to before `stop`."""
    return training_batches(
        source,
        batch_size=config.data.batch_size,
        seed=config.run.seed,
        critic_steps=critic_steps(config, source.count),
        extra_batches=int(model.generator_needs_real),
        start=start,
        stop=stop,
        labelled=bool(model.classes),
        strategy=runtime.strategy(),
    )


def _callbacks(writer, model, source, config, feedback, film) -> list:
    summaries, batch_size, seed = config.summaries, config.data.batch_size, config.run.seed
    count = PICTURES if not model.one_hot else ROWS * model.one_hot
    z, real = model.sample_z(count, seed), batch(source, PICTURES, seed)
    return [
        Progress(config.training.iterations),
        Scalars(writer, summaries.summary_every, batch_size),
        Images(writer, summaries.image_every, z, real),
        Histograms(writer, summaries.histogram_every, z, real),
        *(each for each in (feedback, film) if each),
    ]


def _evaluations(writer, model, evaluation, config) -> Evaluations:
    chosen = config.evaluation
    z = model.sample_z(chosen.evaluate_samples, config.run.seed)
    folder = runs.checkpoint_dir(config.run.logs_dir)
    path = Path(config.run.logs_dir) / "evaluations.json"
    return Evaluations(
        writer, chosen.evaluate_every, z, evaluation, chosen.keep_best, folder, path
    )


def _samples_by_class(model, source, config) -> EpochSamples:
    """One column per class or category, after chosen epochs."""
    per_epoch = source.count / (config.data.batch_size * config.training.n_critic)
    chosen = config.summaries.sample_epochs
    chosen = numbers(chosen) if chosen else evenly(config.training.iterations / per_epoch)
    z = model.sample_z(ROWS * model.one_hot, config.run.seed)
    return EpochSamples(Path(config.run.logs_dir) / "images", z, chosen, per_epoch)


def _accuracy(writer, model, source, config):
    """Test accuracy, epoch by epoch, or None where there is nothing to test with."""
    test = test_images(config, model.one_hot)
    if test is None:
        print(f"{source.description}: no split 'test', so no test accuracy")
        return None
    per_iteration = config.data.batch_size * config.training.n_critic
    found = not model.classes
    return accuracy_callback(writer, config, test, source.count, per_iteration, found)
