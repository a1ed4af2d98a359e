"""From the flags that were given to a whole `Config`: defaults by model and data set, aliases,
what a stored run fixes, and the checks that need more than one field.
"""

import os

from wgan_tf.config import MODE_ALIASES, MODEL_ALIASES, Config, all_fields
from wgan_tf.config.basis import ANY_LOSS, ONE_WIDTH
from wgan_tf.config.field import CLASSIFYING, LEARNING, LOOKS, whole_numbers
from wgan_tf.config.guards import check_judge, check_memory
from wgan_tf.config.inspection import check_start, mode_defaults
from wgan_tf.config.latent import latent_defaults
from wgan_tf.config.machines import check_shards
from wgan_tf.config.presets import (
    AS_THEY_ARE,
    OPTIMIZER_PARAM,
    STANDARD,
    classifier_defaults,
    defaults,
)
from wgan_tf.data import FOLDER, is_in_data_dir
from wgan_tf.errors import UsageError

# Paths that one command was given and no other is meant to read.
_OF_ONE_COMMAND = ("other_logs_dir", "generated", "before", "real", "target")


def resolve(explicit: dict, stored: Config | None = None) -> Config:
    """The configuration that a command means.

    An explicit value wins over the preset of the data set, that over the model's default, that
    over the field's. With a stored run, its values stand in for all defaults, and an explicit
    value that contradicts what the stored run fixes is refused.

    Args:
        explicit: field name to value, only what the user gave.
        stored: the configuration in the run folder, if there is one.

    Raises:
        UsageError: a value that cannot be, or that the stored run does not allow.
    """
    given = _canonical(explicit, stored)
    mode = given.get("mode", Config().run.mode)
    if stored is None:
        values = {**Config().flat(), **_defaults(given), **_of_mode(mode), **given}
    else:
        _refuse_contradictions(given, stored, mode)
        check_judge(given, stored, mode)
        # Cache and devices are this machine's, not the run's.
        kept = {**stored.flat(), "mode": mode, "cache_dir": _default_cache_dir()}
        kept |= dict.fromkeys(_OF_ONE_COMMAND)
        kept["strategy"] = Config().machines.strategy
        values = {**kept, **_of_mode(mode), **given}
        if given.get("optimizer", stored.training.optimizer) != stored.training.optimizer:
            values["optimizer_param"] = given.get(
                "optimizer_param", OPTIMIZER_PARAM.get(given["optimizer"], 0.9)
            )
    if mode not in LEARNING and "learning_rate" in given:
        values["iterator_learning_rate"] = given.get(
            "iterator_learning_rate", given["learning_rate"]
        )
        if stored is not None:
            values["learning_rate"] = stored.training.learning_rate
    if values["iterator_learning_rate"] is None:
        values["iterator_learning_rate"] = values["learning_rate"]
    config = Config.from_flat(values)
    _check_model(config, stored)
    check_start(mode, config.refinement.start)
    check_shards(config.generation)
    if mode != "evaluate" or stored is not None:
        _check_sizes(config)
        check_memory(config)
    return config


def _of_mode(mode: str) -> dict:
    return {**mode_defaults(mode), **latent_defaults(mode)}


def judge_config(size: int, channels: int, seed: int) -> Config:
    """By which a judge of such images is trained where no command is given for it."""
    values = {**Config().flat(), **classifier_defaults("judge", "")}
    form = {"image_size": str(size), "channels": channels, "seed": seed}
    return Config.from_flat({**values, **form, "model": "classifier", "network": "judge"})


