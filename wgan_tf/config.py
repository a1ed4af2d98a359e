"""The configuration: frozen dataclasses, one per concern, joined in `Config`.

Every field carries its help text, its check, the modes that read it and its `scope`, which says
what a stored run allows:

- `fixed`: belongs to the networks; a run's stored value holds in every mode;
- `training`: decides what training computes; a resumed training must have the stored value;
- `free`: may change from command to command.

Flags and `--help` are generated from the fields. Names, defaults and meanings are those of the
original's flags where it had them. This module imports nothing of ours but the errors.
"""

import dataclasses
import os
import types
import typing

from wgan_tf.errors import UsageError

FITTING = ("train", "demo")  # what trains until --iterations
TRAIN = (*FITTING, "study")
ITERATORS = ("image_iterator", "z_iterator")
PICTURES = ("visualize", *ITERATORS, "z_iterator_tsne")
ALL = (*TRAIN, *PICTURES, "train_judge", "evaluate", "benchmark", "import_tf1")
DATA_READERS = (*TRAIN, *ITERATORS, "z_iterator_tsne", "train_judge", "evaluate", "benchmark")

OPTIMIZERS = ("RMSProp", "Adam", "keras_rmsprop", "keras_adam")
# What judges images, and the metrics that are cheap enough for training.
FEATURES = ("classifier", "inception", "pixels", "random")
CHEAP_METRICS = (
    "frechet",
    "kernel",
    "precision",
    "recall",
    "density",
    "coverage",
    "classifier_score",
    "sliced_wasserstein",
)
MODEL_ALIASES = {"0": "gan", "1": "wgan"}
# The original's own names of these modes.
MODE_ALIASES = {
    "image_iterator_visualize": "image_iterator",
    "z_iterator_visualize": "z_iterator",
}


def _positive(value) -> str | None:
    return None if value > 0 else "must be positive"


def _not_negative(value) -> str | None:
    return None if value >= 0 else "must not be negative"


def _fraction(value) -> str | None:
    return None if 0 <= value < 1 else "must be at least 0 and below 1"


def _one_of(*allowed):
    def check(value):
        return None if value in allowed else f"must be one of {', '.join(map(str, allowed))}"

    return check


def _layers(value) -> str | None:
    return None if 1 <= value <= 7 else "must be 1 to 7"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _widths(value) -> str | None:
    parts = value.split(",")
    good = all(part.isdecimal() and int(part) for part in parts)
    return None if good else "must be positive numbers with commas between"


def _rising(value) -> str | None:
    parts = value.split(",")
    if not all(part.isdecimal() and int(part) for part in parts):
        return "must be positive numbers with commas between"
    numbers = _numbers(value)
    return None if list(numbers) == sorted(set(numbers)) else "must rise"


def _measurable(value) -> str | None:
    return None if value >= 100 else "must be at least 100"


def _resampled(value) -> str | None:
    return None if value >= 10 else "must be at least 10"


def _field(default, text: str, scope: str, modes: tuple, check=None):
    return dataclasses.field(
        default=default,
        metadata={"help": text, "scope": scope, "modes": modes, "check": check},
    )


