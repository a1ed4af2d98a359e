"""`--mode=train`: trains both networks, from the newest checkpoint if there is one."""

import re

import tensorflow as tf

from wgan_tf import checkpoints, runs, runtime
from wgan_tf.callbacks.control import Checkpoints, Progress, StopOnSignal
from wgan_tf.callbacks.evaluations import Evaluations
from wgan_tf.callbacks.summaries import Histograms, Images, Scalars, write_configuration
from wgan_tf.data.order import batch
from wgan_tf.data.pipeline import training_batches
from wgan_tf.errors import UsageError, UserError
from wgan_tf.modes.measuring import training_evaluation

# The original trains its critic longer in iterations 1 to 24 and in every 500th.
BOOST_STEPS, BOOST_FIRST, BOOST_EVERY = 25, 24, 500
# Fixed images in TensorBoard.
PICTURES = 64


def run(config) -> list:
    """Trains until `--iterations`, or until Ctrl-C or SIGTERM.

    Returns:
        No pictures: training's are in TensorBoard.
    """
    if runtime.strategy().num_replicas_in_sync > 1 and config.training.critic_boost:
        # Updates of several replicas are unrolled, so their number must be the same throughout.
        raise UsageError("several GPUs need a fixed number of critic updates: --critic_boost=false")
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
    stopper = fit(model, source, config, start, evaluation)
    runs.save_networks(config, model)
    if getattr(source, "skipped", 0):
        print(f"{source.skipped} images could not be decoded; others took their places")
    done = int(model.iteration.numpy())
    if stopper.signal is not None and done < stop:
        print(f"stopped and saved at iteration {done}; the same command goes on from there")
        raise SystemExit(0)
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


def fit(model, source, config, start: int, evaluation=None):
    """Trains the model from iteration `start` to `--iterations`.

    Args:
        model: to train, at iteration `start`.
        source: its images.
        config: of the run.
        start: iterations done.
        evaluation: measures samples every `--evaluate_every` iterations; None: never.

    Returns:
        The `StopOnSignal` callback, which knows whether a signal ended it.
    """
    batches = training_batches(
        source,
        batch_size=config.data.batch_size,
        seed=config.run.seed,
        critic_steps=critic_steps(config),
        extra_batches=int(model.generator_needs_real),
        start=start,
        stop=config.training.iterations,
    )
    writer = tf.summary.create_file_writer(f"{config.run.logs_dir}/train")
    if not start:
        write_configuration(writer, config)
    stopper, evaluations = StopOnSignal(), []
    if evaluation is not None:
        evaluations = [_evaluations(writer, model, evaluation, config)]
    beside = [stopper, *_callbacks(writer, model, source, config), *evaluations]
    try:
        steps = config.training.iterations - start
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
    finally:
        writer.close()
    for best in (each.best for each in evaluations if each.best):
        print("best checkpoint: iteration {iteration}, {metric} {value:.4g}".format(**best))
    return stopper


def _callbacks(writer, model, source, config) -> list:
    summaries, batch_size, seed = config.summaries, config.data.batch_size, config.run.seed
    z, real = model.sample_z(PICTURES, seed), batch(source, PICTURES, seed)
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
