"""The z whose image is nearest to a given one."""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.refine.latents import ends_of
from wgan_tf.refine.loop import of_part, refine

_RECORDS = 50  # points of the curve
# z's that move together: so many of 64x64 images, in proportion fewer of larger ones.
_ROWS, _SIDE = 512, 64


@dataclasses.dataclass(frozen=True)
class Projection:
    """What came of looking for n targets from k starts each. Arrays are float32.

    Attributes:
        z: the nearest latent of each target, (n, z_dim).
        images: its image, (n, height, width, channels) in [-1, 1].
        start_images: the nearest image of the k starts, before any step.
        winner: the start from which the nearest was reached, int64 (n,).
        starts: distance of each start before any step, (n, k).
        ends: the smallest distance on the way from each start, (n, k).
        curve: the smallest distance so far from any start, at every record, (records, n).
        curve_steps: the number of steps done at each record, from 0 to all, (records,).
        seconds: wall time of the steps, compilation excluded.
    """

    z: np.ndarray
    images: np.ndarray
    start_images: np.ndarray
    winner: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    curve: np.ndarray
    curve_steps: np.ndarray
    seconds: float

    @property
    def before(self) -> np.ndarray:
        """Distance of the nearest start, (n,)."""
        return self.curve[0]

    @property
    def after(self) -> np.ndarray:
        """Distance of what was found, (n,)."""
        return self.curve[-1]


def project(
    model,
    targets,
    distance: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
    *,
    look: Callable[[tf.Tensor], tf.Tensor] = tf.identity,
    starts: int = 8,
    steps: int = 500,
    rate: float = 0.05,
    seed: int = 0,
    on_record: Callable[[int, float], None] | None = None,
) -> Projection:
    """Moves latents until their images are near to given ones.

    Adam descends the distance, and of the records on the way the nearest counts. All targets have
    the same starts, and each z moves by its own distance alone, so what is found for a target does
    not depend on the others. A z stays where its prior is: see `bounds`.

    Args:
        model: one with a generator; its weights are not changed.
        targets: images (n, size, size, channels) in [-1, 1].
        distance: two batches to (n,), as those of `distances`.
        look: what is compared: images (n, ...) to the arguments of `distance`.
        starts: z's of the prior from which every search begins. Of a model whose z asks for a
            class or category at least as many as there are: start i asks for number i, modulo
            their number, and goes on asking for it.
        steps: number of steps.
        rate: Adam's, about how far a step moves every value of z.
        seed: of the starts.
        on_record: called with (z's times steps done, mean distance) now and then.

    Source: Lipton and Tripathi 2017, "Precise Recovery of Latent Vectors from Generative
    Adversarial Networks" (their stochastic clipping left out).
    """
    targets = np.asarray(targets, np.float32)
    latents = start_latents(model, starts, seed)
    low, high = bounds(model, latents)
    count, tries = len(targets), len(latents)
    # Every target with every start: which target, which start.
    owners, members = np.divmod(np.arange(count * tries), tries)
    ends, distances, seconds = [], [], 0.0
    for begin in range(0, len(owners), rows := _rows(targets.shape[1])):
        part = slice(begin, begin + rows)
        begun = members[part]
        measure = _measure(model, distance, look, targets[owners[part]])
        path, at, _, spent = refine(
            lambda z, measure=measure: tf.reduce_sum(measure(z)),
            latents[begun],
            keras.optimizers.Adam(rate),
            steps,
            constraint=_clip(low[begun], high[begun]),
            record_every=max(1, steps // _RECORDS),
            on_record=of_part(on_record, begin * steps, len(begun)),
        )
        compiled = tf.function(measure, autograph=False)
        distances.append(np.stack([compiled(tf.constant(z)).numpy() for z in path]))
        nearest = distances[-1].argmin(0)
        ends.append(path[nearest, np.arange(len(begun))])
        seconds += spent
    shape = (len(at), count, tries)
    return _collect(
        model,
        latents,
        np.concatenate(ends).reshape(count, tries, -1),
        np.concatenate(distances, axis=1).reshape(shape),
        at,
        seconds,
    )


def start_latents(model, count: int, seed: int) -> np.ndarray:
    """The z's from which every search begins, float32 (k, z_dim); see `project`."""
    z = model.sample_z(max(count, model.one_hot), seed)
    if model.one_hot:
        z = model.condition(z, np.arange(len(z)) % model.one_hot)
    return np.asarray(z, np.float32)


def bounds(model, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Between which values each of z's (n, z_dim) may move, two arrays of its shape.

    The class or category that it asks for stays; codes, and noise of the uniform prior, stay in
    [-1, 1]; noise of the normal prior is free.
    """
    high = np.tile(ends_of(model), (len(z), 1))
    low = -high
    asked = z[:, : model.one_hot]
    low[:, : model.one_hot] = high[:, : model.one_hot] = asked
    return low, high


def _rows(size: int) -> int:
    return max(1, min(_ROWS, _ROWS * _SIDE**2 // size**2))


def _measure(model, distance, look, targets: np.ndarray):
    """Latents to their images' distances from the targets, which are looked at only once."""
    wanted = look(tf.constant(targets))
    return lambda z: distance(look(model.generator(z, training=False)), wanted)


def _clip(low: np.ndarray, high: np.ndarray):
    return lambda z: tf.clip_by_value(z, low, high)


def _collect(model, latents, nearest, distances, steps, seconds) -> Projection:
    """Chooses among the k nearest of every target, (n, k, z_dim)."""
    so_far = np.minimum.accumulate(distances, axis=0)
    winner = so_far[-1].argmin(1)
    z = nearest[np.arange(len(nearest)), winner]
    return Projection(
        z=z,
        images=np.asarray(model.generate(z)),
        start_images=np.asarray(model.generate(latents[distances[0].argmin(1)])),
        winner=winner,
        starts=distances[0],
        ends=so_far[-1],
        curve=so_far.min(2),
        curve_steps=steps,
        seconds=seconds,
    )
