"""How one looks into a discriminator: perturbed real images, and images that maximise outputs."""

import dataclasses

from wgan_tf.config.field import field, not_negative, one_to


def _levels(value) -> str | None:
    return None if 0 < value <= 255 else "must be above 0 and at most 255 levels"


@dataclasses.dataclass(frozen=True)
class InspectionConfig:
    """How one looks into a discriminator."""

    other_logs_dir: str | None = field(
        None, "folder of a second run, to look into both discriminators side by side",
        "free", "look",
    )
    perturb_batch: int = field(
        128, "real test images that are perturbed", "free", "look", one_to(65_536)
    )
    perturb_max: float = field(
        16.0, "largest change of a pixel, in levels of the scale from 0 to 255",
        "free", "perturb", _levels,
    )
    perturb_steps: int = field(
        32, "equal steps in which the largest change is reached", "free", "perturb", one_to(1000)
    )
    target_class: str | None = field(
        None,
        "name or number of the class that images are moved to (default: the one after their own)",
        "free", "perturb",
    )
    layer: str | None = field(
        None,
        "layer whose features are maximised: the number of an activation layer, from 1, or the "
        "name of any layer (default: 4, or the last where there are fewer)",
        "free", "max_features",
    )
    weight_decay_pixels: float = field(
        0.001, "share of every pixel that a step takes off, times the rate",
        "free", "maximise", not_negative,
    )
