"""Optimizers by name, among them TensorFlow 1's RMSProp, which Keras lacks."""

import keras


@keras.saving.register_keras_serializable("wgan_tf")
class TF1RMSprop(keras.optimizers.RMSprop):
    """RMSProp with TensorFlow 1's arithmetic.

    Its mean-square slot starts at one, not zero, so that the first steps are short; the update is
    learning_rate * g / sqrt(mean_square + epsilon) with epsilon 1e-10.

    Source: `tf.compat.v1.train.RMSPropOptimizer`.
    """

    def __init__(self, learning_rate=5e-5, rho=0.9, epsilon=1e-10, name="rmsprop", **kwargs):
        super().__init__(learning_rate, rho=rho, epsilon=epsilon, name=name, **kwargs)

    def build(self, variables):
        """Creates the slots for these variables."""
        super().build(variables)
        for slot in self._velocities:
            slot.assign(keras.ops.ones_like(slot))


def _tf1_adam(learning_rate: float, param: float) -> keras.optimizers.Optimizer:
    # Keras' Adam computes what TensorFlow 1's does, up to the default of epsilon.
    return keras.optimizers.Adam(learning_rate, beta_1=param, epsilon=1e-8, name="adam")


OPTIMIZERS = {
    "RMSProp": lambda rate, param: TF1RMSprop(rate, rho=param),
    "Adam": _tf1_adam,
    "keras_rmsprop": lambda rate, param: keras.optimizers.RMSprop(rate, rho=param, name="rmsprop"),
    "keras_adam": lambda rate, param: keras.optimizers.Adam(rate, beta_1=param, name="adam"),
}


def make_optimizer(name: str, learning_rate: float, param: float) -> keras.optimizers.Optimizer:
    """A new optimizer.

    Args:
        name: a key of OPTIMIZERS.
        learning_rate: positive.
        param: decay of RMSProp or beta 1 of Adam, in [0, 1).
    """
    return OPTIMIZERS[name](learning_rate, param)
