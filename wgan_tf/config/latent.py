"""How one looks into z."""

import dataclasses

from wgan_tf.config.field import MOST_IMAGES, between, different, field, one_of, one_to
from wgan_tf.registry import Registry

# What --mode=project makes small, of pixels or, as "features", of the critic's features.
DISTANCES = Registry(
    {
        "l1": "wgan_tf.refine.distances:l1",
        "l2": "wgan_tf.refine.distances:l2",
        "features": "wgan_tf.refine.distances:relative",
    }
)


@dataclasses.dataclass(frozen=True)
class LatentConfig:
    """How one looks into z."""

    dims: str | None = field(
        None,
        "values of z that are moved, counted from 0, as 3,17 (default: all; the 16 that change the "
        "image most are drawn)",
        "free", "traverse", different,
    )
    traverse_steps: int = field(11, "images from -1 to 1", "free", "traverse", between(2, 1000))
    manifold_grid: int = field(
        20, "rows and columns of the square or plane", "free", "manifold", one_to(64)
    )
    manifold_corners: str = field(
        "0,1,2",
        "the three of --seed's samples through which the plane goes where z has more than two "
        "values, and whose pairs are joined",
        "free", "manifold", different,
    )
    map_samples: int = field(
        2000, "latents on the map", "free", "latent_map", between(2, MOST_IMAGES)
    )
    target: str | None = field(
        None,
        "an image file, or a folder of them, to find z's for (default: real images of the run's)",
        "free", "project",
    )
    targets: int = field(8, "images to find z's for", "free", "project", one_to(256))
    starts: int = field(
        8, "z's that each search begins with; the nearest end is kept",
        "free", "project", one_to(1000),
    )
    distance: str = field(
        "l1",
        "what is made small: mean absolute (l1) or mean squared (l2) difference of pixels, or the "
        "squared difference of the critic's features, as a share of the target's own square",
        "free", "project", one_of(*DISTANCES),
    )
