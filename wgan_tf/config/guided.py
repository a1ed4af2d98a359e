"""Whose advice samples follow, and by which methods."""

import dataclasses

from wgan_tf.config.field import MOST_IMAGES, field, one_of, one_to
from wgan_tf.refine.guides import GUIDES
from wgan_tf.refine.methods import METHODS, parse
from wgan_tf.refine.ratio import RATIO_FEATURES


def _methods(value) -> str | None:
    """Names of methods with their settings."""
    try:
        parse(value)
    except ValueError as error:
        return str(error)
    return None


@dataclasses.dataclass(frozen=True)
class GuidedConfig:
    """Whose advice samples follow, and by which methods."""

    guide: str = field(
        "critic",
        "whose advice samples follow: the critic's score, as in the original, or a log density "
        "ratio, real against generated, that is fitted after training (default of --mode=refine)",
        "free", "guided", one_of(*GUIDES),
    )
    ratio_features: str = field(
        "auto",
        f"in which features of images a ratio is fitted: {', '.join(RATIO_FEATURES)}; auto: labels "
        "where the data has them, else self, which learns from the images alone",
        "free", "guided fit_ratio demo", one_of("auto", *RATIO_FEATURES),
    )
    stop_at_real: bool = field(
        False,
        "each sample stays where its ratio says that it is as real as the median real image",
        "free", "image_iterator z_iterator z_iterator_tsne",
    )
    method: str | None = field(
        None,
        f"how samples are refined: {', '.join(METHODS)}, or several with commas between; settings "
        "as langevin:temperature=0.5 (default: gradient in --mode=refine, else not at all)",
        "free", "refine generate visualize", _methods,
    )
    budget: int = field(
        20,
        "evaluations that a method may spend for each sample, each a pass through generator and "
        "guide; a step of gradient costs two",
        "free", "refine generate visualize", one_to(MOST_IMAGES),
    )
