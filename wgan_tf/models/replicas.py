"""What several replicas of a model do so that together they compute what one would.

Each replica, a device, has a part of every batch. Random numbers are drawn for the whole batch and
every replica takes its rows, gradients are averaged by the optimizer, and what a replica keeps or
reports is averaged here. Only batch norm and other functions of a whole batch see a part of it;
batch norm may be synchronised.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

# The one entry of the logs in which several processes report.
_MEANS = "means"


def replica_count() -> int:
    """Of the strategy that this is traced under; 1 without any."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def own_rows(draw: Callable, batch):
    """This replica's rows of what is drawn for the batches of all.

    Args:
        draw: number of rows to a tensor of as many.
        batch: rows of this replica, as many as every other has.
    """
    count = replica_count()
    if count == 1:
        return draw(batch)
    first = tf.distribute.get_replica_context().replica_id_in_sync_group * batch
    return draw(count * batch)[first : first + batch]


def own_key(key):
    """A key of random numbers, int64 (2,), that differs from replica to replica."""
    if replica_count() == 1:
        return key
    replica = tf.distribute.get_replica_context().replica_id_in_sync_group
    return tf.random.experimental.stateless_fold_in(key, tf.cast(replica, tf.int64))


class Replicas:
    """What the replicas of a model tell each other at the end of an iteration, in one message.

    Made under the strategy that trains.
    """

    def __init__(self):
        # Each process has its own copy of both; the second is equal in all of them.
        self._asked, self._end = (tf.Variable(0.0, trainable=False) for _ in range(2))
        self._has_asked, self._names = False, ()
        self._several = isinstance(
            tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy
        )

    def ask_to_end(self) -> None:
        """Asks all processes to end training, at one iteration: this one, or of several the next.
        """
        self._has_asked = True
        self._asked.assign(1.0)

    @property
    def ends_training(self) -> bool:
        """Whether any process has asked for it, of several before the last iteration ended."""
        return bool(self._end.numpy()) if self._several else self._has_asked

    def settle(self, logs: dict, variables: list) -> dict:
        """Averages over the replicas what each reports and what each has moved.

        Args:
            logs: scalars by name.
            variables: float32, of which every replica has its own copy.

        Returns:
            The means of the logs. Of several processes in one entry, since Keras averages each once
            more, in two messages; `logs` takes it apart.
        """
        if replica_count() == 1:
            return logs
        context = tf.distribute.get_replica_context()
        values = [*logs.values(), *map(tf.convert_to_tensor, variables), self._asked.read_value()]
        flat = tf.concat([tf.reshape(tf.cast(value, tf.float32), [-1]) for value in values], 0)
        mean = context.all_reduce(tf.distribute.ReduceOp.MEAN, flat)
        parts = tf.split(mean, [value.shape.num_elements() for value in values])
        for variable, part in zip([*variables, self._end], parts[len(logs) :], strict=True):
            variable.assign(tf.reshape(part, variable.shape))
        self._names = tuple(logs)
        if self._several:
            return {_MEANS: mean[None, : len(logs)]}
        return {name: part[0] for name, part in zip(logs, parts, strict=False)}

    def logs(self, returned: dict) -> dict:
        """The means of an iteration by name, given what `fit` tells its callbacks."""
        if _MEANS not in returned:
            return returned
        return dict(zip(self._names, np.asarray(returned[_MEANS]).tolist(), strict=True))
