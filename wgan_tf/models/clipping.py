"""Weight clipping, the WGAN's way to bound its critic's slope."""

import tensorflow as tf


def clip_variables(variables, clip_value: float) -> None:
    """Clips every variable to [-clip_value, clip_value], in place.

    All trainable variables of the critic are meant, batch-norm gamma and beta included: a
    `kernel_constraint` would leave those out.

    Source: Arjovsky et al. 2017, algorithm 1, line 7; the original clips the same set.
    """
    for variable in variables:
        variable.assign(tf.clip_by_value(variable, -clip_value, clip_value))


def share_at_bound(variables, clip_value: float) -> tf.Tensor:
    """Share of all entries whose absolute value has reached clip_value, a scalar in [0, 1]."""
    reached = [tf.math.count_nonzero(tf.abs(v) >= clip_value) for v in variables]
    total = sum(v.shape.num_elements() for v in variables)
    return tf.cast(tf.add_n(reached), tf.float32) / float(total)