def _canonical(explicit: dict, stored: Config | None = None) -> dict:
    given = dict(explicit)
    if "mode" in given:
        given["mode"] = MODE_ALIASES.get(given["mode"], given["mode"])
    if "model" in given:
        given["model"] = MODEL_ALIASES.get(given["model"], given["model"])
    if "loss" in given and stored is None:
        given.setdefault("model", "dcgan")
    if given.get("mode") in CLASSIFYING:
        if given.setdefault("model", "classifier") != "classifier":
            raise UsageError(
                f"--model={given['model']}: --mode={given['mode']} trains a classifier; leave the "
                "flag out"
            )
        if stored is None:
            given.setdefault("network", "judge" if given["mode"] == "train_judge" else "fast")
    if given.get("data_dir"):
        if "://" in given["data_dir"]:  # gs://bucket/folder and the like
            given["data_dir"] = given["data_dir"].rstrip("/")
        else:
            given["data_dir"] = os.path.abspath(os.path.expanduser(given["data_dir"]))
        # Of a run on a named data set it says where that is kept.
        given.setdefault("dataset", FOLDER if stored is None else stored.data.dataset)
    for name in ("cache_dir", "generated", "before", "real"):
        if given.get(name):
            given[name] = os.path.expanduser(given[name])
    if given.get("mode") == "import_tf1":
        # The original's defaults; what data training goes on with is the user's to say.
        given.setdefault("dataset", FOLDER)
    if "image_size" in given:
        given["image_size"] = _image_size(given["image_size"])
    return given


def _image_size(text: str) -> str:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (1, 2) or not whole_numbers(",".join(parts), 1):
        raise UsageError(
            f"--image_size={text}: give crop,size in pixels, as 108,64, or one number for no crop"
        )
    return ",".join(str(int(part)) for part in parts)


def _defaults(given: dict) -> dict:
    dataset = given.get("dataset", Config().data.dataset)
    model = given.get("model", Config().network.model)
    # Clipped weights need the rates of the game that is known by them.
    clipped = model in ANY_LOSS and given.get("loss") == "wasserstein"
    model = "wgan" if clipped else model
    preset = given.get("preset", "small")
    if model == "classifier":
        values = classifier_defaults(given.get("network"), dataset, preset)
    elif given.get("mode") == "benchmark" and "dataset" not in given:
        values = {**defaults(model, ""), **STANDARD}
    elif _of_two_sets(given):
        values = {**defaults(model, ""), **AS_THEY_ARE}
    else:
        values = defaults(model, dataset, preset)
    optimizer = given.get("optimizer", values.get("optimizer", "RMSProp"))
    if optimizer != values.get("optimizer") or "optimizer_param" not in values:
        values["optimizer_param"] = OPTIMIZER_PARAM.get(optimizer, 0.9)
    if given.get("alternate"):
        values["critic_boost"] = False
    values["cache_dir"] = _default_cache_dir()
    values["logs_dir"] = default_logs_dir(given)
    return values


def _of_two_sets(given: dict) -> bool:
    return given.get("mode") == "evaluate" and bool(given.get("generated") and given.get("real"))


def _default_cache_dir() -> str:
    return os.path.expanduser(Config().data.cache_dir)


def default_logs_dir(explicit: dict) -> str:
    """`logs/DATASET`, with the names of model, loss and preset behind it where they are not the
    default ones.
    """
    given = _canonical(explicit)
    if given.get("mode") == "benchmark":
        return os.path.join("logs", "benchmark")
    if _of_two_sets(given):
        return os.path.join("logs", "evaluate")
    name = given.get("dataset", Config().data.dataset)
    if is_in_data_dir(name) and given.get("data_dir"):
        name = os.path.basename(given["data_dir"])
    model = given.get("model", "wgan")
    if model != "wgan" and given.get("mode") != "train_judge":
        name = f"{name}_{model}"
    if "loss" in given and model in ANY_LOSS:
        name = f"{name}_{given['loss']}"
    if given.get("preset") == "film":
        name += "_film"
    prefixes = {"study": "study_", "matched_study": "matched_", "train_judge": "judge_"}
    return os.path.join("logs", prefixes.get(given.get("mode"), "") + name)


