"""How one looks into a discriminator: perturbed real images, and images that maximise outputs."""

import dataclasses

from wgan_tf.config.field import (
    ITERATORS,
    LOOKS,
    MAXIMISING,
    PERTURBING,
    field,
    not_negative,
    one_to,
)
from wgan_tf.errors import UsageError

# The homework's recipe, whatever a run has stored for its iterators.
_MAXIMISING_DEFAULTS = {"nr_iter_vis": 200, "iterator_learning_rate": 0.1, "start": "mean"}


def _levels(value) -> str | None:
    return None if 0 < value <= 255 else "must be above 0 and at most 255 levels"


@dataclasses.dataclass(frozen=True)
class InspectionConfig:
    """How one looks into a discriminator."""

    other_logs_dir: str | None = field(
        None,
        "folder of a second run, to look into both discriminators side by side",
        "free",
        LOOKS,
    )
    perturb_batch: int = field(
        128, "real test images that are perturbed", "free", LOOKS, one_to(65_536)
    )
    perturb_max: float = field(
        16.0,
        "largest change of a pixel, in levels of the scale from 0 to 255",
        "free",
        PERTURBING,
        _levels,
    )
    perturb_steps: int = field(
        32,
        "equal steps in which the largest change is reached",
        "free",
        PERTURBING,
        one_to(1000),
    )
    target_class: str | None = field(
        None,
        "name or number of the class that images are moved to (default: the one after their own)",
        "free",
        PERTURBING,
    )
    layer: str | None = field(
        None,
        "layer whose features are maximised: the number of an activation layer, from 1, or the "
        "name of any layer (default: 4, or the last where there are fewer)",
        "free",
        ("max_features",),
    )
    weight_decay_pixels: float = field(
        0.001,
        "share of every pixel that a step takes off, times the rate",
        "free",
        MAXIMISING,
        not_negative,
    )


def mode_defaults(mode: str) -> dict:
    """Field name to the value that a mode has where the user gave none, stored run or not."""
    return dict(_MAXIMISING_DEFAULTS) if mode in MAXIMISING else {}


def check_start(mode: str, start: str) -> None:
    """Refuses a `--start` that a mode cannot begin with.

    Raises:
        UsageError: naming those that it can.
    """
    if mode in MAXIMISING and start not in ("mean", "noise"):
        raise UsageError(f"--start={start}: --mode={mode} starts from mean or noise")
    if mode in ITERATORS and start == "mean":
        raise UsageError(f"--start=mean: --mode={mode} starts from images, see --help")
