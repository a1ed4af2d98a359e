"""What movers of z share: all steps of a block of samples in one compiled loop."""

import time

import numpy as np
import tensorflow as tf

from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.method import Method, Result
from wgan_tf.refine.methods.space import Space


class Mover(Method):
    """Moves each latent by the gradient of its guide's value.

    A sub-class has `step` and, where its state is more than z, `begin` and `end`.

    Args:
        model, guide: see `Method`.
        rate: length of a step in units of the gradient.
    """

    # Gradients that are needed before the first step.
    ahead = 0

    def __init__(self, model, guide, rate: float):
        super().__init__(model, guide)
        self.rate, self.space = rate, Space(model)
        # Blocks have two sizes at most; state is a tuple of as many tensors as a method needs.
        self._begin = tf.function(self.begin, autograph=False)
        self._run = tf.function(self._steps, autograph=False)
        self._end = tf.function(self.end, autograph=False)

    def begin(self, z: tf.Tensor, key) -> tuple:
        """The state (tensors of n rows each) before the first step."""
        return (z,)

    def step(self, state: tuple, key) -> tuple[tuple, tf.Tensor, tf.Tensor]:
        """One step.

        Returns:
            The next state, the values (n,) of the guide before it, and which rows moved, (n,).
        """
        raise NotImplementedError

    def end(self, state: tuple) -> tf.Tensor:
        """The latents of a state."""
        return state[0]

    def gradient(self, z: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The guide's values (n,) and their gradients by the latents, 0 where they may not move."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(z)
            values = self.value(z)
        return values, tape.gradient(values, z) * self.space.free

    def refined(self, z, budget, seed, on_record) -> Result:
        """See `Method`."""
        ((result, _),) = self.each(z, [budget], seed, on_record)
        return result

    def each(self, z, budgets, seed, on_record):
        """See `Method`: one way, on which there is a stop for every budget."""
        stops = [self._steps_within(budget) for budget in budgets]
        ends, seconds = [[] for _ in stops], np.zeros(len(stops))
        curve, moved = np.zeros(stops[-1]), np.zeros(stops[-1])
        for first in range(0, len(z), self.block):
            part = tf.constant(z[first : first + self.block])
            key = tf.constant([seed, first], tf.int64)
            self._compile(part, key)
            began, done = time.perf_counter(), 0
            state = self._begin(part, key)
            for place, stop in enumerate(stops):
                state, values, moves = self._run(state, tf.constant(done), tf.constant(stop), key)
                curve[done:stop] += values.numpy()
                moved[done:stop] += moves.numpy()
                ends[place].append(self._end(state).numpy())
                seconds[place] += time.perf_counter() - began
                done = stop
            on_record(first + len(part), float(values[-1]) / len(part))
        for place, stop in enumerate(stops):
            result = Result(
                np.concatenate(ends[place]),
                np.arange(len(z)),
                2 * (stop + self.ahead),
                {
                    "steps": stop,
                    "acceptance": moved[:stop].sum() / (stop * len(z)),
                    **self.settings(),
                },
                (curve[:stop] / len(z)).astype(np.float32),
                z,
            )
            yield result, seconds[place]

    def _steps_within(self, budget: int) -> int:
        steps = budget // 2 - self.ahead
        if steps < 1:
            raise UsageError(
                f"a budget of {budget} evaluations: a step costs 2"
                + (" and so does the state before the first" if self.ahead else "")
            )
        return steps

    def settings(self) -> dict:
        """What the result says of the method."""
        return {"rate": self.rate}

    def _compile(self, z, key) -> None:
        """What takes long before the first step and is none of its seconds."""
        shapes = self._begin.get_concrete_function(z, key).structured_outputs
        state = tuple(tf.TensorSpec(one.shape, one.dtype) for one in shapes)
        number = tf.TensorSpec((), tf.int32)
        self._run.get_concrete_function(state, number, number, key)
        self._end.get_concrete_function(state)

    def _steps(self, state, done, stop, key):
        """Steps `done` to `stop`, counted from 0."""

        def step(index, state, curve, moved):
            key_of_step = tf.random.experimental.stateless_fold_in(key, index)
            state, values, moves = self.step(state, key_of_step)
            curve = curve.write(index - done, tf.reduce_sum(values))
            moved = moved.write(index - done, tf.reduce_sum(tf.cast(moves, tf.float32)))
            return index + 1, state, curve, moved

        arrays = [tf.TensorArray(tf.float32, size=stop - done) for _ in range(2)]
        _, state, curve, moved = tf.while_loop(
            lambda index, *_: index < stop, step, (done, state, *arrays)
        )
        return state, curve.stack(), moved.stack()
