"""The model of a run: built anew, with its optimizer, or with the weights of a checkpoint."""

import hashlib
from operator import attrgetter
from pathlib import Path

from wgan_tf.config import Config
from wgan_tf.files.writing import written_whole
from wgan_tf.models import GAMES, MODELS
from wgan_tf.runs.checkpoints import restore_best, restore_latest, take_weights
from wgan_tf.runs.layout import check_trained, checkpoint_dir, read_config


def build_model(config: Config, precision: str = "float32"):
    """The untrained model of a configuration; see `build_trainable` for one to train.

    Args:
        config: of the run.
        precision: name of the networks' Keras policy. Only training has another than float32:
            the iterators' steps are smaller than a half float's resolution.
    """
    name = config.network.model
    arguments = {
        argument: attrgetter(place)(config) for argument, place in GAMES[name].arguments.items()
    }
    return MODELS[name](**arguments, name=name, dtype=precision)


def build_trainable(config: Config, steps: int | None = None, strategy=None):
    """The untrained model with its optimizer, in the precision and with the compiler that
    `runtime` chooses for this machine.

    Args:
        config: of the run.
        steps: of a classifier's training in all, over which its rate rises and falls.
        strategy: on whose devices; None: one.
    """
    import tensorflow as tf

    from wgan_tf.machine import runtime
    from wgan_tf.models.matching import Matching
    from wgan_tf.optimizers import make_optimizer
    from wgan_tf.optimizers.steps import make_classifier_optimizer

    strategy = strategy or tf.distribute.get_strategy()
    training, together = config.training, config.machines.sync_batch_norm
    rate = training.learning_rate
    with strategy.scope():
        model = build_model(config, runtime.precision(training.precision))
        jit_compile = runtime.jit_compile(strategy)
        if steps is not None:
            optimizer = make_classifier_optimizer(rate, steps, config.classifier.weight_decay)
            model.compile(optimizer, jit_compile=jit_compile, sync_batch_norm=together)
            return model
        optimizer = make_optimizer(
            training.optimizer, rate, training.optimizer_param, training.beta_2
        )
        model.compile(
            optimizer,
            jit_compile=jit_compile,
            n_critic=training.n_critic,
            in_turn=training.alternate is not None,
            rates=_rates(training),
            matching=Matching(training.matched_batches, training.matched_rate),
            sync_batch_norm=together,
            augment=training.augmentations,
            r1=training.r1,
        )
    return model


def _rates(training):
    from wgan_tf.models.rates import Rates

    critic = training.critic_learning_rate or training.learning_rate
    # Of rates that do not fall the end of training is nobody's business.
    end = 1 if training.decay == "none" else training.iterations
    return Rates(critic / training.learning_rate, training.decay, end)


def begin_with(config: Config, model) -> None:
    """Gives a model that is at iteration 0 the weights of `--begin_from`, where that is given.

    Raises:
        UserError: the networks differ, see `checkpoints.take_weights`.
    """
    folder = config.training.begin_from
    if folder is not None:
        take_weights(checkpoint_dir(folder), model)


def load_trained(config: Config):
    """The model of a run with the weights of its newest or, with `--checkpoint=best`, of its best
    checkpoint, ready for inference.
    """
    logs_dir, checkpoint = config.run.logs_dir, config.evaluation.checkpoint
    check_trained(logs_dir, checkpoint)
    if config.network.classes is None:
        # Training has found their number in the data and stored it.
        classes = read_config(logs_dir).network.classes
        config = config.but(classes=classes)
    model = build_model(config)
    restore = restore_best if checkpoint == "best" else restore_latest
    restore(checkpoint_dir(logs_dir), model)
    settle(config, model)
    return model


def save_networks(config: Config, model) -> None:
    """Writes the networks as `.keras` files that plain Keras opens.

    The model is left as `load_trained` would give it.
    """
    from wgan_tf.networks.batch_norm import plain

    settle(config, model)
    for name, network in model.networks.items():
        with written_whole(Path(config.run.logs_dir) / f"{name}.keras") as unfinished:
            plain(network).save(unfinished)


def settle(config: Config, model) -> None:
    """Leaves a model as `load_trained` gives it: with the average of the generator's weights, where
    there is one, and the statistics that inference needs.
    """
    if model.generator is None:
        return
    model.settle()
    if config.refinement.critic_statistics == "measured":
        model.measure_statistics()


def digest_of(network) -> str:
    """A hash of a network's weights: files that were made with it are known by that."""
    digest = hashlib.sha256()
    for variable in network.variables:
        digest.update(variable.numpy().tobytes())
    return digest.hexdigest()
