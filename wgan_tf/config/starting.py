"""From which z's one starts, and of which class."""

import dataclasses

from wgan_tf.config.field import between, different_ranges, field, positive


@dataclasses.dataclass(frozen=True)
class StartingConfig:
    """From which z's one starts, and of which class."""

    z: str | None = field(
        None,
        "FILE or FILE:INDEX: the z's to start from, of an .npz that a mode has written or an .npy; "
        "INDEX: which rows, as 3 or 3,5 or 0-15 (default: drawn by --seed)",
        "free", "latents",
    )
    seeds: str | None = field(
        None,
        "one sample of each of these seeds, the first that --mode=visualize draws of it, as "
        "3,17,100-120",
        "free", "latents", different_ranges,
    )
    only_class: int | None = field(
        None,
        "acgan, infogan: samples of this class or category alone, counted from 0",
        "free", "latents", between(0, 9_999), flag="class",
    )
    truncation: float | None = field(
        None,
        "values of z that are further from 0 than this are drawn again, nearer: more typical and "
        "less varied samples; the same as --method=truncation:bound=...",
        "free", "visualize generate", positive,
    )
