"""`--mode=traverse`: what each single value of z changes."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from wgan_tf import runs
from wgan_tf.config.field import numbers
from wgan_tf.errors import UsageError
from wgan_tf.files.writing import write_json
from wgan_tf.metrics.image_changes import effective_number, spread
from wgan_tf.refine import latents
from wgan_tf.visualize.animation import save_gif
from wgan_tf.visualize.grid import save_png
from wgan_tf.visualize.walks import Row, draw_rows

# Effects are measured around as many samples, at as many points of each value's way, whatever is
# drawn: so runs can be compared.
BASES, POINTS = 32, 11
# Rows of noise that are drawn where --dims names none.
DRAWN = 16
# Of the animation: there, a second's rest, and back.
FRAMES, REST, FPS = 24, 12, 12
_SMALLEST_IMAGE = 64  # pixels in the animation


class Moved(NamedTuple):
    """Something of z that is moved on its own.

    Attributes:
        name: in the picture.
        place: in z; None: the class or category.
        effect: standard deviation of a pixel along the way, mean over the bases.
        error: standard error of this mean.
    """

    name: str
    place: int | None
    effect: float
    error: float


def run(config) -> list[Path]:
    """Moves every value of z from end to end, measures and draws what each changes.

    Returns:
        The pictures.

    Raises:
        UsageError: `--dims` names what is no single value of z.
    """
    model = runs.load_trained(config)
    chosen = _chosen(config.latent.dims, model)
    # The samples that --mode=visualize draws; the first is the one whose walks are drawn.
    count = max(config.data.batch_size, BASES)
    z = np.asarray(model.sample_z(count, config.run.seed))[:BASES]
    far = latents.ends(model.z_dim, model.one_hot, model.codes, model.z_prior)
    effects = measure(model, z, far)
    drawn = _drawn(effects, chosen, model)
    folder = Path(config.run.logs_dir)
    picture = _picture(model, z[0], far, drawn, config.latent.traverse_steps)
    paths = [folder / "images" / f"traverse.{suffix}" for suffix in ("png", "gif")]
    save_png(paths[0], picture)
    _animate(paths[1], model, z[0], far, drawn)
    report = _report(model, config, effects, drawn)
    write_json(folder / "traverse.json", report)
    _write_events(folder / "traverse", report, picture)
    ranked, even = report["effects"], report["evenness"]
    print(
        f"traverse: {len(ranked)} values of z, the largest effect {ranked[0]['name']} "
        f"{ranked[0]['effect']:.3f}, the smallest {ranked[-1]['name']} "
        f"{ranked[-1]['effect']:.3f}; worth {even['effective_values']:.1f} equal ones: {paths[0]}"
    )
    return paths


def measure(model, z: np.ndarray, far: np.ndarray) -> list[Moved]:
    """The effects around the latents z (n, z_dim): the class's or category's, where there is one,
    then the codes', then the noise's in the order of z.
    """
    places = range(model.one_hot, model.z_dim)
    found = []
    if model.one_hot:
        kind = "class" if model.classes else "category"
        found.append(_moved(kind, None, model, latents.asked(z, model.one_hot)))
    for place in tqdm(places, desc="traverse", unit="value", delay=1, dynamic_ncols=True):
        code = place - model.one_hot + 1
        name = f"code {code}" if code <= model.codes else f"z {place}"
        values = latents.walk(far[place], POINTS)
        found.append(_moved(name, place, model, latents.moved(z, place, values)))
    return found


def _moved(name: str, place: int | None, model, every: np.ndarray) -> Moved:
    """Of latents (bases, points, z_dim)."""
    bases, points, _ = every.shape
    images = np.asarray(model.generate(every.reshape(bases * points, -1)))
    each = spread(images.reshape(bases, points, *images.shape[1:]))
    return Moved(name, place, float(each.mean()), float(each.std(ddof=1) / np.sqrt(bases)))


def _chosen(dims: str | None, model) -> tuple[int, ...] | None:
    if dims is None:
        return None
    places = numbers(dims)
    if max(places) >= model.z_dim:
        raise UsageError(f"--dims={dims}: z has {model.z_dim} values, 0 to {model.z_dim - 1}")
    if min(places) < model.one_hot:
        kind = "class" if model.classes else "category"
        raise UsageError(
            f"--dims={dims}: the first {model.one_hot} values of z are the {kind}, which has a row "
            f"of its own; choose from {model.one_hot} to {model.z_dim - 1}"
        )
    return places


def _drawn(effects: list[Moved], chosen: tuple[int, ...] | None, model) -> list[Moved]:
    """The class or category and the codes, then noise by its effect."""
    always = bool(model.one_hot) + model.codes
    noise = sorted(effects[always:], key=lambda each: -each.effect)
    if chosen is not None:
        return effects[:always] + [each for each in noise if each.place in chosen]
    return effects[:always] + noise[:DRAWN]


def _latents(each: Moved, z: np.ndarray, far: np.ndarray, count: int) -> np.ndarray:
    """Latents (count, z_dim) of one value's way."""
    values = latents.walk(far[each.place], count)
    return latents.moved(z[None], each.place, values)[0]


