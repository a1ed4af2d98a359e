"""Walks through z: the square, a plane through samples, the ways between two of them."""

from itertools import combinations

import numpy as np

from wgan_tf.metrics.image_changes import grid_unevenness, length, unevenness
from wgan_tf.refine import latents
from wgan_tf.visualize.walks import Row, draw_rows, draw_square

# Ways are measured at as many points; every tenth is drawn.
POINTS, EVERY = 101, 10
WAYS = {"linear": latents.linear, "spherical": latents.spherical}


def square_or_plane(model, z: np.ndarray, corners, side: int) -> tuple[np.ndarray, dict]:
    """The square of all of z where it has two values, else the plane through three samples.

    Args:
        model: a trained model.
        z: latents (3, z_dim), the corners; the class or category is the first one's throughout.
        corners: numbers of the samples, for their names.
        side: rows and columns.

    Returns:
        The picture, and what `manifold.json` says of it.
    """
    whole, far = model.z_dim - model.one_hot == 2, latents.ends_of(model)
    points, clipped = grid_points(model, z, side)
    if whole:
        across, up = (latents.quantiles(end, side) for end in far[-2:])
        places = [(x, y) for y in (up[-1], up[0]) for x in (across[0], across[-1])]
        names = tuple(f"({_value(x)}, {_value(y)})" for x, y in places)
        title = "All of z"
        law = "even in probability" if np.isinf(far[-2:]).any() else "even"
        note = f"z {model.z_dim - 2} from left to right, z {model.z_dim - 1} upwards, {law} steps"
    else:
        a, b, c = corners
        names = (f"sample {a}", f"sample {b}", f"sample {c}", f"{b} + {c} \N{MINUS SIGN} {a}")
        title = "The plane through three samples"
        note = f"{clipped:.1%} of the values of z clipped to the prior's cube" if clipped else ""
    images = np.asarray(model.generate(points))
    mean, over = grid_unevenness(images, side)
    figures = {
        "kind": "square" if whole else "plane",
        "rows": side,
        "share_clipped": clipped,
        "mean_step": mean,
        "largest_step_over_mean": over,
    }
    return draw_square(images, names, title, note), figures


def grid_points(model, z: np.ndarray, side: int) -> tuple[np.ndarray, float]:
    """The latents (side * side, z_dim) of `square_or_plane`'s picture, row by row, and the share of
    values that were clipped.
    """
    far = latents.ends_of(model)
    if model.z_dim - model.one_hot == 2:
        across, up = (latents.quantiles(end, side) for end in far[-2:])
        return latents.square(z[0], across, up), 0.0
    return latents.inside(latents.plane(z, side, model.one_hot), far)


def way_points(model, z: np.ndarray):
    """The ways of `ways_between`, one by one: numbers of both corners, kind of way, latents
    (POINTS, z_dim), share of values that were clipped.
    """
    far = latents.ends_of(model)
    for first, last in combinations(range(len(z)), 2):
        for name, way in WAYS.items():
            extra = {"one_hot": model.one_hot} if name == "spherical" else {}
            yield first, last, name, *latents.inside(way(z[first], z[last], POINTS, **extra), far)


def ways_between(model, z: np.ndarray, corners) -> tuple[np.ndarray, list[dict]]:
    """The ways between the pairs of the corners, straight and on the sphere; arguments as for
    `square_or_plane`.

    Returns:
        The picture, and the list of what `manifold.json` says of each.
    """
    rows, figures = [], []
    for first, last, name, points, clipped in way_points(model, z):
        images = np.asarray(model.generate(points))
        figures.append(
            {
                "from": corners[first],
                "to": corners[last],
                "way": name,
                "length": length(images),
                "ends_apart": length(images[[0, -1]]),
                "largest_step_over_mean": unevenness(images),
                "share_clipped": clipped,
            }
        )
        rows.append(Row(_label(figures[-1]), images[::EVERY]))
    note = "beside each row: length of the way in pixel space, largest step over the mean"
    return draw_rows(rows, "From sample to sample", note), figures


def mean_of_ways(ways: list[dict]) -> dict[str, dict[str, float]]:
    """Kind of way to the means of "length" and "largest_step_over_mean"; see `ways_between`."""
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
