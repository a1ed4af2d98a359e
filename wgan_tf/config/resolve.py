"""From the flags that were given to a whole `Config`: defaults by model and data set, aliases,
what a stored run fixes, and which flags have no effect.
"""

import os

from wgan_tf.config import Config, all_fields, flag_named, reads
from wgan_tf.config.commands import COMMANDS, Command
from wgan_tf.config.conflicts import check_named_loss, check_sizes, check_together
from wgan_tf.config.field import flag_of, whole_numbers
from wgan_tf.config.guards import check_judge
from wgan_tf.config.memory import memory_note
from wgan_tf.config.presets import (
    AS_THEY_ARE,
    OPTIMIZER_PARAM,
    ORIGINAL,
    RATIO_RATE,
    RATIO_STEPS,
    STANDARD,
    classifier_defaults,
    defaults,
    kind_of,
)
from wgan_tf.data import (
    FOLDER,
    WORLDS,
    default_frame,
    form_of,
    is_embedded,
    is_in_data_dir,
    is_one_heap,
    meant_by,
    name_of,
)
from wgan_tf.data.form import Form
from wgan_tf.data.splits import SEEN
from wgan_tf.errors import UsageError, UserError
from wgan_tf.models import GAMES, OF_SOME
from wgan_tf.networks import ARCHITECTURES, CLASSIFIERS

# Paths, and choices of z's, that one command was given and no other is meant to read.
_OF_ONE_COMMAND = (
    "other_logs_dir", "generated", "before", "real", "target",
    "z", "seeds", "only_class", "truncation",
)
# Where `~` is the home folder; `data_dir` is made absolute besides.
_PATHS = (
    "logs_dir", "cache_dir", "judge_dir", "other_logs_dir", "generated", "before", "real", "target",
    "z", "tf1_checkpoint", "begin_from",
)
# Pixels a side of the first map of a network, at most.
_MOST_FIRST = 8
_MODEL_ALIASES = {game.alias: name for name, game in GAMES.items()}
_MODE_ALIASES = {command.alias: name for name, command in COMMANDS.items()}


def resolve(
    explicit: dict,
    stored: Config | None = None,
    notes: list | None = None,
    like: Config | None = None,
) -> Config:
    """The configuration that a command means.

    An explicit value wins over the preset of the data set, that over the model's default, that
    over the field's. With a stored run, its values stand in for all defaults, and an explicit
    value that contradicts what the stored run fixes is refused. What the mode does not read of
    the explicit values, or the game does not take, is as if it had not been given.

    Args:
        explicit: field name to value, only what the user gave.
        stored: the configuration in the run folder, if there is one.
        notes: takes a line for every explicit value that has no effect, unless it holds anyway,
            and one where memory may not do.
        like: the configuration of a run whose networks a new one begins with: its sizes stand in
            for the defaults.

    Raises:
        UsageError: a value that cannot be, or that the stored run does not allow.
    """
    flags = _canonical(explicit, stored)
    Config.from_flat(flags)  # each value by itself, names of modes and models among them
    mode = flags.get("mode", Config().run.mode)
    command = COMMANDS[mode]
    base = _without_flags(flags, stored, mode, like)
    check_named_loss(flags, {**base, **flags}["model"])
    idle = _without_effect(flags, base, mode)
    for name, where in idle.items():
        if notes is not None and name in explicit and flags[name] != base[name]:
            holds = stored and base[name] is not None and not reads(mode, name)
            line = f"--{flag_named(name)}={flags[name]} has no effect {where}"
            notes.append(f"{line}: the stored {base[name]} holds" if holds else line)
    flags = {name: value for name, value in flags.items() if name not in idle}
    if stored is not None:
        _refuse_contradictions(flags, stored, command)
        check_judge(flags, stored, mode)
    values = {**base, **flags}
    _check_place(flags, values)
    if "data_dir" not in flags and values["dataset"] != base["dataset"]:
        values["data_dir"] = None  # Where the run's own data lies says nothing of another's.
    if "optimizer" in flags and flags["optimizer"] != base["optimizer"]:
        values["optimizer_param"] = flags.get(
            "optimizer_param", OPTIMIZER_PARAM.get(flags["optimizer"], 0.9)
        )
    _share_rate(values, flags, stored, mode)
    _by_ratio(values, flags, mode)
    config = Config.from_flat(values)
    if stored is not None and command.network and GAMES[stored.network.model].generator:
        raise UsageError(
            f"{config.run.logs_dir} holds a run of {stored.network.model}; choose another "
            "--logs_dir"
        )
    check_together(config)
    if mode != "evaluate" or stored is not None:
        check_sizes(config)
        line = memory_note(config, command.learns)
        if line and notes is not None:
            notes.append(line)
    return config


