"""Optimizers by name; nothing here imports Keras until one is made."""

from wgan_tf.registry import Registry

# Each takes a rate, the decay of RMSProp, beta 1 of Adam or momentum, and beta 2 of Adam.
OPTIMIZERS = Registry(
    {
        "RMSProp": "wgan_tf.optimizers.steps:tf1_rmsprop",
        "Adam": "wgan_tf.optimizers.steps:tf1_adam",
        "keras_rmsprop": "wgan_tf.optimizers.steps:keras_rmsprop",
        "keras_adam": "wgan_tf.optimizers.steps:keras_adam",
        "sgd": "wgan_tf.optimizers.steps:sgd",
    }
)


def make_optimizer(name: str, learning_rate: float, param: float, beta_2: float = 0.999):
    """A new `keras.optimizers.Optimizer`.

    Args:
        name: a key of OPTIMIZERS.
        learning_rate: positive.
        param: decay of RMSProp, beta 1 of Adam or momentum of plain steps, in [0, 1).
        beta_2: of Adam, in [0, 1); the others have none.
    """
    return OPTIMIZERS[name](learning_rate, param, beta_2)
