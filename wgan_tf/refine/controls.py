"""What fine-tuning by the critic's gradient is compared with: chance, and choosing."""

import time

import numpy as np
import tensorflow as tf

from wgan_tf.refine.image_iterator import ImageIterator
from wgan_tf.refine.z_iterator import ZIterator


def random_move(
    start: np.ndarray, lengths: np.ndarray, seed: int = 0, limit: float = 1.0
) -> np.ndarray:
    """Moves every sample in a random direction, staying in [-limit, limit].

    Args:
        start: images or latents (n, ...).
        lengths: (n,), the L2 length of each sample's move. Where the limit cuts a move short, it
            is shorter.
        seed: of the directions.
        limit: of every value; infinite for latents without one.

    Returns:
        float32, the shape of `start`.
    """
    start = np.asarray(start, np.float32)
    directions = np.random.default_rng(seed).normal(size=start.shape)
    flat = directions.reshape(len(start), -1)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    flat *= np.asarray(lengths)[:, None]
    return np.clip(start + flat.reshape(start.shape), -limit, limit).astype(np.float32)


def best_of(model, candidates: np.ndarray) -> np.ndarray:
    """Of each sample's candidates the latent whose image the critic scores highest.

    Args:
        model: an adversarial model.
        candidates: latents (k, n, z_dim).

    Returns:
        float32 (n, z_dim).
    """
    candidates = np.asarray(candidates, np.float32)
    scores = np.stack([np.asarray(model.score(model.generate(z))) for z in candidates])
    return candidates[scores.argmax(0), np.arange(candidates.shape[1])]


def lengths_of(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How far n samples (n, ...) moved, L2, (n,)."""
    return np.linalg.norm((after - before).reshape(len(before), -1), axis=1)


class _Random:
    """As far as an iterator with the same arguments, in random directions."""

    def way(self, model, start, steps, optimizer, *, seed, **options):
        path, at, loss, seconds = super().way(model, start, steps, optimizer, seed=seed, **options)
        moved = random_move(path[0], lengths_of(path[0], path[-1]), seed, np.inf)
        moved = self.inside(model, tf.constant(moved), tf.constant(path[0]))
        return np.stack([path[0], moved]), at[[0, -1]], loss, seconds


class RandomPixels(_Random, ImageIterator):
    """Moves each image in a random direction, as far as the image iterator moves it."""


class RandomZ(_Random, ZIterator):
    """Moves each latent in a random direction, as far as the z iterator moves it."""


class BestOf(ZIterator):
    """Of 2 `steps` latents for each sample, its own among them, the one that scores highest.

    A step of the z iterator is a forward pass and a gradient of as much arithmetic, a candidate is
    a forward pass: both cost the same.
    """

    def way(self, model, start, steps, optimizer, *, seed, **_):
        began, start = time.perf_counter(), np.asarray(start, np.float32)
        others = model.sample_z((2 * steps - 1) * len(start), seed)
        asked = np.tile(start, (2 * steps - 1, 1))
        others = np.asarray(model.within_prior(others, asked)).reshape(-1, *start.shape)
        best = best_of(model, np.concatenate([start[None], others]))
        seconds = time.perf_counter() - began
        return np.stack([start, best]), np.array([0, steps]), np.zeros(0, np.float32), seconds


random_pixels, random_z, best_of_several = RandomPixels(), RandomZ(), BestOf()
