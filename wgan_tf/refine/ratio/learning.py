"""How networks of this room learn: AdamW along one cosine, images in a random order."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

_WARM_UP, _WEIGHT_DECAY = 0.1, 1e-2


def learn(
    network: keras.Model,
    loss: Callable,
    arrays: tuple,
    steps: int,
    *,
    batch_size: int = 128,
    rate: float = 3e-3,
    seed: int = 0,
    title: str,
) -> None:
    """Trains a network under a progress bar.

    Args:
        network: whose variables learn.
        loss: of (key, *batches of the arrays) to a scalar; a key is int64 (2,), the seed of
            stateless random numbers.
        arrays: (n, ...) each, which are shuffled together.
        steps: updates.
        batch_size: rows of an update, fewer where there are fewer.
        rate: the highest learning rate.
        seed: of the order and of the keys.
        title: what the bar says.
    """
    warm_up = max(1, int(_WARM_UP * steps))
    schedule = keras.optimizers.schedules.CosineDecay(
        rate / 10, max(1, steps - warm_up), 0.0, warmup_target=rate, warmup_steps=warm_up
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=_WEIGHT_DECAY)
    variables = network.trainable_variables
    optimizer.build(variables)

    @tf.function(autograph=False)
    def update(key, *batches):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            value = loss(key, *batches)
        gradients = tape.gradient(value, [v.value for v in variables])
        optimizer.apply(gradients, variables)
        return value

    rng, place = np.random.default_rng([seed, steps]), np.zeros(0, int)
    size = min(batch_size, len(arrays[0]))
    with tqdm(range(steps), desc=title, unit="it", dynamic_ncols=True, leave=False) as bar:
        for step in bar:
            if len(place) < size:
                place = rng.permutation(len(arrays[0]))
            rows, place = place[:size], place[size:]
            value = update(tf.constant([seed, step], tf.int64), *(array[rows] for array in arrays))
            if step % 50 == 0:
                bar.set_postfix_str(f"loss {float(value):.3f}", refresh=False)
