"""`--mode=train`: trains both networks, from the newest checkpoint if there is one."""

from pathlib import Path

import tensorflow as tf

from wgan_tf import checkpoints, runs, runtime
from wgan_tf.callbacks.control import Checkpoints, Progress
from wgan_tf.callbacks.evaluations import Evaluations
from wgan_tf.callbacks.samples import EpochSamples, evenly
from wgan_tf.callbacks.summaries import Histograms, Images, Scalars, write_configuration
from wgan_tf.config.field import numbers
from wgan_tf.data.order import batch
from wgan_tf.data.pipeline import training_batches
from wgan_tf.errors import UsageError
from wgan_tf.modes.feedback import draw_feedback, feedback_callback
from wgan_tf.modes.filming import film_callback, open_reel
from wgan_tf.modes.fitting import (
    accuracy_callback,
    check_ended,
    conclude_accuracy,
    fit,
    test_images,
)
from wgan_tf.modes.measuring import training_evaluation

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
    training = config.training
    varying = training.critic_boost or training.alternate
    if runtime.strategy().num_replicas_in_sync > 1 and varying:
        # Updates of several replicas are unrolled, so their number must be the same throughout.
        raise UsageError(
            "several GPUs need a fixed number of critic updates: --critic_boost=false, and no "
            "--alternate"
        )
    if config.network.model == "acgan":
        source = runs.open_labelled(config)
        config = runs.with_classes(config, source)
    else:
        source = runs.open_images(config)
    print(f"data: {source.description}")
    model = runs.build_trainable(config)
    folder = runs.checkpoint_dir(config.run.logs_dir)
    start = checkpoints.restore_latest(folder, model) or 0
    stop = config.training.iterations
    # Before anything is written: features may be missing, or be asked for what they lack.
    evaluation = training_evaluation(config) if start < stop else None
    reel = open_reel(source, config)
    runs.write_config(config)
    if start >= stop:
        print(f"{config.run.logs_dir}: trained for {start} of {stop} iterations, nothing to do")
        if not checkpoints.list_checkpoints(folder):
            checkpoints.save(folder, model)
        runs.save_networks(config, model)
        return reel.conclude(start) if reel else []
    print(f"{'going on' if start else 'starting'} at iteration {start} of {stop}; Ctrl-C saves")
    stopper, pictures = _fit(model, source, config, start, evaluation, reel)
    runs.save_networks(config, model)
    done = check_ended(stopper, model, source, stop)
    print(f"trained for {done} iterations; the run is in {config.run.logs_dir}")
    return pictures


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


def _fit(model, source, config, start: int, evaluation, reel):
    """Trains the model from iteration `start` to `--iterations`; see `fitting.fit`.

    Returns:
        The callback that knows whether a signal ended it, and pictures of the training.
    """
    steps_of = critic_steps(config, source.count)
    batches = training_batches(
        source,
        batch_size=config.data.batch_size,
        seed=config.run.seed,
        critic_steps=steps_of,
        extra_batches=int(model.generator_needs_real),
        start=start,
        stop=config.training.iterations,
        labelled=bool(model.classes),
    )
    writer = tf.summary.create_file_writer(f"{config.run.logs_dir}/train")
    if not start:
        write_configuration(writer, config)
    feedback = feedback_callback(writer, model, source, config)
    film = film_callback(writer, model, reel, config, steps_of) if reel else None
    beside, evaluations = _callbacks(writer, model, source, config, feedback, film), []
    if evaluation is not None:
        evaluations = [_evaluations(writer, model, evaluation, config)]
    accuracy = None
    if model.one_hot:
        beside.append(_samples_by_class(model, source, config))
        accuracy = _accuracy(writer, model, source, config)
        beside += [accuracy] if accuracy else []
    try:
        steps = config.training.iterations - start
        stopper = fit(model, batches, steps, [*beside, *evaluations])
    finally:
        writer.close()
    for best in (each.best for each in evaluations if each.best):
        print("best checkpoint: iteration {iteration}, {metric} {value:.4g}".format(**best))
    pictures = draw_feedback(feedback, config) + (film.written if film else [])
    return stopper, pictures + conclude_accuracy(accuracy, config)


def _callbacks(writer, model, source, config, feedback, film) -> list:
    folder, every = runs.checkpoint_dir(config.run.logs_dir), config.training.checkpoint_every
    summaries, batch_size, seed = config.summaries, config.data.batch_size, config.run.seed
    count = PICTURES if not model.one_hot else ROWS * model.one_hot
    z, real = model.sample_z(count, seed), batch(source, PICTURES, seed)
    before_save = [feedback.write] if feedback else []
    before_save += [film.cut] if film else []
    return [
        Progress(config.training.iterations),
        Scalars(writer, summaries.summary_every, batch_size),
        Images(writer, summaries.image_every, z, real),
        Histograms(writer, summaries.histogram_every, z, real),
        # Before the checkpoints, which then have the look of their iteration.
        *(each for each in (feedback, film) if each),
        Checkpoints(folder, every, before_save),
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