@dataclasses.dataclass(frozen=True)
class RunConfig:
    """What to do, and where it is kept."""

    mode: str = _field("train", "what to do; see the list above", "free", ALL)
    logs_dir: str = _field(
        None, "folder of the run, everything it writes (default: logs/DATASET)", "free", ALL
    )
    seed: int = _field(
        0, "seed of the weights, the order of images and every z", "training", ALL, _not_negative
    )


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """Where the images come from and how they are fitted."""

    dataset: str = _field(
        "mnist5k",
        "mnist5k (embedded), folder, or any image data set of tensorflow-datasets by its name",
        "training",
        DATA_READERS,
    )
    data_dir: str | None = _field(
        None,
        "a folder of images (without --dataset), or the folder of tensorflow-datasets",
        "training",
        DATA_READERS,
    )
    split: str = _field(
        "train",
        "part of the data set that is trained on: a split of tensorflow-datasets, or train[:50%] "
        "and the like, also of a folder",
        "training",
        DATA_READERS,
    )
    cache_dir: str = _field(
        os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "wgan_tf"),
        "folder where decoded data sets are kept between runs",
        "free",
        DATA_READERS,
    )
    image_size: str = _field(
        "108,64", "crop,size in pixels as in the original; one number: no crop", "fixed", ALL
    )
    channels: int = _field(3, "1 for grey images, 3 for colour", "fixed", ALL, _one_of(1, 3))
    batch_size: int = _field(64, "images per batch", "training", ALL, _positive)

    @property
    def size(self) -> int:
        """Height and width of the images, in pixels; 0: two sets, measured as they are."""
        return int(self.image_size.split(",")[-1])

    @property
    def crop(self) -> int | None:
        """Side of the square that is cut out before resizing, in pixels; None: no crop."""
        return int(self.image_size.split(",")[0]) if "," in self.image_size else None


@dataclasses.dataclass(frozen=True)
class NetworkConfig:
    """The game and the sizes of its two networks."""

    model: str = _field("wgan", "the game: wgan (or 1), gan (or 0)", "fixed", ALL)
    z_dim: int = _field(100, "length of the latent z", "fixed", ALL, _positive)
    z_prior: str = _field(
        "uniform",
        "law of z: uniform in [-1, 1], or normal",
        "fixed",
        ALL,
        _one_of("uniform", "normal"),
    )
    gen_dimension: int = _field(
        16, "the generator's widths are 8, 16, 32, ... times this", "fixed", ALL, _positive
    )
    disc_dimension: int = _field(
        64, "width of the critic's first layer, doubled by each next", "fixed", ALL, _positive
    )
    layers: int = _field(4, "stride-2 layers of each network", "fixed", ALL, _layers)
    generator_widths: str | None = _field(
        None,
        "widths one by one, widest first, as 64,32 (default: from --gen_dimension)",
        "fixed",
        ALL,
        _widths,
    )
    critic_widths: str | None = _field(
        None,
        "widths one by one, as 16,32 (default: from --disc_dimension)",
        "fixed",
        ALL,
        _widths,
    )

    @property
    def generator_channels(self) -> tuple[int, ...]:
        """Channels of the generator's maps from the first to the last before the image."""
        if self.generator_widths:
            return _numbers(self.generator_widths)
        return tuple(8 * self.gen_dimension * 2**i for i in reversed(range(self.layers)))

    @property
    def critic_channels(self) -> tuple[int, ...]:
        """Channels after each stride-2 convolution of the critic."""
        if self.critic_widths:
            return _numbers(self.critic_widths)
        return tuple(self.disc_dimension * 2**i for i in range(self.layers))


@dataclasses.dataclass(frozen=True)
class TrainingConfig:
    """How the two networks are trained."""

    iterations: int = _field(
        100_000,
        "generator updates in all, those of earlier commands included",
        "free",
        FITTING,
        _not_negative,
    )
    n_critic: int = _field(
        5,
        "critic updates per iteration, each on a fresh batch",
        "training",
        (*TRAIN, "benchmark"),
        _positive,
    )
    critic_boost: bool = _field(
        True,
        "25 critic updates in the first 24 iterations and every 500th, as in the original",
        "training",
        TRAIN,
    )
    clip_value: float = _field(
        0.01, "wgan: the critic's variables are clipped to +- this", "training", TRAIN, _positive
    )
    optimizer: str = _field(
        "RMSProp",
        "RMSProp and Adam compute as TensorFlow 1 does; keras_rmsprop and keras_adam are Keras'",
        "training",
        ("train", "demo", *ITERATORS, "z_iterator_tsne"),
        _one_of(*OPTIMIZERS),
    )
    learning_rate: float = _field(
        5e-5,
        "learning rate of training, or, given to an iterator, the iterator's",
        "training",
        ("train", "demo", *ITERATORS, "z_iterator_tsne"),
        _positive,
    )
    optimizer_param: float = _field(
        0.9,
        "decay of RMSProp, beta 1 of Adam",
        "training",
        ("train", "demo", *ITERATORS, "z_iterator_tsne"),
        _fraction,
    )
    precision: str = _field(
        "auto",
        "of training's arithmetic; weights are float32 always. auto: mixed_bfloat16 on GPUs that "
        "have it in hardware, else float32",
        "training",
        (*TRAIN, "benchmark"),
        _one_of("auto", "float32", "mixed_bfloat16", "mixed_float16"),
    )
    checkpoint_every: int = _field(100, "iterations between checkpoints", "free", TRAIN, _positive)