def _refuse_contradictions(given: dict, stored: Config, mode: str) -> None:
    binding = ("fixed", "training") if mode in LEARNING else ("fixed",)
    flat = stored.flat()
    for _, field in all_fields():
        name = field.name
        if name == "data_dir" and not is_in_data_dir(flat["dataset"]):
            continue  # Where a named data set is kept decides nothing.
        if name == "data_dir" and flat[name] is None:
            continue  # An imported run may have none yet.
        if name in given and field.metadata["scope"] in binding and given[name] != flat[name]:
            raise UsageError(
                f"--{name}={given[name]}: the run in {stored.run.logs_dir} was started with "
                f"{flat[name]}; leave the flag out or choose another --logs_dir"
            )


def _check_model(config: Config, stored: Config | None) -> None:
    """Refuses modes that a model has no networks for."""
    mode, network = config.run.mode, config.network
    if stored is not None and mode in CLASSIFYING and stored.network.model != "classifier":
        raise UsageError(
            f"{config.run.logs_dir} holds a run of {stored.network.model}; choose another "
            "--logs_dir"
        )
    if network.model == "classifier" and mode not in (*CLASSIFYING, *LOOKS):
        raise UsageError(
            f"--mode={mode} needs a generator, a classifier has none: choose the --logs_dir of a "
            f"GAN, or --mode={CLASSIFYING[0]}"
        )
    if network.model not in ("wgan", "gan") and mode in ("benchmark", "import_tf1"):
        raise UsageError(f"--mode={mode}: --model must be wgan or gan")
    if network.model == "acgan" and (network.classes or 2) >= network.z_dim:
        raise UsageError(
            f"--z_dim={network.z_dim}: must be more than the {network.classes or 2} classes, which "
            "are its first values"
        )
    if network.model == "infogan" and network.categories + network.codes >= network.z_dim:
        raise UsageError(
            f"--z_dim={network.z_dim}: must be more than the {network.categories} categories and "
            f"{network.codes} codes, which are its first values"
        )
    _check_game(config)


def _check_game(config: Config) -> None:
    """Refuses what a game would silently leave out."""
    network, training = config.network, config.training
    games = " or ".join(f"--model={name}" for name in ANY_LOSS)
    if network.model not in ANY_LOSS:
        if network.minibatch_discrimination:
            raise UsageError(f"--minibatch_discrimination: {network.model} has none; use {games}")
        if training.loss != Config().training.loss:
            raise UsageError(
                f"--loss={training.loss}: {network.model} has a loss of its own; use {games}"
            )
    if training.alternate and training.matched_batches:
        raise UsageError("--matched_batches: pairs are made for both sides: leave out --alternate")
    if training.alternate and training.critic_boost:
        raise UsageError("--critic_boost: whole epochs have no longer ones; leave it out")


def _check_sizes(config: Config) -> None:
    size, layers = config.data.size, config.network.layers
    if not 16 <= size <= 256:
        raise UsageError(f"--image_size={config.data.image_size}: the size must be 16 to 256")
    if config.network.model in (*ONE_WIDTH, "classifier"):
        for name in ("generator_widths", "critic_widths"):
            if getattr(config.network, name):
                raise UsageError(f"--{name}: these networks have one width; use --disc_dimension")
        if config.network.model in ONE_WIDTH and layers != 3:
            raise UsageError(f"--layers={layers}: these networks have 3 stride-2 layers")
        if size % 8:
            raise UsageError(f"--image_size={config.data.image_size}: must be divisible by 8")
        return
    if size % 2**layers:
        raise UsageError(
            f"--image_size={config.data.image_size}: {size} is not divisible by 2^{layers}; "
            f"choose a size that is, or fewer --layers"
        )
    for name in ("generator_widths", "critic_widths"):
        widths = getattr(config.network, name)
        if widths and len(widths.split(",")) != layers:
            raise UsageError(f"--{name}={widths}: must be {layers} numbers, as many as --layers")
    if config.refinement.start != "generated" and config.run.mode == "z_iterator":
        raise UsageError("--start: the z iterator starts from generated images only")
