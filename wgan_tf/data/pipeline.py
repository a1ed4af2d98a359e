"""The real images of a training run as a `tf.data.Dataset`, one element per iteration."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from wgan_tf.data.order import training_indices
from wgan_tf.data.scaling import to_float
from wgan_tf.data.schedule import Schedule


@dataclasses.dataclass(frozen=True)
class Batches:
    """The fresh batches of an iteration, stacked along axis 1: one for every critic update, and
    behind them one for the generator's where it needs one.

    Attributes:
        images: float32 (rows, k, height, width, channels).
        labels: int64 (rows, k), or None.
        spare: batches that are no critic update's, 0 or 1.
    """

    images: tf.Tensor
    labels: tf.Tensor | None = None
    spare: int = 0

    @classmethod
    def of(cls, element, for_generator: bool = False) -> "Batches":
        """Of what `training_batches` gives in an iteration."""
        images, labels = element if isinstance(element, tuple) else (element, None)
        return cls(images, labels, int(for_generator))

    @property
    def size(self) -> tf.Tensor:
        """Rows of each batch."""
        return tf.shape(self.images)[0]

    @property
    def critic_updates(self) -> tf.Tensor:
        """How many critic updates they are for."""
        return tf.shape(self.images)[1] - self.spare

    @property
    def static_critic_updates(self) -> int | None:
        """As `critic_updates`, where the number is known before anything is computed; else None."""
        batches = self.images.shape[1]
        return None if batches is None else batches - self.spare

    def of_critic(self, update) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Images and labels of a critic update, numbered from 1."""
        labels = None if self.labels is None else self.labels[:, update - 1]
        return self.images[:, update - 1], labels

    def of_generator(self) -> tf.Tensor | None:
        """Images of the generator's update, where it needs any."""
        return self.images[:, -1] if self.spare else None


def stacked(images, schedule: Schedule) -> tf.Tensor:
    """An iteration's element in which all batches are this one."""
    return tf.stack([images] * schedule.batches(0), 1)


def training_batches(
    source,
    schedule: Schedule,
    *,
    seed: int,
    start: int,
    stop: int,
    labelled: bool = False,
    strategy: tf.distribute.Strategy | None = None,
) -> tf.data.Dataset | tf.distribute.DistributedDataset:
    """All real images that the iterations from `start` to before `stop` use.

    Iteration i gets k = schedule.batches(i) fresh batches and begins in the stream of `order` where
    iteration i - 1 ended, so a data set that starts at an iteration gives from there on what one
    that started at 0 would.

    Args:
        source: what `open_source` returned.
        schedule: how many batches each iteration takes, and how large they are.
        seed: what decides the order of the images.
        start, stop: the first iteration and the one after the last.
        labelled: whether the labels come with the images.
        strategy: whose replicas share every batch, each its own rows, so that no image comes twice
            and none is left out; each process reads those of its own replicas only. None: one
            replica has all.

    Returns:
        Elements for `Batches.of`: float32 (rows, k, height, width, channels) in [-1, 1], where
        rows are the batch's or a replica's, and k is static if it is the same in all iterations
        from `start` on, else None; labelled, pairs of them and int64 (rows, k).
    """
    counts = set(map(schedule.batches, range(start, stop)))
    replicas = 1 if strategy is None else strategy.num_replicas_in_sync
    rows, k = schedule.batch_size // replicas, counts.pop() if len(counts) == 1 else None
    shape = (rows, k, *source.read(np.array([0])).shape[1:])
    load = _loader(source, schedule, seed, labelled)
    types = (tf.float32, tf.int64) if labelled else (tf.float32,)
    shapes = (shape, shape[:2]) if labelled else (shape,)

    def part_of_batch(first: int, count: int) -> tf.data.Dataset:
        """The elements of `count` replicas from the first on, in turn."""

        def load_tensor(number: tf.Tensor):
            iteration, replica = number // count, first + number % count
            loaded = tf.numpy_function(load, [iteration, replica * rows, rows], types)
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


def _loader(source, schedule: Schedule, seed: int, labelled: bool) -> Callable:
    """The function from an iteration, a first row and a number of rows to these rows' images in
    all batches of the iteration, and their labels.
    """
    batch_size = schedule.batch_size

    def load(iteration: int, first: int, rows: int) -> tuple[np.ndarray, ...]:
        iteration = int(iteration)
        k, position = schedule.batches(iteration), schedule.images_before(iteration)
        indices = training_indices(position, k * batch_size, source.count, seed)
        # The stream holds whole batches one after the other; the result has the batch first.
        indices = indices.reshape(k, batch_size).T[first : first + rows]
        images = source.read(indices.ravel())
        floats = to_float(images).reshape(rows, k, *images.shape[1:])
        return (floats, source.labels[indices].astype(np.int64)) if labelled else (floats,)

    return load
