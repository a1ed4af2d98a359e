"""Batch norm that trains with TensorFlow's fused kernel."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("wgan_tf")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization` over the channels of maps (batch, height, width, c).

    Same arguments, variables and numbers. Keras composes the moments and the normalisation of a
    dozen operations, each of which reads or writes the whole map; the kernel passes over it twice.
    In inference mode Keras' own is used: its gradient does no work for gamma and beta.

    Args:
        As Keras', for the last axis, without mask and renorm.
    """

    plain = keras.layers.BatchNormalization

    def call(self, inputs, training=None, mask=None):
        """Maps of the shape and dtype of the inputs."""
        if not (training and self.trainable):
            return super().call(inputs, training=False, mask=mask)
        if self.synchronized and tf.distribute.get_strategy().num_replicas_in_sync > 1:
            # The kernel sees one replica's part of the batch.
            return super().call(inputs, training=True)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma.value,
            offset=self.beta.value,
            mean=tf.zeros((0,)),
            variance=tf.zeros((0,)),
            epsilon=self.epsilon,
            is_training=True,
        )
        # The kernel reports the unbiased variance; Keras and the original keep the biased one.
        count = tf.cast(tf.size(inputs) // inputs.shape[-1], variance.dtype)
        variance *= (count - 1) / count
        for moving, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            before = tf.convert_to_tensor(moving)
            moving.assign(before * self.momentum + value * (1 - self.momentum))
        return outputs


def synchronise(network: keras.Model, together: bool) -> None:
    """Whether batch norm takes the statistics of all replicas' batches together in training."""
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.synchronized = together


def measured_anew(network: keras.Model, batches) -> None:
    """Sets the moving statistics of batch norm to the means over batches, each in training mode.

    Args:
        network: one input; nothing else of it moves.
        batches: an iterable of inputs.
    """
    norms = [x for x in network.layers if isinstance(x, keras.layers.BatchNormalization)]
    if not norms:  # layer norm and spectral norm have no statistics
        return
    moving = [(v, x.momentum) for x in norms for v in (x.moving_mean, x.moving_variance)]
    means = []
    for inputs in batches:
        for variable, _ in moving:
            variable.assign(tf.zeros(variable.shape))
        network(inputs, training=True)
        # From zero, one update leaves 1 - momentum of the batch's own statistics.
        means.append([variable.numpy() / (1 - momentum) for variable, momentum in moving])
    for (variable, _), values in zip(moving, zip(*means, strict=True), strict=True):
        variable.assign(sum(values) / len(values))


def plain(network: keras.Model) -> keras.Model:
    """A copy of a network in Keras' own layers, so that its file opens without this package.

    A layer of ours names the Keras layer that it stands for as `plain`; one whose weights are not
    those gives them as `plain_weights`.
    """

    def own_layer(layer):
        return getattr(layer, "plain", type(layer)).from_config(layer.get_config())

    copy = keras.models.clone_model(network, clone_function=own_layer)
    for layer in network.layers:
        if layer.weights:
            weights = getattr(layer, "plain_weights", layer.get_weights)()
            copy.get_layer(layer.name).set_weights(weights)
    return copy
