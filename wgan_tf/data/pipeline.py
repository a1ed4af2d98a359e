"""The real images of a training run as a `tf.data.Dataset`, one element per iteration."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from wgan_tf.data.order import training_indices
from wgan_tf.data.scaling import to_float


def training_batches(
    source,
    *,
    batch_size: int,
    seed: int,
    critic_steps: Callable[[int], int],
    extra_batches: int,
    start: int,
    stop: int,
    labelled: bool = False,
    strategy: tf.distribute.Strategy | None = None,
) -> tf.data.Dataset | tf.distribute.DistributedDataset:
    """All real images that the iterations from `start` to before `stop` use.

    Iteration i gets k = critic_steps(i) + extra_batches fresh batches and begins in the stream of
    `order` where iteration i - 1 ended, so a data set that starts at an iteration gives from there
    on what one that started at 0 would.

    Args:
        source: what `open_source` returned.
        batch_size, seed: images per batch, and what decides their order.
        critic_steps: critic updates of an iteration, a pure function of its number (from 0).
        extra_batches: further real batches per iteration.
        start, stop: the first iteration and the one after the last.
        labelled: whether the labels come with the images.
        strategy: whose replicas share every batch, each its own rows, so that no image comes twice
            and none is left out; each process reads those of its own replicas only. None: one
            replica has all.

    Returns:
        Elements float32 (rows, k, height, width, channels) in [-1, 1], where rows are the
        batch's or a replica's, and k is static if it is the same in all iterations from `start`
        on, else None; labelled, pairs of them and int64 (rows, k).
    """
    last = max(start, stop)
    batches = np.fromiter((critic_steps(i) for i in range(last)), np.int64, last) + extra_batches
    used = np.unique(batches[start:stop])
    replicas = 1 if strategy is None else strategy.num_replicas_in_sync
    shape = source.read(np.array([0])).shape[1:]
    shape = (batch_size // replicas, int(used[0]) if len(used) == 1 else None, *shape)
    load = _loader(source, batch_size, seed, batches, labelled)
    types = (tf.float32, tf.int64) if labelled else (tf.float32,)
    shapes = (shape, shape[:2]) if labelled else (shape,)

    def part_of_batch(first: int, count: int) -> tf.data.Dataset:
        """The elements of `count` replicas from the first on, in turn."""

        def load_tensor(number: tf.Tensor):
            iteration, replica = number // count, first + number % count
            loaded = tf.numpy_function(load, [iteration, replica * shape[0], shape[0]], types)
            tensors = tuple(map(tf.ensure_shape, loaded, shapes))
            return tensors if labelled else tensors[0]

        dataset = tf.data.Dataset.range(start * count, stop * count)
        dataset = dataset.map(load_tensor, num_parallel_calls=2, deterministic=True)
        return dataset.prefetch(tf.data.AUTOTUNE)

    def of_worker(context: tf.distribute.InputContext) -> tf.data.Dataset:
        count = replicas // context.num_input_pipelines
        return part_of_batch(context.input_pipeline_id * count, count)

    if replicas == 1:
        return part_of_batch(0, 1)
    return strategy.distribute_datasets_from_function(of_worker)


def _loader(source, batch_size: int, seed: int, batches: np.ndarray, labelled: bool) -> Callable:
    """The function from an iteration, a first row and a number of rows to these rows' images, of
    `batches` in each iteration, and their labels.
    """
    positions = np.concatenate([[0], np.cumsum(batches)]) * batch_size

    def load(iteration: int, first: int, rows: int) -> tuple[np.ndarray, ...]:
        k = int(batches[iteration])
        indices = training_indices(int(positions[iteration]), k * batch_size, source.count, seed)
        # The stream holds whole batches one after the other; the result has the batch first.
        indices = indices.reshape(k, batch_size).T[first : first + rows]
        images = source.read(indices.ravel())
        floats = to_float(images).reshape(rows, k, *images.shape[1:])
        return (floats, source.labels[indices].astype(np.int64)) if labelled else (floats,)

    return load
