"""The configuration: frozen dataclasses, one per concern, joined in `Config`.

Every field carries its help text, its check, which modes read it and its `scope`, which says what
a stored run allows:

- `fixed`: belongs to the networks; a run's stored value holds in every mode;
- `training`: decides what training computes; a resumed training must have the stored value;
- `later`: as `training`, but a training of one game or classifier may go on with another value,
  which is written down with the iteration; in studies the stored value holds;
- `free`: may change from command to command.

Flags and `--help` are generated from the fields. Names, defaults and meanings are those of the
original's flags where it had them. A mode obeys the flags that it reads, and only those. Of other
rooms nothing is imported that loads TensorFlow: registries, errors.
"""

import dataclasses
import types
import typing
import unicodedata

from wgan_tf.config.basis import DataConfig, ImportConfig, NetworkConfig, RunConfig
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.field import flag_of
from wgan_tf.config.guided import GuidedConfig
from wgan_tf.config.inspection import InspectionConfig
from wgan_tf.config.latent import LatentConfig
from wgan_tf.config.machines import GenerateConfig, MachinesConfig
from wgan_tf.config.starting import StartingConfig
from wgan_tf.config.study_axes import StudyConfig
from wgan_tf.config.training import ClassifierConfig, SummaryConfig, TrainingConfig
from wgan_tf.config.use import (
    BenchmarkConfig,
    EvaluationConfig,
    ExportConfig,
    RefinementConfig,
)
from wgan_tf.config.watching import WatchConfig
from wgan_tf.errors import UsageError

# What fits int32 and float32, and what a path can have.
_MOST_INT, _MOST_FLOAT, _MOST_TEXT = 2**31 - 1, 1e30, 4096
# Unicode's control characters and line separators.
_BREAKING = ("Cc", "Zl", "Zp")


@dataclasses.dataclass(frozen=True)
class Config:
    """Everything a mode needs to know. Built by `resolve`."""

    run: RunConfig = RunConfig()
    data: DataConfig = DataConfig()
    network: NetworkConfig = NetworkConfig()
    training: TrainingConfig = TrainingConfig()
    classifier: ClassifierConfig = ClassifierConfig()
    machines: MachinesConfig = MachinesConfig()
    summaries: SummaryConfig = SummaryConfig()
    watching: WatchConfig = WatchConfig()
    refinement: RefinementConfig = RefinementConfig()
    guided: GuidedConfig = GuidedConfig()
    starting: StartingConfig = StartingConfig()
    generation: GenerateConfig = GenerateConfig()
    export: ExportConfig = ExportConfig()
    latent: LatentConfig = LatentConfig()
    inspection: InspectionConfig = InspectionConfig()
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

    def but(self, **changes) -> "Config":
        """The configuration with other values of some fields, by their names.

        Raises:
            UsageError: as `from_flat`.
        """
        return Config.from_flat({**self.flat(), **changes})

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


def flag_named(name: str) -> str:
    """What the flag of a field is called, by the field's name."""
    return next(flag_of(field) for _, field in all_fields() if field.name == name)


def readers(name: str) -> list[str]:
    """The modes that read a field."""
    words = next(field for _, field in all_fields() if field.name == name).metadata["reads"]
    return [mode for mode, command in COMMANDS.items() if words & {"all", mode, *command.kinds}]


def reads(mode: str, name: str) -> bool:
    """Whether a mode reads a field."""
    return mode in readers(name)


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
        raise UsageError(f"--{flag_of(field)}={value!r}: must be of type {kind.__name__}")
    check = field.metadata["check"]
    problem = _representable(value) or (check and check(value))
    if problem:
        raise UsageError(f"--{flag_of(field)}={value}: {problem}")


def _representable(value) -> str | None:
    """What keeps a value from being computed with, or from being a name or a path, if anything."""
    if isinstance(value, str):
        plain = value and not any(unicodedata.category(c) in _BREAKING for c in value)
        return None if plain and len(value) <= _MOST_TEXT else (
            f"must be 1 to {_MOST_TEXT} characters, none of which controls or breaks lines"
        )
    if isinstance(value, float):
        # So that NaN is refused too.
        return None if abs(value) <= _MOST_FLOAT else f"must be a number of at most {_MOST_FLOAT:g}"
    return None if abs(value) <= _MOST_INT else f"must be at most {_MOST_INT}"
