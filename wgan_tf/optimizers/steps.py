"""The optimizers: TensorFlow 1's RMSProp and Adam, which Keras lacks, Keras' own, and a sign's."""

import keras
from keras import ops


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
            slot.assign(ops.ones_like(slot))


@keras.saving.register_keras_serializable("wgan_tf")
class TF1Adam(keras.optimizers.Adam):
    """Adam with TensorFlow 1's arithmetic.

    Keras computes 1 - beta in double precision and beta^t anew at each step. TensorFlow 1 rounds
    beta first and multiplies the powers up, so that its steps differ by about 1e-5, which is
    enough to part two runs of a GAN. epsilon is 1e-8.

    Source: `tf.compat.v1.train.AdamOptimizer` and its kernel `ApplyAdam`.
    """

    def __init__(
        self, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8, name="adam", **kwargs
    ):
        super().__init__(
            learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon, name=name, **kwargs
        )

    def build(self, variables):
        """Creates the slots for these variables, and the powers of both betas."""
        if not self.built:
            self.beta_powers = [
                self.add_variable(
                    (),
                    keras.initializers.Constant(beta),
                    "float32",
                    "only_first_replica",
                    name=f"beta_{number}_power",
                )
                for number, beta in ((1, self.beta_1), (2, self.beta_2))
            ]
        super().build(variables)

    def apply(self, grads, trainable_variables=None):
        """One update of these variables; the powers are shared by all that are ever updated."""
        result = super().apply(grads, trainable_variables)
        for power, beta in zip(self.beta_powers, (self.beta_1, self.beta_2), strict=True):
            power.assign(power * ops.cast(beta, power.dtype))
        return result

    def update_step(self, gradient, variable, learning_rate):
        """One update of one variable."""
        dtype = variable.dtype
        gradient = ops.cast(gradient, dtype)
        beta_1, beta_2 = ops.cast(self.beta_1, dtype), ops.cast(self.beta_2, dtype)
        power_1, power_2 = (ops.cast(power, dtype) for power in self.beta_powers)
        rate = ops.cast(learning_rate, dtype) * ops.sqrt(1 - power_2) / (1 - power_1)
        index = self._get_variable_index(variable)
        mean, square = self._momentums[index], self._velocities[index]
        self.assign_add(mean, (gradient - mean) * (1 - beta_1))
        self.assign_add(square, (ops.square(gradient) - square) * (1 - beta_2))
        self.assign_sub(variable, mean * rate / (ops.sqrt(square) + self.epsilon))


@keras.saving.register_keras_serializable("wgan_tf")
class SignDescent(keras.optimizers.Optimizer):
    """Moves every value by the learning rate, against the sign of its gradient: none where it is 0.

    It moves images, never weights, so it is not among `OPTIMIZERS`.

    Source: Goodfellow et al. 2015, section 4 (fast gradient sign); Kurakin et al. 2017 (by steps).
    """

    def __init__(self, learning_rate, name="sign_descent", **kwargs):
        super().__init__(learning_rate, name=name, **kwargs)

    def update_step(self, gradient, variable, learning_rate):
        """One update of one variable."""
        rate = ops.cast(learning_rate, variable.dtype)
        self.assign_sub(variable, rate * ops.sign(ops.cast(gradient, variable.dtype)))


def tf1_rmsprop(rate: float, decay: float, _beta_2: float) -> TF1RMSprop:
    """See `make_optimizer`."""
    return TF1RMSprop(rate, rho=decay)


def tf1_adam(rate: float, beta_1: float, beta_2: float) -> TF1Adam:
    """See `make_optimizer`."""
    return TF1Adam(rate, beta_1, beta_2)


def keras_rmsprop(rate: float, decay: float, _beta_2: float) -> keras.optimizers.RMSprop:
    """See `make_optimizer`."""
    return keras.optimizers.RMSprop(rate, rho=decay, name="rmsprop")


def keras_adam(rate: float, beta_1: float, beta_2: float) -> keras.optimizers.Adam:
    """See `make_optimizer`."""
    return keras.optimizers.Adam(rate, beta_1, beta_2, name="adam")


def sgd(rate: float, momentum: float, _beta_2: float) -> keras.optimizers.SGD:
    """See `make_optimizer`."""
    return keras.optimizers.SGD(rate, momentum, name="sgd")


def make_classifier_optimizer(
    peak: float, steps: int, weight_decay: float = 0.0
) -> keras.optimizers.Optimizer:
    """AdamW whose rate rises for a fifth of the steps to its peak and falls to zero by the last.

    Args:
        peak: the highest rate, positive.
        steps: updates in all.
        weight_decay: share of every variable that a rate of 1 takes away per step.
    """
    warm = steps // 5
    rate = keras.optimizers.schedules.CosineDecay(
        0.0 if warm else peak, max(1, steps - warm), warmup_target=peak if warm else None,
        warmup_steps=warm,
    )
    return keras.optimizers.AdamW(rate, weight_decay=weight_decay, name="adamw")
