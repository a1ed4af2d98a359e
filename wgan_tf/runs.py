"""A run's folder: its configuration, its checkpoints, and the model they give.

logs_dir/config.json            the configuration, written before any work
         checkpoints/           see `checkpoints`
         generator.keras, critic.keras, or classifier.keras
         images/                pictures
         MODE/                  TensorBoard events, one sub-folder per mode
         MODE.json, MODE.npz    the figures and arrays of a mode
         .lock                  held by the process that trains here, see `locking`
"""

import dataclasses
import os
from pathlib import Path

from wgan_tf.config import Config
from wgan_tf.data import check_source, open_source
from wgan_tf.errors import UsageError, UserError
from wgan_tf.files import write_json, written_whole
from wgan_tf.foreign import read_json

_MOST_CONFIGURATION = 2**20  # bytes; one of ours has four thousand


def read_config(logs_dir: str | os.PathLike) -> Config | None:
    """The configuration stored in a run folder, its `logs_dir` set to where it now lies.

    Returns:
        None if the folder holds no run.

    Raises:
        UsageError: `config.json` is damaged, or a field in it is unknown or of a wrong type.
    """
    path = Path(logs_dir) / "config.json"
    try:
        values = read_json(path, _MOST_CONFIGURATION)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}; choose another --logs_dir") from error
    if not isinstance(values, dict):
        raise UsageError(f"{path} is not a configuration; choose another --logs_dir")
    try:
        return Config.from_flat({**values, "logs_dir": os.fspath(logs_dir)})
    except (UsageError, RecursionError) as error:
        raise UsageError(f"{path}: {error}") from error


def write_config(config: Config) -> None:
    """Creates the run folder and stores the configuration there.

    Raises:
        UserError: the folder cannot be written.
    """
    write_json(Path(config.run.logs_dir) / "config.json", config.flat())


def build_model(config: Config, precision: str = "float32"):
    """The untrained model of a configuration; see `build_trainable` for one to train.

    Args:
        config: of the run.
        precision: name of the networks' Keras policy. Only training has another than float32:
            the iterators' steps are smaller than a half float's resolution.
    """
    from wgan_tf.models import MODELS

    network, data = config.network, config.data
    cls = MODELS[network.model]
    if network.model == "classifier":
        return cls(
            size=data.size,
            channels=data.channels,
            classes=network.classes,
            critic_widths=network.critic_channels,
            network=network.network,
            augmentation=config.classifier.augmentation,
            label_smoothing=config.classifier.label_smoothing,
            seed=config.run.seed,
            name=network.model,
            dtype=precision,
        )
    settings = {
        "clip_value": config.training.clip_value,
        "crop_size": data.crop or data.size,
        "penalty_weight": config.training.penalty_weight,
        "classes": network.classes,
        "loss_name": config.training.loss,
        "categories": network.categories,
        "codes": network.codes,
        "minibatch_discrimination": network.minibatch_discrimination,
    }
    return cls(
        size=data.size,
        channels=data.channels,
        z_dim=network.z_dim,
        generator_widths=network.generator_channels,
        critic_widths=network.critic_channels,
        z_prior=network.z_prior,
        seed=config.run.seed,
        name=network.model,
        dtype=precision,
        **{name: settings[name] for name in cls.settings},
    )


def build_trainable(config: Config, steps: int | None = None, strategy=None):
    """The untrained model with its optimizer, in the precision and with the compiler that
    `runtime` chooses for this machine.

    Args:
        config: of the run.
        steps: of a classifier's training in all, over which its rate rises and falls.
        strategy: on whose devices; None: one.
    """
    import tensorflow as tf

    from wgan_tf import runtime
    from wgan_tf.models.matching import Matching
    from wgan_tf.optimizers import make_classifier_optimizer, make_optimizer

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
            in_turn=training.alternate is not None,
            matching=Matching(training.matched_batches, training.matched_rate),
            sync_batch_norm=together,
        )
    return model


def open_images(config: Config, split: str | None = None):
    """The images of a configuration, of another split where one is named; see
    `data.open_source`.
    """
    data = config.data
    return open_source(
        data.dataset,
        data.data_dir,
        data.cache_dir,
        data.crop,
        data.size,
        data.channels,
        split or data.split,
    )


def open_unseen(config: Config):
    """Images that training has not seen, of the split "test", or its own where there is none, and
    what they are, as "test images".
    """
    try:
        return open_images(config, "test"), "test images"
    except UserError:
        return open_images(config), "training images"


def open_labelled(config: Config, split: str | None = None):
    """As `open_images`, for what needs labels.

    Raises:
        UserError: there are none.
    """
    source = open_images(config, split)
    if source.labels is None:
        raise UserError(
            f"{source.description}: no labels, which this needs; choose another --dataset"
        )
    return source


