"""A moving average of the generator's weights, which draws better samples than the last ones."""

import contextlib

import tensorflow as tf

from wgan_tf.networks.batch_norm import measured_anew

# Batches on which the statistics of the averaged weights are measured, and images in each.
_BATCHES, _BATCH_SIZE = 8, 64


class Average:
    """The average of a model's generator, and whether the generator has it or its own weights.

    The decay rises with the iterations, (1 + i) / (10 + i), up to its own: an average that began
    long ago would remember weights that drew nothing.

    Args:
        model: a `GenerativeModel` that holds the average's variables.
        decay: in (0, 1).

    Source: Yazici et al. 2019, "The unusual effectiveness of averaging in GAN training"; the rise
    is that of `tf.train.ExponentialMovingAverage`.
    """

    def __init__(self, model, decay: float):
        self.model, self.decay = model, decay
        self.weights = [
            model.add_weight(
                shape=v.shape,
                initializer="zeros",
                trainable=False,
                autocast=False,
                name=f"average_{v.path.replace('/', '_')}",
                aggregation="only_first_replica",
            )
            for v in model.generator.trainable_variables
        ]
        for average, v in zip(self.weights, model.generator.trainable_variables, strict=True):
            average.assign(v)
        self.settled = False

    def own_and_average(self) -> tuple[dict, dict]:
        """The variables that hold the generator's own weights, and those that hold the average, by
        the paths of the generator's.
        """
        paths = [v.path for v in self.model.generator.trainable_variables]
        own, average = self.model.generator.trainable_variables, self.weights
        if self.settled:
            own, average = average, own
        return dict(zip(paths, own, strict=True)), dict(zip(paths, average, strict=True))

    def move(self) -> None:
        """After an update of the generator: a step towards its weights."""
        done = tf.cast(tf.convert_to_tensor(self.model.iteration), tf.float32)
        decay = tf.minimum(self.decay, (1.0 + done) / (10.0 + done))
        for average, v in zip(self.weights, self.model.generator.trainable_variables, strict=True):
            before = tf.convert_to_tensor(average)
            average.assign(before + (1.0 - decay) * (v.value - before))

    def settle(self) -> None:
        """The generator has the average from now on, with statistics measured for it, and its own
        weights are kept here.
        """
        if not self.settled:
            self._swap()
        self._measure()

    def unsettle(self) -> None:
        """The generator has its own weights again."""
        if self.settled:
            self._swap()

    @contextlib.contextmanager
    def in_use(self):
        """In the block the generator has the average, with statistics measured for it."""
        if self.settled:
            yield
            return
        moving = self.model.generator.non_trainable_variables
        before = [v.numpy() for v in moving]
        self._swap()
        try:
            self._measure()
            yield
        finally:
            self._swap()
            for variable, value in zip(moving, before, strict=True):
                variable.assign(value)

    def _measure(self) -> None:
        model = self.model
        parts = (model.statistics_z(index, _BATCH_SIZE) for index in range(_BATCHES))
        measured_anew(model.generator, parts)

    def _swap(self) -> None:
        for average, v in zip(self.weights, self.model.generator.trainable_variables, strict=True):
            kept = average.numpy()
            average.assign(v)
            v.assign(kept)
        self.settled = not self.settled
