"""Walks through z: the square, a plane through samples, the ways between two of them."""

import dataclasses
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from wgan_tf.errors import UserError
from wgan_tf.metrics.image_changes import grid_unevenness, length, unevenness
from wgan_tf.refine import latents
from wgan_tf.visualize.pictured import Pictured
from wgan_tf.visualize.walks import Row, draw_rows, draw_square

# Ways are measured at as many points; every tenth is drawn.
POINTS, EVERY = 101, 10
WAYS = {"linear": latents.linear, "spherical": latents.spherical}


class Way(NamedTuple):
    """From one sample to another.

    Attributes:
        first, last: numbers of the samples.
        name: a key of `WAYS`.
        z: `POINTS` latents on it, float32 (k, z_dim).
        images: theirs, float32 (k, h, w, c) in [-1, 1].
        share_clipped: of the latents' values, to the prior's cube.
    """

    first: int
    last: int
    name: str
    z: np.ndarray
    images: np.ndarray
    share_clipped: float

    def figures(self) -> dict:
        """How long it is in pixel space and how even, for JSON."""
        return {
            "from": self.first,
            "to": self.last,
            "way": self.name,
            "length": length(self.images),
            "ends_apart": length(self.images[[0, -1]]),
            "largest_step_over_mean": unevenness(self.images),
            "share_clipped": self.share_clipped,
        }


@dataclasses.dataclass(frozen=True)
class Manifold(Pictured):
    """The square of all of z or a plane through three samples, and the ways between these.

    Attributes:
        kind: "square" or "plane".
        z: its latents row by row, float32 (side * side, z_dim).
        images: theirs, float32 (side * side, h, w, c) in [-1, 1].
        share_clipped: of the latents' values, to the prior's cube.
        picture: the images as one square, uint8 (h, w, 3).
        ways: between each pair of the samples, straight and on the sphere.
    """

    kind: str
    z: np.ndarray
    images: np.ndarray
    share_clipped: float
    picture: np.ndarray
    ways: list[Way]

    @property
    def interpolation(self) -> np.ndarray:
        """A picture of the ways, a row each, uint8 (h, w, 3)."""
        return ways_sheet(self.ways)

    def figures(self) -> dict:
        """How even square or plane and ways are in pixel space, for JSON."""
        side = round(len(self.images) ** 0.5)
        mean, over = grid_unevenness(self.images, side)
        return {
            "kind": self.kind,
            "rows": side,
            "share_clipped": self.share_clipped,
            "mean_step": mean,
            "largest_step_over_mean": over,
            "ways": [way.figures() for way in self.ways],
        }


def manifold(
    model, z=None, grid: int = 20, *, names: Sequence[int] = (0, 1, 2), seed: int = 0
) -> Manifold:
    """The square of all of z where it has two values, else the plane through three samples, and
    the ways between the pairs of these.

    Args:
        model: a trained game.
        z: latents (3, z_dim), the corners; the class or category of the square or plane is the
            first one's throughout. None: three samples.
        grid: rows and columns.
        names: numbers of the three, in pictures and figures.
        seed: of the samples.

    Raises:
        UserError: z has a single value besides its class or category.
        ValueError: z of another shape.
    """
    if model.z_dim - model.one_hot < 2:
        besides = " besides its class or category" if model.one_hot else ""
        raise UserError(f"z has a single value{besides}, which is a line: traverse draws it")
    z = np.asarray(model.sample_z(3, seed) if z is None else z, np.float32)
    if z.shape != (3, model.z_dim):
        raise ValueError(f"z must be (3, {model.z_dim}), not {z.shape}")
    kind, points, clipped, corners, title, note = _square_or_plane(model, z, names, grid)
    images = np.asarray(model.generate(points))
    picture = draw_square(images, corners, title, note)
    return Manifold(kind, points, images, clipped, picture, ways_between(model, z, names))


def _square_or_plane(model, z: np.ndarray, names, side: int) -> tuple:
    """Kind, latents (side * side, z_dim), share of values clipped, names of the corners, title and
    note; see `manifold`.
    """
    far = latents.ends_of(model)
    if model.z_dim - model.one_hot == 2:
        across, up = (latents.quantiles(end, side) for end in far[-2:])
        places = [(x, y) for y in (up[-1], up[0]) for x in (across[0], across[-1])]
        corners = tuple(f"({_value(x)}, {_value(y)})" for x, y in places)
        law = "even in probability" if np.isinf(far[-2:]).any() else "even"
        note = f"z {model.z_dim - 2} from left to right, z {model.z_dim - 1} upwards, {law} steps"
        return "square", latents.square(z[0], across, up), 0.0, corners, "All of z", note
    points, clipped = latents.inside(latents.plane(z, side, model.one_hot), far)
    a, b, c = names
    corners = (f"sample {a}", f"sample {b}", f"sample {c}", f"{b} + {c} \N{MINUS SIGN} {a}")
    note = f"{clipped:.1%} of the values of z clipped to the prior's cube" if clipped else ""
    return "plane", points, clipped, corners, "The plane through three samples", note


def ways_between(model, z: np.ndarray, names: Sequence[int]) -> list[Way]:
    """The ways between the pairs of latents (n, z_dim), straight and on the sphere.

    Args:
        model: a trained game.
        z: the ends.
        names: their numbers, (n,).
    """
    ways, far = [], latents.ends_of(model)
    for first, last in combinations(range(len(z)), 2):
        for name, way in WAYS.items():
            extra = {"one_hot": model.one_hot} if name == "spherical" else {}
            points, clipped = latents.inside(way(z[first], z[last], POINTS, **extra), far)
            images = np.asarray(model.generate(points))
            ways.append(Way(names[first], names[last], name, points, images, clipped))
    return ways


def ways_sheet(ways: list[Way]) -> np.ndarray:
    """Images on the ways, a row each, uint8 (h, w, 3)."""
    rows = [Row(_label(way.figures()), way.images[::EVERY]) for way in ways]
    note = "beside each row: length of the way in pixel space, largest step over the mean"
    return draw_rows(rows, "From sample to sample", note)


def mean_of_ways(ways: list[dict]) -> dict[str, dict[str, float]]:
    """Kind of way to the means of "length" and "largest_step_over_mean", of `Way.figures`."""
    return {
        name: {
            key: np.mean([way[key] for way in ways if way["way"] == name])
            for key in ("length", "largest_step_over_mean")
        }
        for name in WAYS
    }


def _label(way: dict) -> str:
    jump = f"{way['largest_step_over_mean']:.1f}\N{MULTIPLICATION SIGN}"
    ends = f"{way['from']} \N{RIGHTWARDS ARROW} {way['to']}"
    return f"{ends} {way['way']}: {way['length']:.2f}, {jump}"


def _value(value: float) -> str:
    return f"{value:.2g}".replace("-", "\N{MINUS SIGN}")
