"""The losses, as pure functions of scores. High score = real.

The original's critic has the opposite sign (real is low); with f = -critic its losses are the
same numbers as these.
"""

import tensorflow as tf

FEATURE_WEIGHT = 0.1


def wasserstein_critic_loss(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """mean f(fake) - mean f(real); minus this is the estimate of the Wasserstein distance.

    Args:
        real: scores of real images, (batch,).
        fake: scores of generated images, (batch,).

    Source: Arjovsky et al. 2017, "Wasserstein GAN", algorithm 1.
    """
    return tf.reduce_mean(fake) - tf.reduce_mean(real)


def wasserstein_generator_loss(fake: tf.Tensor) -> tf.Tensor:
    """-mean f(fake), for scores of generated images (batch,)."""
    return -tf.reduce_mean(fake)


def cross_entropy_critic_loss(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """Sigmoid cross entropy of logits (batch,) against real = 1, fake = 0, the two means added.

    Source: Goodfellow et al. 2014, "Generative Adversarial Networks", equation 1.
    """
    # softplus(-x) is the cross entropy of a logit x with label 1, softplus(x) with label 0.
    return tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))


def cross_entropy_generator_loss(fake: tf.Tensor) -> tf.Tensor:
    """Sigmoid cross entropy of the fake logits (batch,) against 1 (non-saturating)."""
    return tf.reduce_mean(tf.nn.softplus(-fake))


def feature_matching_loss(real: tf.Tensor, fake: tf.Tensor, crop_size: int) -> tf.Tensor:
    """Half the squared distance of two feature maps, summed, divided by crop_size squared.

    Args:
        real: features of real images, (batch, height, width, channels).
        fake: features of as many generated images, paired with them in order.
        crop_size: side of the crop in pixels (108 in the original's default).

    Source: `_gan_loss` of the original, which sums over the batch too.
    """
    # Under mixed precision features are half floats, whose squares overflow.
    change = tf.cast(real, tf.float32) - tf.cast(fake, tf.float32)
    return tf.nn.l2_loss(change) / float(crop_size**2)