def _check_place(flags: dict, values: dict) -> None:
    """Refuses a folder for images that lie in none, which would be left out untold.

    Raises:
        UsageError: saying what to leave out.
    """
    if flags.get("data_dir") is not None and is_embedded(values["dataset"]):
        raise UsageError(
            f"--data_dir={flags['data_dir']}: {values['dataset']} lies in no folder; leave out "
            "--data_dir, or --dataset to take the images that are there"
        )


def _without_flags(
    flags: dict, stored: Config | None, mode: str, like: Config | None = None
) -> dict:
    """All values where no flag says what they are."""
    if stored is None:
        sizes = _sizes(like, flags) if like else {}
        defaults = _defaults({"model": sizes["model"], **flags} if sizes else flags)
        return {**Config().flat(), **defaults, **sizes, **COMMANDS[mode].defaults}
    # Cache and devices are this machine's, not the run's.
    machine = {"cache_dir": _default_cache_dir(), "strategy": Config().machines.strategy}
    values = {**stored.flat(), "mode": mode, **machine, **dict.fromkeys(_OF_ONE_COMMAND)}
    return {**values, **COMMANDS[mode].defaults}


def _sizes(like: Config, flags: dict) -> dict:
    """What makes the networks of a run; how many classes there are is counted in the data."""
    fixed = {field.name for _, field in all_fields() if field.metadata["scope"] == "fixed"}
    fixed -= {"classes"} if "model" in flags else set()
    return {name: value for name, value in like.flat().items() if name in fixed}


def _without_effect(flags: dict, base: dict, mode: str) -> dict[str, str]:
    """The flags that were given in vain, and where."""
    values = {**base, **flags}
    model, game, vain = values["model"], GAMES[values["model"]], {}
    # Points are no images, and their networks are known.
    points = "points" in COMMANDS[mode].kinds and values["dataset"] in WORLDS
    fixed = {field.name for _, field in all_fields() if field.metadata["scope"] == "fixed"}
    for name in flags:
        if not reads(mode, name) or points and name in fixed:
            vain[name] = f"in --mode={mode}"
        elif name in OF_SOME and name not in game.takes:
            vain[name] = f"with --model={model}"
    if "loss" in game.takes and values["loss"] != "wasserstein" and "clip_value" in flags:
        vain.setdefault("clip_value", f"with --loss={values['loss']}")
    if "fit" in flags and "," in values["image_size"]:
        vain.setdefault("fit", f"with --image_size={values['image_size']}")
    if values["alternate"] and reads(mode, "alternate") and "n_critic" in flags:
        vain.setdefault("n_critic", f"with --alternate={values['alternate']}")
    # As many samples as z's are named.
    chosen = next((name for name in ("z", "seeds") if name in flags and reads(mode, name)), None)
    for name in ("batch_size", "count", "nr_batches_tsne"):
        if chosen and name in flags:
            vain.setdefault(name, f"with --{chosen}={flags[chosen]}")
    return vain


def _share_rate(values: dict, flags: dict, stored: Config | None, mode: str) -> None:
    """Takes the learning rate for the iterators', as the original does."""
    refines = not COMMANDS[mode].learns and reads(mode, "iterator_learning_rate")
    if refines and "learning_rate" in flags:
        values["iterator_learning_rate"] = flags.get(
            "iterator_learning_rate", flags["learning_rate"]
        )
        if stored is not None:
            values["learning_rate"] = stored.training.learning_rate
    if values["iterator_learning_rate"] is None:
        values["iterator_learning_rate"] = values["learning_rate"]


def _by_ratio(values: dict, flags: dict, mode: str) -> None:
    """By a ratio the iterators take plain steps of a rate of its own, unless flags say otherwise.
    """
    if values["guide"] != "ratio" or not (reads(mode, "nr_iter_vis") and reads(mode, "guide")):
        return
    if "optimizer" not in flags:
        values["optimizer"] = "sgd"
        values["optimizer_param"] = flags.get("optimizer_param", OPTIMIZER_PARAM["sgd"])
    if not {"iterator_learning_rate", "learning_rate"} & flags.keys():
        values["iterator_learning_rate"] = RATIO_RATE
    if "nr_iter_vis" not in flags:
        values["nr_iter_vis"] = RATIO_STEPS


def by_ratio(config: Config) -> Config:
    """The configuration of an iterator with a ratio for its guide and the steps that suit one."""
    values = {**config.flat(), "guide": "ratio"}
    _by_ratio(values, {}, config.run.mode)
    return Config.from_flat(values)


