"""Where the numbers of an iteration break: its computations one by one, each looked at."""

from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf

from wgan_tf.data.pipeline import Batches
from wgan_tf.models.replicas import replica_count

# What a look yields: a place in words, and the values there.
Pieces = Iterator[tuple[str, tf.Tensor]]


class Search:
    """Trains a model for single iterations, piece by piece, up to the first that is not finite.

    In order: the optimizer's slots and all weights; then for every update its images and latents,
    moving statistics and output of every layer, the loss, the gradients by every variable, and
    slots and weights afterwards. Gradients of scaled losses are passed over: there infinity only
    lowers the scale.

    Args:
        model: compiled, a game or a classifier, as it was before the iteration.
    """

    def __init__(self, model):
        self.model = model
        self.probes = {name: _probe(network) for name, network in model.networks.items()}
        self.look_at_variables = self._looking(self._variables)
        if model.generator is None:
            self.look, self.train = self._looking(self._classifier), self._running(model.train_step)
            return
        self.look_at_critic = self._looking(self._critic)
        self.look_at_generator = self._looking(self._generator)
        self.train_critic = self._running(lambda *x: model.critic_step(*self._for_critic(*x)))
        self.train_generator = self._running(
            lambda *x: model.generator_step(*self._for_generator(*x))
        )

    def first_broken(self, data) -> str | None:
        """Does one iteration.

        If nothing breaks, weights, slots and the iteration end as `train_step` leaves them; moving
        statistics, which training does not look at, do not.

        Args:
            data: what `train_step` is given.

        Returns:
            The first piece with a value that is NaN or infinite, in words; None if there is none.
        """
        place = self.look_at_variables()
        if place:
            return f"{place}, before its first update"
        for name, look, train, arguments in self._updates(data):
            place = look(*arguments)
            if not place:
                train(*arguments)
                place = self.look_at_variables()
            if place:
                return f"{place}, {name}"
        if self.model.generator is not None:
            self.model.iteration.assign_add(1)
        return None

    def _updates(self, data):
        """The updates of an iteration: name, the look, the training, the arguments of both."""
        model = self.model
        if model.generator is None:
            yield "in its update", self.look, self.train, (data,)
            return
        images = self._batches(data).images
        local = model.distribute_strategy.experimental_local_results(images)
        count = self._batches(local[0]).static_critic_updates
        for number in range(1, count + 1):
            name, arguments = f"in critic update {number} of {count}", (data, tf.constant(number))
            yield name, self.look_at_critic, self.train_critic, arguments
        if not (model.in_turn and count):
            name, arguments = "in the generator's update", (data, tf.constant(count))
            yield name, self.look_at_generator, self.train_generator, arguments

    # ------------------------------------------------------------------ what updates are given

    def _batches(self, data) -> Batches:
        return Batches.of(data, self.model.generator_needs_real)

    def _for_critic(self, data, number):
        """What `critic_step` is given in the critic update of this number, from 1."""
        return self.model.critic_inputs(self._batches(data), number)

    def _for_generator(self, data, count):
        """What `generator_step` is given after so many updates of the critic."""
        model, batches = self.model, self._batches(data)
        if model.matching.steps:
            _, z, *_ = self._for_critic(data, count)
        else:
            z = model._training_z(0, batches.size)
        return z, batches.of_generator()

    # ------------------------------------------------------------------ their pieces

    def _critic(self, data, number) -> Pieces:
        model, (real, z, labels, _) = self.model, self._for_critic(data, number)
        yield "the real images", real
        yield "the latents", z
        yield from self._outputs("generator", z)
        fake = model.seen(model.generator(z, training=True), number, generated=True)
        yield from self._outputs("critic", model.seen(real, number), " for real images")
        yield from self._outputs("critic", fake, " for generated images")
        gradients, logs = model.critic_gradients(real, z, labels, number)
        for name in (*model.term_logs, "critic_loss"):
            yield name, logs[name]
        yield from self._gradients("critic", gradients)

    def _generator(self, data, count) -> Pieces:
        model, (z, real) = self.model, self._for_generator(data, count)
        if real is not None:
            yield "the real images", real
            yield from self._outputs("critic", model.seen(real), " for real images")
        yield from self._outputs("generator", z)
        fake = model.seen(model.generator(z, training=True), generated=True)
        yield from self._outputs("critic", fake, " for generated images")
        gradients, loss = model.generator_gradients(z, real)
        yield "generator_loss", loss
        yield from self._gradients("generator", gradients)

    def _classifier(self, data) -> Pieces:
        yield "the training images", data[0]
        images, labels = self.model.augmented(data)
        yield "the augmented images", images
        yield from self._outputs("classifier", images)
        gradients, logs = self.model.gradients(images, labels)
        yield "loss", logs["loss"]
        yield from self._gradients("classifier", gradients)

    def _outputs(self, network: str, inputs, of: str = "") -> Pieces:
        """Moving statistics and outputs of all layers in training mode; none moves in the network.
        """
        names, probe = self.probes[network]
        moving = probe.non_trainable_variables
        variables = probe.trainable_variables, moving
        values = [[tf.convert_to_tensor(v) for v in group] for group in variables]
        outputs, moved = probe.stateless_call(*values, inputs, training=True)
        for name, output in zip(names, tf.nest.flatten(outputs), strict=True):
            for variable, value in zip(moving, moved, strict=True):
                if variable.path.startswith(f"{name}/"):
                    yield f"{network}/{variable.path}{of}", value
            yield f"the output of layer {name} of the {network}{of}", output

    def _gradients(self, network: str, gradients) -> Pieces:
        if isinstance(self.model.optimizer, keras.optimizers.LossScaleOptimizer):
            return
        variables = self.model.networks[network].trainable_variables
        for variable, gradient in zip(variables, gradients, strict=True):
            yield f"the gradient of {network}/{variable.path}", gradient

    def _variables(self) -> Pieces:
        """Slots first: weights are computed from them."""
        model = self.model
        for variable in model.optimizer.variables:
            yield f"the optimizer's {variable.path}", variable
        for name, network in model.networks.items():
            for variable in network.variables:
                yield f"{name}/{variable.path}", variable
        for variable in getattr(model, "real_statistics", ()):
            yield variable.path, variable

    # ------------------------------------------------------------------ how they are computed

    def _looking(self, pieces: Callable[..., Pieces]) -> Callable[..., str | None]:
        """A compiled function to the name of the first piece that is not finite in any replica."""
        names = []

        def verdicts(*arguments):
            floats = [(name, tf.convert_to_tensor(values)) for name, values in pieces(*arguments)]
            floats = [(name, values) for name, values in floats if values.dtype.is_floating]
            names[:] = [name for name, _ in floats]
            broken = [~tf.reduce_all(tf.math.is_finite(values)) for _, values in floats]
            counts = tf.cast(tf.stack(broken), tf.float32)
            if replica_count() > 1:
                context = tf.distribute.get_replica_context()
                counts = context.all_reduce(tf.distribute.ReduceOp.SUM, counts)
            return counts

        run = self._running(verdicts)

        def look(*arguments) -> str | None:
            results = self.model.distribute_strategy.experimental_local_results(run(*arguments))
            broken = np.flatnonzero(results[0].numpy())
            return names[broken[0]] if len(broken) else None

        return look

    def _running(self, function: Callable) -> Callable:
        """A function compiled as training is, so that it draws and computes what that does."""
        strategy, xla = self.model.distribute_strategy, self.model.jit_compile
        compiled = tf.function(
            lambda *arguments: strategy.run(function, arguments), jit_compile=xla, autograph=False
        )

        def run(*arguments):
            # Apart from the call: TensorFlow warns of many calls that trace.
            compiled.get_concrete_function(*arguments)
            return compiled(*arguments)

        return run


def _probe(network: keras.Model) -> tuple[list[str], keras.Model]:
    """The names of all layers and operations in order, and the network with all their outputs."""
    layers = [
        layer for layer in network.operations if not isinstance(layer, keras.layers.InputLayer)
    ]
    outputs = [layer.output for layer in layers]
    return [layer.name for layer in layers], keras.Model(network.inputs[0], outputs)