def _picture(model, z, far, drawn: list[Moved], steps: int) -> np.ndarray:
    every, columns, last = [], [], None
    for each in drawn:
        if each.place is None:
            every.append(latents.asked(z[None], model.one_hot)[0])
            columns.append([str(number) for number in range(model.one_hot)])
            continue
        every.append(_latents(each, z, far, steps))
        values = [
            f"{value:.2g}".replace("-", "\N{MINUS SIGN}")
            for value in latents.walk(far[each.place], steps).round(2) + 0.0
        ]
        columns.append(None if values == last else values)
        last = values
    images = np.asarray(model.generate(np.concatenate(every)))
    parts = np.split(images, np.cumsum([len(each) for each in every])[:-1])
    rows = [
        Row(f"{each.name}: {each.effect:.3f}", part, names)
        for each, part, names in zip(drawn, parts, columns, strict=True)
    ]
    note = "beside each row its effect: the standard deviation of a pixel on the way"
    if model.z_prior == "normal":
        end = latents.NORMAL_END
        note += f"\nnormal values of z move from \N{MINUS SIGN}{end:g} to {end:g}"
    return draw_rows(rows, "One value of z moves, the others stay", note)


def _animate(path: Path, model, z, far, drawn: list[Moved]) -> None:
    """All rows' images in one grid, moving together there and back."""
    every = []
    for each in drawn:
        if each.place is None:
            classes = np.arange(FRAMES) * model.one_hot // FRAMES
            every.append(latents.asked(z[None], model.one_hot)[0][classes])
        else:
            every.append(_latents(each, z, far, FRAMES))
    images = np.asarray(model.generate(np.stack(every, 1).reshape(-1, model.z_dim)))
    frames = images.reshape(FRAMES, len(drawn), *images.shape[1:])
    order = [*range(FRAMES), *[FRAMES - 1] * REST, *reversed(range(FRAMES - 1))]
    scale = max(1, _SMALLEST_IMAGE // model.size)
    save_gif(path, [frames[index] for index in order], fps=FPS, scale=scale)


def _report(model, config, effects: list[Moved], drawn: list[Moved]) -> dict:
    values = [each for each in effects if each.place is not None]
    sizes = np.array([each.effect for each in values])
    worth, mean = effective_number(sizes), sizes.mean() or np.nan
    report = {
        "iteration": int(model.iteration.numpy()),
        "seed": config.run.seed,
        "z_prior": model.z_prior,
        "normal_values_end": latents.NORMAL_END if model.z_prior == "normal" else None,
        "bases": BASES,
        "points": POINTS,
        "effects": [
            {"name": each.name, "place": each.place, "effect": each.effect, "error": each.error}
            for each in sorted(values, key=lambda each: -each.effect)
        ],
        "evenness": {
            "values": len(values),
            "effective_values": worth,
            "evenness": worth / len(values),
            "largest_over_mean": sizes.max() / mean,
            "smallest_over_mean": sizes.min() / mean,
        },
        "drawn": [each.name for each in drawn],
    }
    for each in effects:
        if each.place is None:
            report[each.name] = {"effect": each.effect, "error": each.error}
    return report


def _write_events(folder: Path, report: dict, picture: np.ndarray) -> None:
    """TensorBoard's entry: the picture, and the effects by rank and as a histogram."""
    writer = tf.summary.create_file_writer(str(folder))
    sizes = [each["effect"] for each in report["effects"]]
    with writer.as_default():
        for rank, effect in enumerate(sizes, 1):
            tf.summary.scalar("traverse/effect_by_rank", effect, step=rank)
        iteration = report["iteration"]
        tf.summary.histogram("traverse/effects", sizes, step=iteration)
        tf.summary.image("traverse/rows", picture[None], step=iteration)
    writer.close()