@dataclasses.dataclass(frozen=True)
class SummaryConfig:
    """What training writes to TensorBoard, and how often."""

    summary_every: int = _field(
        10, "iterations between scalars (means since the last)", "free", TRAIN, _positive
    )
    image_every: int = _field(
        100, "iterations between pictures of fixed z's", "free", TRAIN, _positive
    )
    histogram_every: int = _field(
        0, "iterations between histograms; 0: none", "free", TRAIN, _not_negative
    )


@dataclasses.dataclass(frozen=True)
class RefinementConfig:
    """How samples are fine-tuned by the frozen critic."""

    nr_iter_vis: int = _field(
        1000, "steps of the iterators", "free", (*ITERATORS, "z_iterator_tsne", "demo"), _positive
    )
    iterator_learning_rate: float | None = _field(
        None,
        "the iterators' rate, which z moves by ten times "
        "(default: --learning_rate if given, else the preset's)",
        "free",
        (*ITERATORS, "z_iterator_tsne", "demo"),
        _positive,
    )
    start: str = _field(
        "generated",
        "what is fine-tuned: generated images, real ones (image_iterator: as they are, z_iterator:"
        " not possible), or uniform noise (image_iterator)",
        "free",
        ("image_iterator", "z_iterator"),
        _one_of("generated", "real", "noise"),
    )
    critic_statistics: str = _field(
        "measured",
        "what the frozen critic's batch norm uses: statistics measured on images generated now,"
        " or the moving averages of training, as in the original",
        "free",
        PICTURES,
        _one_of("measured", "moving"),
    )
    plot_iter_error: bool = _field(
        True, "draw the loss over the steps", "free", (*ITERATORS, "demo")
    )
    nr_batches_tsne: int = _field(
        1, "batches of z whose way is mapped", "free", ("z_iterator_tsne",), _positive
    )


@dataclasses.dataclass(frozen=True)
class EvaluationConfig:
    """How images are measured."""

    judge_dir: str | None = _field(
        None,
        "folder of the judge that --mode=train_judge wrote (default: judge_DATASET beside the "
        "run's folder; trained there if it is missing)",
        "free",
        ("study", "evaluate", *FITTING),
    )
    features: str | None = _field(
        None,
        "what turns images into numbers: classifier (the judge), inception, pixels, or random (a "
        "network with random weights) (default: the judge where the data has labels, else random)",
        "free",
        ("evaluate", *FITTING),
        _one_of(*FEATURES),
    )
    generated: str | None = _field(
        None,
        "a folder of images or an .npz to measure (default: samples of the run)",
        "free",
        ("evaluate",),
    )
    real: str | None = _field(
        None,
        "a folder or an .npz to measure against (default: held-out images of the run's data set)",
        "free",
        ("evaluate",),
    )
    samples: int | None = _field(
        None,
        "images to generate (default: as many as there are held-out ones, at most 10,000)",
        "free",
        ("evaluate",),
        _resampled,
    )
    checkpoint: str = _field(
        "newest",
        "which weights: the newest, or the best that --evaluate_every found",
        "free",
        (*PICTURES, "evaluate"),
        _one_of("newest", "best"),
    )
    evaluate_every: int = _field(
        0, "iterations between measurements of the samples; 0: none", "free", FITTING, _not_negative
    )
    evaluate_samples: int = _field(
        1000, "samples, and at most as many real images, of each", "free", FITTING, _resampled
    )
    keep_best: str = _field(
        "frechet",
        "the metric by which --evaluate_every keeps the best checkpoint",
        "free",
        FITTING,
        _one_of(*CHEAP_METRICS),
    )


