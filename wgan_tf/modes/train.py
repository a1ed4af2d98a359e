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
from wgan_tf.modes.fitting import accuracy_callback, check_ended, fit, test_images
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
        No pictures: training's are in TensorBoard.
    """
    if runtime.strategy().num_replicas_in_sync > 1 and config.training.critic_boost:
        # Updates of several replicas are unrolled, so their number must be the same throughout.
        raise UsageError("several GPUs need a fixed number of critic updates: --critic_boost=false")
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
    runs.write_config(config)
    if start >= stop:
        print(f"{config.run.logs_dir}: trained for {start} of {stop} iterations, nothing to do")
        if not checkpoints.list_checkpoints(folder):
            checkpoints.save(folder, model)
        runs.save_networks(config, model)
        return []
    print(f"{'going on' if start else 'starting'} at iteration {start} of {stop}; Ctrl-C saves")
    stopper = _fit(model, source, config, start, evaluation)
    runs.save_networks(config, model)
    done = check_ended(stopper, model, source, stop)
    print(f"trained for {done} iterations; the run is in {config.run.logs_dir}")
    return []


def critic_steps(config):
    """Critic updates in the iteration with a given number, counted from 0."""
    normal, boost = config.training.n_critic, config.training.critic_boost

    def steps(iteration: int) -> int:
        number = iteration + 1
        boosted = boost and (number <= BOOST_FIRST or number % BOOST_EVERY == 0)
        return max(BOOST_STEPS, normal) if boosted else normal

    return steps


def _fit(model, source, config, start: int, evaluation):
    """Trains the model from iteration `start` to `--iterations`; see `fitting.fit`."""
    batches = training_batches(
        source,
        batch_size=config.data.batch_size,
        seed=config.run.seed,
        critic_steps=critic_steps(config),
        extra_batches=int(model.generator_needs_real),
        start=start,
        stop=config.training.iterations,
        labelled=bool(model.classes),
    )
    writer = tf.summary.create_file_writer(f"{config.run.logs_dir}/train")
    if not start:
        write_configuration(writer, config)
    beside, evaluations = _callbacks(writer, model, source, config), []
    if evaluation is not None:
        evaluations = [_evaluations(writer, model, evaluation, config)]
    if model.classes:
        beside += _of_classes(writer, model, source, config)
    try:
        steps = config.training.iterations - start
        stopper = fit(model, batches, steps, [*beside, *evaluations])
    finally:
        writer.close()
    for best in (each.best for each in evaluations if each.best):
        print("best checkpoint: iteration {iteration}, {metric} {value:.4g}".format(**best))
    for accuracy in (each for each in beside if getattr(each, "epochs", None)):
        last = accuracy.epochs[-1]
        print(
            f"discriminator after epoch {last['epoch']}: {last['accuracy']:.2%} ± "
            f"{last['standard_error']:.2%} of {len(accuracy.labels)} test images right"
        )
    return stopper


def _callbacks(writer, model, source, config) -> list:
    summaries, batch_size, seed = config.summaries, config.data.batch_size, config.run.seed
    count = PICTURES if not model.one_hot else ROWS * model.one_hot
    z, real = model.sample_z(count, seed), batch(source, PICTURES, seed)
    return [
        Progress(config.training.iterations),
        Scalars(writer, summaries.summary_every, batch_size),
        Images(writer, summaries.image_every, z, real),
        Histograms(writer, summaries.histogram_every, z, real),
        Checkpoints(runs.checkpoint_dir(config.run.logs_dir), config.training.checkpoint_every),
    ]


def _evaluations(writer, model, evaluation, config) -> Evaluations:
    chosen = config.evaluation
    z = model.sample_z(chosen.evaluate_samples, config.run.seed)
    folder = runs.checkpoint_dir(config.run.logs_dir)
    return Evaluations(writer, chosen.evaluate_every, z, evaluation, chosen.keep_best, folder)


def _of_classes(writer, model, source, config) -> list:
    """Test accuracy and samples by class, epoch by epoch."""
    per_iteration = config.data.batch_size * config.training.n_critic
    epochs = config.training.iterations * per_iteration / source.count
    chosen = config.summaries.sample_epochs
    chosen = numbers(chosen) if chosen else evenly(epochs)
    z = model.sample_z(ROWS * model.classes, config.run.seed)
    folder = Path(config.run.logs_dir) / "images"
    callbacks = [EpochSamples(folder, z, chosen, source.count / per_iteration)]
    test = test_images(config, model.classes)
    if test is None:
        print(f"{source.description}: no split 'test', so no test accuracy")
        return callbacks
    return [*callbacks, accuracy_callback(writer, config, test, source.count, per_iteration)]
