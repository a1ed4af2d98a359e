"""The losses, as pure functions of scores. High score = real.

The original's critic has the opposite sign (real is low); with f = -critic its losses are the
same numbers as these.
"""

from collections.abc import Callable

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


def gradient_penalty(
    score: Callable[[tf.Tensor], tf.Tensor], real: tf.Tensor, fake: tf.Tensor, mixing: tf.Tensor
) -> tf.Tensor:
    """mean (|gradient of f by x| - 1)^2 at x = mixing * real + (1 - mixing) * fake.

    Args:
        score: images (batch, height, width, channels) to scores (batch,), each of its own image.
        real, fake: images of equal batches.
        mixing: (batch, 1, 1, 1) in [0, 1].

    Source: Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", equation 3, without its
    weight.
    """
    images = mixing * real + (1 - mixing) * fake
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        total = tf.reduce_sum(score(images))
    squared = tf.reduce_sum(tf.square(tape.gradient(total, images)), [1, 2, 3])
    # The root's slope is infinite at 0, where the gradient of a critic that is constant lies.
    norm = tf.sqrt(tf.maximum(squared, 1e-12))
    return tf.reduce_mean(tf.square(norm - 1))


def class_loss(logits: tf.Tensor, labels: tf.Tensor, smoothing: float = 0.0) -> tf.Tensor:
    """Mean cross entropy of logits (batch, classes) against labels (batch,), in nats.

    Args:
        logits: unbounded.
        labels: int, from 0.
        smoothing: share of the target that is spread over all classes.

    Source: Odena et al. 2016, "Conditional Image Synthesis with Auxiliary Classifier GANs",
    equation 3; smoothing: Szegedy et al. 2015, section 7.
    """
    classes = logits.shape[-1]
    targets = tf.one_hot(labels, classes, 1 - smoothing + smoothing / classes, smoothing / classes)
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, logits))


def accuracy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Share of logits (batch, classes) that are highest at their label (batch,)."""
    right = tf.equal(tf.argmax(logits, 1), tf.cast(labels, tf.int64))
    return tf.reduce_mean(tf.cast(right, tf.float32))
