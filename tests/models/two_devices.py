"""Computations on two devices. TensorFlow sets devices up once per process: the fixture
`on_two_devices` runs these in a process of their own, and the tests look at what they return.
"""

from unittest import mock

import keras
import numpy as np
import tensorflow as tf

from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.data.pipeline import training_batches
from wgan_tf.data.schedule import Schedule
from wgan_tf.machine import runtime
from wgan_tf.models.breakdown import Search
from wgan_tf.optimizers import steps
from wgan_tf.training.callbacks.iterations import Iterations

SMALL = {"layers": 2, "z_dim": 4, "gen_dimension": 1, "disc_dimension": 4}


def start():
    """Splits the processor into two devices."""
    (processor,) = tf.config.list_physical_devices("CPU")
    parts = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(processor, parts)
    runtime.start("mirrored")


class Logs(Iterations):
    def __init__(self):
        super().__init__()
        self.logs = []

    def after(self, iteration, logs):
        self.logs.append({name: float(value) for name, value in logs.items()})


def copies(model):
    """Path to the values on every device, of all variables of both networks and all statistics."""
    networks = [network for network in (model.generator, model.critic) if network is not None]
    variables = {
        f"{network.name}/{variable.path}": variable
        for network in networks
        for variable in network.variables
    }
    for number, variable in enumerate(getattr(model, "real_statistics", ())):
        variables[f"real_statistics/{number}"] = variable
    if getattr(model, "average", None):
        for variable in model.average.weights:
            variables[f"average/{variable.name}"] = variable
    local = model.distribute_strategy.experimental_local_results
    return {
        path: [copy.numpy() for copy in local(variable.value)]
        for path, variable in variables.items()
    }


def _descent(rate, *_):
    return keras.optimizers.SGD(rate)


def trained(devices, iterations, labelled=False, plain_descent=False, **flags):
    """What a few iterations lead to.

    Args:
        devices: 1 or 2.
        iterations: of the training.
        labelled: whether the images come with their labels.
        plain_descent: puts plain gradient descent in the place of --optimizer=keras_adam.
        flags: of the configuration.

    Returns:
        {"replicas", "iteration", "updates", "logs" by iteration, "before" and "after": `copies`}.
    """
    strategy = runtime.strategy() if devices == 2 else None
    config = resolve({"image_size": "16", "batch_size": 8, **flags})
    classifier = config.network.model == "classifier"
    adam = _descent if plain_descent else steps.keras_adam
    with mock.patch.object(steps, "keras_adam", adam):
        model = runs.build_trainable(config, 9 if classifier else None, strategy)
    source = runs.open_images(config)
    for_generator = getattr(model, "generator_needs_real", False)
    schedule = Schedule(8, source.count, 1 if classifier else 2, for_generator=for_generator)
    batches = training_batches(
        source,
        schedule,
        seed=0,
        start=0,
        stop=iterations,
        strategy=strategy,
        labelled=labelled,
    )
    before, logs = copies(model), Logs()
    model.fit(batches, steps_per_epoch=iterations, verbose=0, shuffle=False, callbacks=[logs])
    return {
        "replicas": model.distribute_strategy.num_replicas_in_sync,
        "iteration": int(model.iteration.numpy()),
        "updates": int(model.optimizer.iterations.numpy()),
        "logs": logs.logs,
        "before": before,
        "after": copies(model),
    }


def searched(**flags):
    """What a search for broken numbers says of a sound iteration, and of two broken ones.

    Returns:
        {"sound": what it says, "iteration", "updates" and "after" of that, "images": what it says
        where the second device's second batch holds a NaN, "layer": where W_0's kernel is huge}.
    """
    strategy = runtime.strategy()
    config = resolve({"image_size": "16", "batch_size": 8, "model": "gan", **flags})
    model = runs.build_trainable(config, None, strategy)
    images = np.random.default_rng(0).uniform(-1, 1, (2, 4, 3, 16, 16, 1)).astype(np.float32)

    def data():
        return strategy.experimental_distribute_values_from_function(
            lambda context: tf.constant(images[context.replica_id_in_sync_group])
        )

    result = {
        "sound": Search(model).first_broken(data()),
        "iteration": int(model.iteration.numpy()),
        "updates": int(model.optimizer.iterations.numpy()),
        "after": copies(model),
    }
    images[1, 0, 1, 0] = np.nan
    result["images"] = Search(model).first_broken(data())
    model = runs.build_trainable(config, None, strategy)
    model.critic.get_layer("W_0").kernel.assign(np.full((5, 5, 1, 4), 3e38, np.float32))
    return result | {"layer": Search(model).first_broken(data())}