def as_game(config: Config, model: str) -> Config:
    """The configuration of the same command for another game: what stood in for flags of the first
    is replaced by what stands in for them of the other.
    """
    if model == config.network.model:
        return config
    data, preset, fields = config.data, config.run.preset, Config().flat()
    form = None if data.dataset in WORLDS else form_of(data.dataset, data.data_dir)
    kind = kind_of(form) if form else ORIGINAL
    ours, theirs = (defaults(name, kind, preset) for name in (config.network.model, model))
    values = config.flat()
    for name in ours | theirs:
        if values[name] == ours.get(name, fields[name]):
            values[name] = theirs.get(name, fields[name])
    if "optimizer_param" not in theirs:
        values["optimizer_param"] = OPTIMIZER_PARAM.get(values["optimizer"], 0.9)
    if theirs.get("iterator_learning_rate") is None:
        values["iterator_learning_rate"] = values["learning_rate"]
    return Config.from_flat({**values, "model": model})


def judge_config(size: int, channels: int, seed: int) -> Config:
    """By which a judge of such images is trained where no command is given for it."""
    values = {**Config().flat(), **classifier_defaults("judge", ORIGINAL)}
    form = {"image_size": str(size), "channels": channels, "seed": seed}
    return Config.from_flat({**values, **form, "model": "classifier", "network": "judge"})


def _canonical(explicit: dict, stored: Config | None = None) -> dict:
    flags = dict(explicit)
    for name, aliases in (("mode", _MODE_ALIASES), ("model", _MODEL_ALIASES)):
        if name in flags:
            flags[name] = aliases.get(flags[name], flags[name])
    if "loss" in flags and stored is None:
        flags.setdefault("model", "dcgan")
    mode = flags.get("mode")
    network = COMMANDS[mode].network if mode in COMMANDS else None
    if network:
        if flags.setdefault("model", "classifier") != "classifier":
            raise UsageError(
                f"--model={flags['model']}: --mode={mode} trains a classifier; leave the flag out"
            )
        if stored is None:
            flags.setdefault("network", network)
    if flags.get("data_dir"):
        flags["data_dir"] = place_of(flags["data_dir"])
        known = None if stored is None else stored.data.dataset
        flags.setdefault("dataset", meant_by(flags["data_dir"], known))
    for name in _PATHS:
        if isinstance(flags.get(name), str) and "://" not in flags[name]:
            flags[name] = os.path.expanduser(flags[name])
    if isinstance(flags.get("begin_from"), str):
        flags["begin_from"] = os.path.abspath(flags["begin_from"])  # it is stored
    if mode == "import_tf1":
        # The original's defaults; what data training goes on with is the user's to say.
        flags.setdefault("dataset", FOLDER)
    if "image_size" in flags:
        flags["image_size"] = _image_size(flags["image_size"])
    return flags


def place_of(data_dir: str) -> str:
    """A `--data_dir` as it is stored: a whole path, wherever the next command is given."""
    if "://" in data_dir:  # gs://bucket/folder and the like
        return data_dir.rstrip("/")
    return os.path.abspath(os.path.expanduser(data_dir))


def mode_of(explicit: dict) -> str:
    """The name of the mode that is asked for."""
    mode = explicit.get("mode", Config().run.mode)
    return _MODE_ALIASES.get(mode, mode)


def _image_size(text: str) -> str:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (1, 2) or not whole_numbers(",".join(parts), 1):
        raise UsageError(
            f"--image_size={text}: give crop,size in pixels, as 108,64, or one number for no crop"
        )
    return ",".join(str(int(part)) for part in parts)


def _defaults(flags: dict) -> dict:
    dataset = flags.get("dataset", Config().data.dataset)
    model = flags.get("model", Config().network.model)
    form = _form(flags, dataset)
    # What is the original's to the folder is trained as by the original.
    usual = "full" if form and form.as_original else Config().run.preset
    preset = flags.get("preset", usual)
    kind = kind_of(form) if form else ORIGINAL
    # Clipped weights need the rates of the game that is known by them.
    if "loss" in GAMES[model].takes and flags.get("loss") == "wasserstein":
        model = "wgan"
    if not GAMES[model].generator:
        values = classifier_defaults(flags.get("network", CLASSIFIERS[0]), kind, preset)
    elif _is_standard(flags):
        values = {**defaults(model, kind), **STANDARD}
    elif _of_two_sets(flags):
        values = {**defaults(model, kind), **AS_THEY_ARE}
    else:
        values = defaults(model, kind, preset)
    if flags.get("mode") != "import_tf1":
        values = {**_data_defaults(flags, dataset, model, form), **values}
    values["preset"] = usual
    _fit_layers(values, flags, model)
    optimizer = values.get("optimizer", Config().training.optimizer)
    values.setdefault("optimizer_param", OPTIMIZER_PARAM.get(optimizer, 0.9))
    if flags.get("alternate"):
        values["critic_boost"] = False
    values["cache_dir"] = _default_cache_dir()
    values["logs_dir"] = default_logs_dir(flags)
    return values