def with_classes(config: Config, source) -> Config:
    """The configuration with the number of classes that a labelled source has.

    Raises:
        UsageError: `--classes` is smaller, or there are not two.
    """
    found = max(int(source.labels.max()) + 1, len(source.class_names or ()))
    classes = config.network.classes or found
    if classes < found:
        raise UsageError(f"--classes={classes}: {source.description} has {found} classes")
    if classes < 2:
        raise UsageError(f"{source.description}: a classifier needs images of two classes or more")
    return dataclasses.replace(
        config, network=dataclasses.replace(config.network, classes=classes)
    )


def checkpoint_dir(logs_dir: str | os.PathLike) -> Path:
    """Where a run keeps its checkpoints."""
    return Path(logs_dir) / "checkpoints"


def check_import(config: Config) -> None:
    """Refuses an import that names no checkpoint or would overwrite a run.

    Raises:
        UsageError: it does.
    """
    if not config.tf1.tf1_checkpoint:
        raise UsageError("--mode=import_tf1 needs --tf1_checkpoint=FOLDER_OR_PREFIX")
    if (Path(config.run.logs_dir) / "config.json").exists():
        raise UsageError(f"{config.run.logs_dir} holds a run; choose a new --logs_dir")


def check_evaluation(config: Config) -> None:
    """Refuses an evaluation whose images are missing.

    Raises:
        UsageError: a path that does not exist, or a data set that cannot be.
        UserError: images are to be generated and nothing is trained.
    """
    evaluation, data = config.evaluation, config.data
    for name in ("generated", "before", "real"):
        path = getattr(evaluation, name)
        if path is not None and not os.path.exists(path):
            raise UsageError(f"--{name}={path}: there is no such folder or file")
    if evaluation.generated is None:
        check_trained(config.run.logs_dir, evaluation.checkpoint)
    if evaluation.real is None:
        check_source(data.dataset, data.data_dir)


def check_trained(logs_dir: str | os.PathLike, checkpoint: str = "newest") -> None:
    """Refuses a folder without a trained run.

    Args:
        logs_dir: the folder.
        checkpoint: "newest" or "best", what will be asked for.

    Raises:
        UserError: there is no configuration or no such checkpoint.
    """
    from wgan_tf.checkpoints import BEST, list_checkpoints

    folder = Path(logs_dir)
    if not (folder / "config.json").exists() or not list_checkpoints(checkpoint_dir(folder)):
        raise UserError(
            f"there is no checkpoint in {folder}; train first (--mode=train) or name the run "
            f"with --logs_dir"
        )
    if checkpoint == "best" and not (checkpoint_dir(folder) / BEST).exists():
        raise UserError(
            f"there is no best checkpoint in {folder}: train with --evaluate_every, or leave out "
            "--checkpoint=best"
        )


def load_trained(config: Config):
    """The model of a run with the weights of its newest or, with `--checkpoint=best`, of its best
    checkpoint, ready for inference.
    """
    from wgan_tf.checkpoints import restore_best, restore_latest

    logs_dir, checkpoint = config.run.logs_dir, config.evaluation.checkpoint
    check_trained(logs_dir, checkpoint)
    if config.network.classes is None:
        # Training has found their number in the data and stored it.
        classes = read_config(logs_dir).network.classes
        network = dataclasses.replace(config.network, classes=classes)
        config = dataclasses.replace(config, network=network)
    model = build_model(config)
    restore = restore_best if checkpoint == "best" else restore_latest
    restore(checkpoint_dir(logs_dir), model)
    _settle(config, model)
    return model


def load(logs_dir: str | os.PathLike):
    """Loads a trained model from its run folder.

    Args:
        logs_dir: what `--logs_dir` was in training.

    Returns:
        The model: `sample_z(count, seed)`, `generate(z)`, `score(images)`, `generator`, `critic`.

    Raises:
        UserError: there is no trained run.
    """
    check_trained(logs_dir)
    return load_trained(read_config(logs_dir))


def save_networks(config: Config, model) -> None:
    """Writes the networks as `.keras` files that plain Keras opens.

    The model is left as `load_trained` would give it.
    """
    from wgan_tf.networks.batch_norm import plain

    _settle(config, model)
    for name, network in model.networks.items():
        with written_whole(Path(config.run.logs_dir) / f"{name}.keras") as unfinished:
            plain(network).save(unfinished)


def _settle(config: Config, model) -> None:
    if model.generator is not None and config.refinement.critic_statistics == "measured":
        model.measure_statistics()
