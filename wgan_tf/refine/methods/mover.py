"""What movers of z share: all steps of a block of samples in one compiled loop."""

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
        self._run = tf.function(
            self._steps,
            [
                tf.TensorSpec((None, model.z_dim), tf.float32),
                tf.TensorSpec((), tf.int32),
                tf.TensorSpec((2,), tf.int64),
            ],
            autograph=False,
        )

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
        steps = budget // 2 - self.ahead
        if steps < 1:
            raise UsageError(
                f"a budget of {budget} evaluations: a step costs 2"
                + (" and so does the state before the first" if self.ahead else "")
            )
        self._run.get_concrete_function()
        ends, curve, moved = [], np.zeros(steps), np.zeros(steps)
        for first in range(0, len(z), self.block):
            part = z[first : first + self.block]
            end, values, moves = self._run(part, steps, [seed, first])
            ends.append(end.numpy())
            curve += values.numpy()
            moved += moves.numpy()
            on_record(first + len(part), float(values[-1]) / len(part))
        return Result(
            np.concatenate(ends),
            np.arange(len(z)),
            2 * (steps + self.ahead),
            {"steps": steps, "acceptance": moved.sum() / (steps * len(z)), **self.settings()},
            (curve / len(z)).astype(np.float32),
            z,
        )

    def settings(self) -> dict:
        """What the result says of the method."""
        return {"rate": self.rate}

    def _steps(self, z, steps, key):
        def step(index, state, curve, moved):
            key_of_step = tf.random.experimental.stateless_fold_in(key, index)
            state, values, moves = self.step(state, key_of_step)
            curve = curve.write(index, tf.reduce_sum(values))
            moved = moved.write(index, tf.reduce_sum(tf.cast(moves, tf.float32)))
            return index + 1, state, curve, moved

        arrays = [tf.TensorArray(tf.float32, size=steps) for _ in range(2)]
        state = self.begin(z, key)
        _, state, curve, moved = tf.while_loop(
            lambda index, *_: index < steps, step, (0, state, *arrays)
        )
        return self.end(state), curve.stack(), moved.stack()