def _form(flags: dict, dataset: str) -> Form | None:
    """Of the images that the flags mean; None: they decide nothing."""
    # What was trained elsewhere is as it is, whatever lies at `--data_dir`.
    imported = flags.get("mode") == "import_tf1" and is_in_data_dir(dataset)
    if dataset in WORLDS or imported or _is_standard(flags) or _of_two_sets(flags):
        return None
    return form_of(dataset, flags.get("data_dir"))


def _fit_layers(values: dict, flags: dict, model: str) -> None:
    """Takes fewer layers than the preset has where the size that was asked for cannot be halved so
    often and yet becomes small enough: two for 28 pixels.
    """
    one_width = not GAMES[model].network or ARCHITECTURES[GAMES[model].network].one_width
    named = {"layers", "generator_widths", "critic_widths"} & flags.keys()
    layers = values.get("layers", Config().network.layers)
    if named or "image_size" not in flags or one_width:
        return
    size = int(flags["image_size"].split(",")[-1])
    while layers > 1 and size % 2**layers:
        layers -= 1
    if size // 2**layers <= _MOST_FIRST:
        values["layers"] = layers


def _data_defaults(flags: dict, dataset: str, model: str, form: Form | None) -> dict:
    """What depends on what there is at `--data_dir`, or in the two sets that are measured."""
    if _of_two_sets(flags):
        frame = default_frame(FOLDER, form_of(FOLDER, flags["real"]))
        return {"fit": frame["fit"]} if frame else {}
    values = default_frame(dataset, form)
    learns_labels = GAMES[model].labelled or not GAMES[model].generator
    if learns_labels and _is_one_heap(flags, dataset):
        values["split"] = SEEN
    return values


def _is_one_heap(flags: dict, dataset: str) -> bool:
    data_dir = flags.get("data_dir")
    try:
        # Nothing remote is asked before the command is known to be right.
        remote = data_dir is not None and "://" in data_dir
        return remote or is_one_heap(dataset, data_dir, flags.get("cache_dir", ""))
    except UserError:
        return False  # the check of the data says so


def _is_standard(flags: dict) -> bool:
    return flags.get("mode") == "benchmark" and "dataset" not in flags


def _of_two_sets(flags: dict) -> bool:
    return flags.get("mode") == "evaluate" and bool(flags.get("generated") and flags.get("real"))


def _default_cache_dir() -> str:
    return os.path.expanduser(Config().data.cache_dir)


def default_logs_dir(explicit: dict) -> str:
    """`logs/DATASET`, with the names of model, loss and preset behind it where they are not the
    default ones; some modes have folders of their own, see `commands`.
    """
    flags = _canonical(explicit)
    if _of_two_sets(flags):
        return os.path.join("logs", "evaluate")
    mode = flags.get("mode")
    command = COMMANDS.get(mode, Command("", ""))
    dataset = command.defaults.get("dataset", Config().data.dataset)
    data = name_of(flags.get("dataset", dataset), flags.get("data_dir"))
    model = flags.get("model", Config().network.model)
    game = "" if model == Config().network.model else f"_{model}"
    if "loss" in flags and model in GAMES and "loss" in GAMES[model].takes:
        game += f"_{flags['loss']}"
    film = "_film" if flags.get("preset") == "film" else ""
    return os.path.join("logs", command.folder.format(data=data, game=game, film=film))


def _refuse_contradictions(flags: dict, stored: Config, command: Command) -> None:
    binding = ("fixed", "training") if command.learns else ("fixed",)
    if command.learns and not command.goes_on:
        binding += ("later",)
    flat = stored.flat()
    for _, field in all_fields():
        name = field.name
        if name == "data_dir" and not is_in_data_dir(flat["dataset"]):
            continue  # Where a named data set is kept decides nothing.
        if name == "data_dir" and flat[name] is None:
            continue  # An imported run may have none yet.
        if name in flags and field.metadata["scope"] in binding and flags[name] != flat[name]:
            flag = f"--{flag_of(field)}={flags[name]}"
            if name == "dataset" and flags[name] == FOLDER and "data_dir" in flags:
                flag = f"--data_dir={flags['data_dir']}"  # which says so by itself
            raise UsageError(
                f"{flag}: the run in {stored.run.logs_dir} was started with {flat[name]}; leave "
                "the flag out or choose another --logs_dir"
            )
