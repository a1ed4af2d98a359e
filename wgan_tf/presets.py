"""From the flags that were given to a whole `Config`: defaults by model and data set, aliases,
what a stored run fixes, and the checks that need more than one field.
"""

import os

from wgan_tf.config import MODE_ALIASES, MODEL_ALIASES, Config, all_fields
from wgan_tf.config.field import TRAIN
from wgan_tf.errors import UsageError

_MODELS = {
    "wgan": {"optimizer": "RMSProp", "learning_rate": 5e-5, "n_critic": 5, "critic_boost": True},
    "gan": {"optimizer": "Adam", "learning_rate": 2e-4, "n_critic": 1, "critic_boost": False},
}
_OPTIMIZER_PARAM = {"RMSProp": 0.9, "keras_rmsprop": 0.9, "Adam": 0.5, "keras_adam": 0.5}

# Sizes that train on two CPU cores in minutes. Everything not named here has the original's.
_DIGITS = {
    "image_size": "32",
    "channels": 1,
    "layers": 3,
    "z_dim": 64,
    "gen_dimension": 2,
    "disc_dimension": 16,
    "checkpoint_every": 200,
    "iterations": 2000,
}
_SMALL_WGAN = {
    "learning_rate": 1e-3,
    "clip_value": 0.05,
    "n_critic": 3,
    "critic_boost": False,
    "iterator_learning_rate": 5e-5,
}
# The best digits after a minute, of the settings that the README lists.
_DIGITS_WGAN = {**_SMALL_WGAN, "learning_rate": 2e-3, "clip_value": 0.1, "n_critic": 1}
# What `--mode=benchmark` measures where no data set says otherwise.
_STANDARD = {"image_size": "64", "gen_dimension": 4, "critic_boost": False}
# Two sets of images that belong to no run.
_AS_THEY_ARE = {"image_size": "0"}
_PRESETS = {
    "mnist5k": (_DIGITS, {"wgan": _DIGITS_WGAN, "gan": {}}),
    "mnist": (_DIGITS, {"wgan": _DIGITS_WGAN, "gan": {}}),
    "cifar10": (
        {**_DIGITS, "channels": 3, "gen_dimension": 4, "disc_dimension": 32, "iterations": 20_000},
        {"wgan": _SMALL_WGAN, "gan": {}},
    ),
}


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
        values = {**Config().flat(), **_defaults(given), **given}
    else:
        _refuse_contradictions(given, stored, mode)
        # The cache is this machine's, not the run's.
        kept = {**stored.flat(), "mode": mode, "cache_dir": _default_cache_dir()}
        values = {**kept, **given}
        if given.get("optimizer", stored.training.optimizer) != stored.training.optimizer:
            values["optimizer_param"] = given.get(
                "optimizer_param", _OPTIMIZER_PARAM.get(given["optimizer"], 0.9)
            )
    if mode not in TRAIN and "learning_rate" in given:
        values["iterator_learning_rate"] = given.get(
            "iterator_learning_rate", given["learning_rate"]
        )
        if stored is not None:
            values["learning_rate"] = stored.training.learning_rate
    if values["iterator_learning_rate"] is None:
        values["iterator_learning_rate"] = values["learning_rate"]
    config = Config.from_flat(values)
    if mode != "evaluate" or stored is not None:
        _check_sizes(config)
    return config


def _canonical(explicit: dict, stored: Config | None = None) -> dict:
    given = dict(explicit)
    if "mode" in given:
        given["mode"] = MODE_ALIASES.get(given["mode"], given["mode"])
    if "model" in given:
        given["model"] = MODEL_ALIASES.get(given["model"], given["model"])
    if given.get("data_dir"):
        given["data_dir"] = os.path.abspath(os.path.expanduser(given["data_dir"]))
        # Of a run on a named data set it says where that is kept.
        given.setdefault("dataset", "folder" if stored is None else stored.data.dataset)
    for name in ("cache_dir", "generated", "before", "real"):
        if given.get(name):
            given[name] = os.path.expanduser(given[name])
    if given.get("mode") == "import_tf1":
        # The original's defaults; what data training goes on with is the user's to say.
        given.setdefault("dataset", "folder")
    if "image_size" in given:
        given["image_size"] = _image_size(given["image_size"])
    return given


def _image_size(text: str) -> str:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (1, 2) or not all(part.isdecimal() and int(part) for part in parts):
        raise UsageError(
            f"--image_size={text}: give crop,size in pixels, as 108,64, or one number for no crop"
        )
    return ",".join(str(int(part)) for part in parts)


def _defaults(given: dict) -> dict:
    dataset = given.get("dataset", Config().data.dataset)
    model = given.get("model", Config().network.model)
    sizes, by_model = _PRESETS.get(dataset, ({}, {}))
    if given.get("mode") == "benchmark" and "dataset" not in given:
        sizes, by_model = _STANDARD, {}
    if _of_two_sets(given):
        sizes, by_model = _AS_THEY_ARE, {}
    values = {**_MODELS.get(model, {}), **sizes, **by_model.get(model, {})}
    optimizer = given.get("optimizer", values.get("optimizer", "RMSProp"))
    values["optimizer_param"] = _OPTIMIZER_PARAM.get(optimizer, 0.9)
    values["cache_dir"] = _default_cache_dir()
    values["logs_dir"] = default_logs_dir(given)
    return values


def _of_two_sets(given: dict) -> bool:
    return given.get("mode") == "evaluate" and bool(given.get("generated") and given.get("real"))


def _default_cache_dir() -> str:
    return os.path.expanduser(Config().data.cache_dir)


def default_logs_dir(explicit: dict) -> str:
    """`logs/DATASET`, with the model's name behind it where that is not the default one."""
    given = _canonical(explicit)
    if given.get("mode") == "benchmark":
        return os.path.join("logs", "benchmark")
    if _of_two_sets(given):
        return os.path.join("logs", "evaluate")
    name = given.get("dataset", Config().data.dataset)
    if name == "folder" and given.get("data_dir"):
        name = os.path.basename(given["data_dir"])
    model = given.get("model", "wgan")
    if model != "wgan":
        name = f"{name}_{model}"
    prefix = {"study": "study_", "train_judge": "judge_"}.get(given.get("mode"), "")
    return os.path.join("logs", prefix + name)


def _refuse_contradictions(given: dict, stored: Config, mode: str) -> None:
    binding = ("fixed", "training") if mode in TRAIN else ("fixed",)
    flat = stored.flat()
    for _, field in all_fields():
        name = field.name
        if name == "data_dir" and flat["dataset"] != "folder":
            continue  # Where a named data set is kept decides nothing.
        if name == "data_dir" and flat[name] is None:
            continue  # An imported run may have none yet.
        if name in given and field.metadata["scope"] in binding and given[name] != flat[name]:
            raise UsageError(
                f"--{name}={given[name]}: the run in {stored.run.logs_dir} was started with "
                f"{flat[name]}; leave the flag out or choose another --logs_dir"
            )


def _check_sizes(config: Config) -> None:
    size, layers = config.data.size, config.network.layers
    if not 16 <= size <= 256:
        raise UsageError(f"--image_size={config.data.image_size}: the size must be 16 to 256")
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