@dataclasses.dataclass(frozen=True)
class StudyConfig:
    """How the study is laid out."""

    study_seeds: int = _field(
        3, "trainings, with the seeds from --seed on", "training", ("study",), _positive
    )
    study_stages: str = _field(
        "300,3000",
        "iterations after which samples are refined: early and converged",
        "training",
        ("study",),
        _rising,
    )
    study_samples: int = _field(
        1000, "samples of every set that is measured", "training", ("study",), _measurable
    )

    @property
    def stages(self) -> tuple[int, ...]:
        """Iterations of each stage, rising."""
        return _numbers(self.study_stages)


@dataclasses.dataclass(frozen=True)
class BenchmarkConfig:
    """What is measured."""

    scaling: bool = _field(
        False,
        "also time iterations of other image sizes, batches and widths (minutes)",
        "free",
        ("benchmark",),
    )


@dataclasses.dataclass(frozen=True)
class ImportConfig:
    """What is brought in from elsewhere."""

    tf1_checkpoint: str | None = _field(
        None,
        "a TensorFlow 1 checkpoint of the original: its folder, or its prefix (model.ckpt-1000)",
        "free",
        ("import_tf1",),
    )


@dataclasses.dataclass(frozen=True)
class Config:
    """Everything a mode needs to know. Built by `resolve`."""

    run: RunConfig = RunConfig()
    data: DataConfig = DataConfig()
    network: NetworkConfig = NetworkConfig()
    training: TrainingConfig = TrainingConfig()
    summaries: SummaryConfig = SummaryConfig()
    refinement: RefinementConfig = RefinementConfig()
    evaluation: EvaluationConfig = EvaluationConfig()
    study: StudyConfig = StudyConfig()
    benchmark: BenchmarkConfig = BenchmarkConfig()
    tf1: ImportConfig = ImportConfig()

    def flat(self) -> dict:
        """All fields by name; names are unique over the concerns."""
        return {
            field.name: getattr(getattr(self, group.name), field.name)
            for group, field in all_fields()
        }

    @classmethod
    def from_flat(cls, values: dict) -> "Config":
        """The inverse of `flat`; fields that are not named keep their defaults.

        Raises:
            UsageError: naming the field that is unknown, of the wrong type or out of range.
        """
        known = {field.name: field for _, field in all_fields()}
        for name, value in values.items():
            if name not in known:
                raise UsageError(f"config: there is no field {name!r}")
            _check_value(known[name], value)
        groups = {}
        for group in dataclasses.fields(cls):
            names = {field.name for field in dataclasses.fields(group.type)}
            groups[group.name] = group.type(**{k: v for k, v in values.items() if k in names})
        return cls(**groups)


def all_fields():
    """Yields (concern, field) for every field of every concern."""
    for group in dataclasses.fields(Config):
        for field in dataclasses.fields(group.type):
            yield group, field


def field_type(field) -> type:
    """bool, int, float or str, whether or not the field may also be None."""
    if isinstance(field.type, types.UnionType):
        return next(t for t in typing.get_args(field.type) if t is not types.NoneType)
    return field.type


def _check_value(field, value) -> None:
    if value is None and field.default is None:
        return
    kind = field_type(field)
    fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if not fits and not (kind is float and type(value) is int):
        raise UsageError(f"--{field.name}={value!r}: must be of type {kind.__name__}")
    problem = field.metadata["check"] and field.metadata["check"](value)
    if problem:
        raise UsageError(f"--{field.name}={value}: {problem}")
