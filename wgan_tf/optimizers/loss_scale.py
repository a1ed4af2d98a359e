"""Half floats: a loss that is scaled up so that small gradients are not lost, and not too far."""

from collections.abc import Callable

import keras
import tensorflow as tf

# Halvings in one update: from Keras' first scale, 2^15, down to 2^-9.
_MOST = 24


def scales_loss(optimizer) -> bool:
    """Whether it scales the loss and leaves an update out whose gradients are not finite."""
    return isinstance(optimizer, keras.optimizers.LossScaleOptimizer)


def finite_at_some_scale(optimizer, compute: Callable):
    """What `compute` gives, its gradients finite: where half floats have no room for them, the
    scale is halved and they are computed once more.

    Keras' optimizer would halve the scale and leave the update out. Of two networks that learn in
    turn with one scale, that leaves out updates of the one with larger gradients alone, while the
    other learns from it. Here neither misses any. Where gradients are not finite at any scale, it
    is as it was, and the update is left out.

    Args:
        optimizer: of the game; one without scaling computes once.
        compute: gives gradients of the loss as the optimizer scales it, and what else is wanted,
            as any structure of tensors.
    """
    if not scales_loss(optimizer) or tf.distribute.get_strategy().num_replicas_in_sync > 1:
        # Replicas find out together, in the optimizer, whether gradients are finite.
        return compute()
    first = tf.convert_to_tensor(optimizer.dynamic_scale)
    result = compute()
    flat = tf.nest.flatten(result)

    def again(tries, *_):
        optimizer.dynamic_scale.assign(first * 0.5 ** tf.cast(tries + 1, first.dtype))
        optimizer.step_counter.assign(0)
        return tries + 1, *tf.nest.flatten(compute())

    def broken(tries, *values):
        gradients, *_ = tf.nest.pack_sequence_as(result, values)
        return (tries < _MOST) & ~optimizer.check_finite(gradients)

    _, *flat = tf.while_loop(broken, again, (tf.constant(0), *flat))
    gradients, *rest = tf.nest.pack_sequence_as(result, flat)
    lost = ~optimizer.check_finite(gradients)
    scale = tf.convert_to_tensor(optimizer.dynamic_scale)
    optimizer.dynamic_scale.assign(tf.where(lost, first, scale))
    return (gradients, *rest)
