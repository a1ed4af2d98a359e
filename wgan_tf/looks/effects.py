"""What each single value of z changes, and pictures of it."""

import dataclasses
import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from wgan_tf.errors import UsageError
from wgan_tf.metrics.image_changes import effective_number, spread
from wgan_tf.refine import latents
from wgan_tf.visualize.animation import save_gif
from wgan_tf.visualize.pictured import Pictured
from wgan_tf.visualize.walks import Row, draw_rows

# Effects are measured around as many samples, at as many points of each value's way, whatever is
# drawn: so runs can be compared.
BASES, POINTS = 32, 11
# Rows of noise that are drawn where none are chosen.
DRAWN = 16
_SMALLEST_IMAGE = 64  # pixels in the animation
# Of the animation: there, a second's rest, and back.
FRAMES, REST, FPS = 24, 12, 12


class Effect(NamedTuple):
    """Something of z that is moved on its own, and how much that changes images.

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

    def latents(self, model, z: np.ndarray, count: int) -> np.ndarray:
        """Latents of its way through z (z_dim,): (count, z_dim), or one of each class."""
        if self.place is None:
            return latents.asked(z[None], model.one_hot)[0]
        values = latents.walk(latents.ends_of(model)[self.place], count)
        return latents.moved(z[None], self.place, values)[0]


@dataclasses.dataclass(frozen=True)
class Traversal(Pictured):
    """What each single value of z changes, and images of the ways of some.

    Attributes:
        effects: the class's or category's, where there is one, then the codes', then the noise's
            in the order of z.
        drawn: those that are drawn, noise by its effect.
        bases: latents around which effects are measured; the first is drawn.
        ways: of each that is drawn, latents on its way, float32 (k, z_dim).
        images: theirs, float32 (k, h, w, c) in [-1, 1].
        frames: of the animation, at `FPS`: all ways' images (n, h, w, c), moving together there
            and back.
        picture: a row for each that is drawn, uint8 (h, w, 3).
    """

    effects: list[Effect]
    drawn: list[Effect]
    bases: int
    ways: list[np.ndarray]
    images: list[np.ndarray]
    frames: list[np.ndarray]
    picture: np.ndarray

    def save_gif(self, path: str | os.PathLike) -> None:
        """Writes the animation.

        Raises:
            UserError: the file cannot be written.
        """
        scale = max(1, _SMALLEST_IMAGE // self.frames[0].shape[1])
        save_gif(path, self.frames, fps=FPS, scale=scale)

    def figures(self) -> dict:
        """All but the images, for JSON."""
        return {
            "bases": self.bases,
            "points": POINTS,
            **effect_figures(self.effects),
            "drawn": [effect.name for effect in self.drawn],
            # The class or category.
            **{
                effect.name: {"effect": effect.effect, "error": effect.error}
                for effect in self.effects
                if effect.place is None
            },
        }


def traverse(
    model, z=None, dims: Sequence[int] | None = None, *, steps: int = 11, seed: int = 0
) -> Traversal:
    """Moves every value of z from end to end, and measures and draws what each changes.

    Args:
        model: a trained game.
        z: latents (n, z_dim) around which effects are measured; the walks of the first are drawn.
            None: `BASES` samples.
        dims: values of the noise that are drawn, counted from 0 of all of z; None: the `DRAWN`
            with the largest effects. A class or category, and codes, are drawn anyway.
        steps: images in a row, 2 or more.
        seed: of the samples.

    Raises:
        UsageError: `dims` names what is no single value of z.
        ValueError: z of another shape.
    """
    if dims is not None:
        _check_dims(dims, model)
    z = np.asarray(model.sample_z(BASES, seed) if z is None else z, np.float32)
    if z.ndim != 2 or z.shape[1] != model.z_dim or not len(z):
        raise ValueError(f"z must be (n >= 1, {model.z_dim}), not {z.shape}")
    effects = effects_of(model, z)
    drawn = _drawn(effects, dims, model)
    ways = [effect.latents(model, z[0], steps) for effect in drawn]
    generated = np.asarray(model.generate(np.concatenate(ways)))
    images = np.split(generated, np.cumsum([len(way) for way in ways])[:-1])
    picture = _draw(model, drawn, ways, images)
    frames = effect_frames(model, z[0], drawn)
    return Traversal(effects, drawn, len(z), ways, images, frames, picture)


def _check_dims(dims: Sequence[int], model) -> None:
    said = f"--dims={','.join(map(str, dims))}"
    if not len(dims) and not model.one_hot + model.codes:
        raise UsageError(f"{said}: name at least one value of z")
    if not all(0 <= place < model.z_dim for place in dims):
        raise UsageError(f"{said}: z has {model.z_dim} values, 0 to {model.z_dim - 1}")
    if any(place < model.one_hot for place in dims):
        kind = "class" if model.classes else "category"
        raise UsageError(
            f"{said}: the first {model.one_hot} values of z are the {kind}, which has a row "
            f"of its own; choose from {model.one_hot} to {model.z_dim - 1}"
        )


def _drawn(effects: list[Effect], dims: Sequence[int] | None, model) -> list[Effect]:
    """The class or category and the codes, then noise by its effect."""
    always = bool(model.one_hot) + model.codes
    noise = sorted(effects[always:], key=lambda effect: -effect.effect)
    if dims is not None:
        return effects[:always] + [effect for effect in noise if effect.place in dims]
    return effects[:always] + noise[:DRAWN]


def effects_of(model, z: np.ndarray) -> list[Effect]:
    """The effects around the latents z (n, z_dim): the class's or category's, where there is one,
    then the codes', then the noise's in the order of z.
    """
    far, effects = latents.ends_of(model), []
    if model.one_hot:
        kind = "class" if model.classes else "category"
        effects.append(_effect(kind, None, model, latents.asked(z, model.one_hot)))
    places = range(model.one_hot, model.z_dim)
    with tqdm(places, desc="traverse", unit="value", delay=1, dynamic_ncols=True) as bar:
        for place in bar:
            code = place - model.one_hot + 1
            name = f"code {code}" if code <= model.codes else f"z {place}"
            values = latents.walk(far[place], POINTS)
            effects.append(_effect(name, place, model, latents.moved(z, place, values)))
    return effects


def _effect(name: str, place: int | None, model, every: np.ndarray) -> Effect:
    """Of latents (bases, points, z_dim)."""
    bases, points, _ = every.shape
    images = np.asarray(model.generate(every.reshape(bases * points, -1)))
    spreads = spread(images.reshape(bases, points, *images.shape[1:]))
    error = float(spreads.std(ddof=1) / np.sqrt(bases)) if bases > 1 else np.nan
    return Effect(name, place, float(spreads.mean()), error)


def effect_figures(effects: list[Effect]) -> dict:
    """The effects of single values, the largest first, and how evenly they share the work."""
    values = [effect for effect in effects if effect.place is not None]
    sizes = np.array([value.effect for value in values])
    worth, mean = effective_number(sizes), sizes.mean() or np.nan
    return {
        "effects": [
            value._asdict() for value in sorted(values, key=lambda value: -value.effect)
        ],
        "evenness": {
            "values": len(values),
            "effective_values": worth,
            "evenness": worth / len(values),
            "largest_over_mean": sizes.max() / mean,
            "smallest_over_mean": sizes.min() / mean,
        },
    }


def _draw(model, effects: list[Effect], ways, images) -> np.ndarray:
    """A row for each effect: the images (k, h, w, c) of the latents (k, z_dim) on its way."""
    columns, last = [], None
    for effect, way in zip(effects, ways, strict=True):
        if effect.place is None:
            columns.append([str(number) for number in range(model.one_hot)])
            continue
        values = [
            f"{value:.2g}".replace("-", "\N{MINUS SIGN}")
            for value in way[:, effect.place].round(2) + 0.0
        ]
        columns.append(None if values == last else values)
        last = values
    rows = [
        Row(f"{effect.name}: {effect.effect:.3f}", part, names)
        for effect, part, names in zip(effects, images, columns, strict=True)
    ]
    note = "beside each row its effect: the standard deviation of a pixel on the way"
    if model.z_prior == "normal":
        end = latents.NORMAL_END
        note += f"\nnormal values of z move from \N{MINUS SIGN}{end:g} to {end:g}"
    return draw_rows(rows, "One value of z moves, the others stay", note)


def effect_frames(model, z: np.ndarray, effects: list[Effect]) -> list[np.ndarray]:
    """Of an animation, at `FPS`: all ways' images (n, h, w, c), moving together there and back."""
    every = []
    for effect in effects:
        way = effect.latents(model, z, FRAMES)
        every.append(way[np.arange(FRAMES) * len(way) // FRAMES])
    images = np.asarray(model.generate(np.stack(every, 1).reshape(-1, model.z_dim)))
    frames = images.reshape(FRAMES, len(effects), *images.shape[1:])
    order = [*range(FRAMES), *[FRAMES - 1] * REST, *reversed(range(FRAMES - 1))]
    return [frames[index] for index in order]
