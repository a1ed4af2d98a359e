"""What fine-tuning by the critic's gradient is compared with: chance, and choosing."""

import numpy as np


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
