"""What each single value of z changes, and pictures of it."""

from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from wgan_tf.metrics.image_changes import effective_number, spread
from wgan_tf.refine import latents
from wgan_tf.visualize.walks import Row, draw_rows

# Effects are measured around as many samples, at as many points of each value's way, whatever is
# drawn: so runs can be compared.
BASES, POINTS = 32, 11
# Of the animation: there, a second's rest, and back.
FRAMES, REST, FPS = 24, 12, 12


class Effect(NamedTuple):
    """Something of z that is moved on its own, and how much that changes images.

    Attributes:
        name: in the picture.
        place: in z; None: the class or category.
        effect: standard deviation of a pixel along the way, mean over the bases.
        error: standard error of this mean; NaN of a single base.
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


def effects_of(model, z: np.ndarray) -> list[Effect]:
    """The effects around the latents z (n, z_dim): the class's or category's, where there is one,
    then the codes', then the noise's in the order of z.
    """
    far, effects = latents.ends_of(model), []
    if model.one_hot:
        kind = "class" if model.classes else "category"
        effects.append(_effect(kind, None, model, latents.asked(z, model.one_hot)))
    places = range(model.one_hot, model.z_dim)
    for place in tqdm(places, desc="traverse", unit="value", delay=1, dynamic_ncols=True):
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
    error = float(spreads.std(ddof=1) / np.sqrt(bases)) if bases > 1 else float("nan")
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


def effect_rows(model, z: np.ndarray, effects: list[Effect], steps: int) -> np.ndarray:
    """A picture with a row for each: the images on its way.

    Args:
        model: a trained model.
        z: (z_dim,), the latent whose values move.
        effects: what is drawn.
        steps: images in a row.
    """
    every, columns, last = [], [], None
    for effect in effects:
        every.append(effect.latents(model, z, steps))
        if effect.place is None:
            columns.append([str(number) for number in range(model.one_hot)])
            continue
        values = [
            f"{value:.2g}".replace("-", "\N{MINUS SIGN}")
            for value in every[-1][:, effect.place].round(2) + 0.0
        ]
        columns.append(None if values == last else values)
        last = values
    images = np.asarray(model.generate(np.concatenate(every)))
    parts = np.split(images, np.cumsum([len(way) for way in every])[:-1])
    rows = [
        Row(f"{effect.name}: {effect.effect:.3f}", part, names)
        for effect, part, names in zip(effects, parts, columns, strict=True)
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
