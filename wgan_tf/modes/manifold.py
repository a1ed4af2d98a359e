"""`--mode=manifold`: walks through z: the square, a plane through samples, the way between two."""

from itertools import combinations
from pathlib import Path

import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.config.field import numbers
from wgan_tf.errors import UsageError, UserError
from wgan_tf.files.writing import write_json
from wgan_tf.metrics.image_changes import grid_unevenness, length, unevenness
from wgan_tf.refine import latents
from wgan_tf.visualize.grid import save_png
from wgan_tf.visualize.walks import Row, draw_rows, draw_square

# Ways are measured at as many points; every tenth is drawn.
POINTS, EVERY = 101, 10
_MOST_SAMPLES = 10_000
WAYS = {"linear": latents.linear, "spherical": latents.spherical}


def run(config) -> list[Path]:
    """Draws the square or plane and the ways between `--manifold_corners`, and measures both.

    Returns:
        The pictures.

    Raises:
        UsageError: the corners are not three samples.
        UserError: z has a single value besides its class or category.
    """
    corners = _corners(config.latent.manifold_corners)
    model = runs.load_trained(config)
    if model.z_dim - model.one_hot < 2:
        beside = " besides its class or category" if model.one_hot else ""
        raise UserError(
            f"--mode=manifold: z has a single value{beside}, which is a line; --mode=traverse "
            "draws it"
        )
    # Counted as the samples that --mode=visualize draws.
    count = max(config.data.batch_size, max(corners) + 1)
    z = np.asarray(model.sample_z(count, config.run.seed))[list(corners)]
    far = latents.ends(model.z_dim, model.one_hot, model.codes, model.z_prior)
    sheet, report = walk_sheet(model, z, far, corners, config.latent.manifold_grid)
    rows, ways = walk_ways(model, z, far, corners)
    folder = Path(config.run.logs_dir)
    pictures = {"manifold": sheet, "interpolation": rows}
    paths = []
    for name, picture in pictures.items():
        paths.append(folder / "images" / f"{name}.png")
        save_png(paths[-1], picture)
    iteration = int(model.iteration.numpy())
    beginning = {"iteration": iteration, "seed": config.run.seed, "corners": corners}
    write_json(folder / "manifold.json", {**beginning, **report, "points": POINTS, "ways": ways})
    _write_events(folder / "manifold", pictures, ways, iteration)
    print(f"{_line(report, ways)}: {paths[0]}")
    return paths


def walk_sheet(model, z: np.ndarray, far: np.ndarray, corners, side: int):
    """The square of all of z where it has two values, else the plane through three samples.

    Args:
        model: a trained model.
        z: latents (3, z_dim), the corners; the class or category is the first one's throughout.
        far: see `latents.ends`.
        corners: numbers of the samples, for their names.
        side: rows and columns.

    Returns:
        The picture, and what `manifold.json` says of it.
    """
    whole = model.z_dim - model.one_hot == 2
    if whole:
        across, up = (latents.quantiles(each, side) for each in far[-2:])
        points, clipped = latents.square(z[0], across, up), 0.0
        places = [(x, y) for y in (up[-1], up[0]) for x in (across[0], across[-1])]
        names = tuple(f"({_value(x)}, {_value(y)})" for x, y in places)
        title = "All of z"
        law = "even in probability" if np.isinf(far[-2:]).any() else "even"
        note = f"z {model.z_dim - 2} from left to right, z {model.z_dim - 1} upwards, {law} steps"
    else:
        points, clipped = latents.inside(latents.plane(z, side, model.one_hot), far)
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


def walk_ways(model, z: np.ndarray, far: np.ndarray, corners):
    """The ways between the pairs of the corners, straight and on the sphere; arguments as for
    `walk_sheet`.

    Returns:
        The picture, and the list of what `manifold.json` says of each.
    """
    rows, figures = [], []
    for first, last in combinations(range(len(z)), 2):
        for name, way in WAYS.items():
            extra = {"one_hot": model.one_hot} if name == "spherical" else {}
            points, clipped = latents.inside(way(z[first], z[last], POINTS, **extra), far)
            images = np.asarray(model.generate(points))
            found = {
                "from": corners[first],
                "to": corners[last],
                "way": name,
                "length": length(images),
                "ends_apart": length(images[[0, -1]]),
                "largest_step_over_mean": unevenness(images),
                "share_clipped": clipped,
            }
            rows.append(Row(_label(found), images[::EVERY]))
            figures.append(found)
    note = "beside each row: length of the way in pixel space, largest step over the mean"
    return draw_rows(rows, "From sample to sample", note), figures


def _corners(text: str) -> tuple[int, ...]:
    corners = numbers(text)
    if len(corners) != 3 or max(corners) >= _MOST_SAMPLES:
        raise UsageError(
            f"--manifold_corners={text}: must be three samples from 0 to {_MOST_SAMPLES - 1}, as "
            "0,1,2"
        )
    return corners


def _label(way: dict) -> str:
    jump = f"{way['largest_step_over_mean']:.1f}\N{MULTIPLICATION SIGN}"
    ends = f"{way['from']} \N{RIGHTWARDS ARROW} {way['to']}"
    return f"{ends} {way['way']}: {way['length']:.2f}, {jump}"


def _value(value: float) -> str:
    return f"{value:.2g}".replace("-", "\N{MINUS SIGN}")


def _write_events(folder: Path, pictures: dict, ways: list[dict], iteration: int) -> None:
    """TensorBoard's entry: both pictures, and the ways' lengths and largest steps."""
    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default(step=iteration):
        for name, picture in pictures.items():
            tf.summary.image(f"manifold/{name}", picture[None])
        for name in WAYS:
            for key in ("length", "largest_step_over_mean"):
                mean = np.mean([each[key] for each in ways if each["way"] == name])
                tf.summary.scalar(f"manifold/{key}_{name}", mean)
    writer.close()


def _line(report: dict, ways: list[dict]) -> str:
    side = report["rows"]
    parts = []
    for name in WAYS:
        some = [each for each in ways if each["way"] == name]
        far, jump = (
            np.mean([each[key] for each in some]) for key in ("length", "largest_step_over_mean")
        )
        parts.append(f"{name} {far:.2f} long, largest step {jump:.1f} x the mean")
    return f"manifold: {report['kind']} of {side} x {side}; ways {', '.join(parts)}"
