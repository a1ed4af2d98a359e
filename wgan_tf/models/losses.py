"""The losses, as pure functions of scores. High score = real.

The original's critic has the opposite sign (real is low); with f = -critic its losses are the
same numbers as these.
"""

from collections.abc import Callable
from typing import NamedTuple

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


def minimax_generator_loss(fake: tf.Tensor) -> tf.Tensor:
    """mean log(1 - D(G(z))) for logits (batch,): what the discriminator maximises, minimised.

    Its gradient vanishes where the discriminator is sure of the fakes.

    Source: Goodfellow et al. 2014, "Generative Adversarial Networks", equation 1.
    """
    return -tf.reduce_mean(tf.nn.softplus(fake))


def hinge_critic_loss(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """mean max(0, 1 - f(real)) + mean max(0, 1 + f(fake)), for scores (batch,).

    Source: Lim and Ye 2017, "Geometric GAN", equation 15. The generator's is -mean f(fake).
    """
    return tf.reduce_mean(tf.nn.relu(1 - real)) + tf.reduce_mean(tf.nn.relu(1 + fake))


def least_squares_critic_loss(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """Half the mean squares of f(real) - 1 and of f(fake), added, for scores (batch,).

    Source: Mao et al. 2017, "Least Squares Generative Adversarial Networks", equation 9.
    """
    return (tf.reduce_mean(tf.square(real - 1)) + tf.reduce_mean(tf.square(fake))) / 2


def least_squares_generator_loss(fake: tf.Tensor) -> tf.Tensor:
    """Half the mean square of f(fake) - 1, for scores (batch,); source as above."""
    return tf.reduce_mean(tf.square(fake - 1)) / 2


class Loss(NamedTuple):
    """What both sides of a game minimise.

    Attributes:
        critic: scores of real and of generated images, (batch,) each, to a scalar.
        generator: scores of generated images (batch,) to a scalar.
        threshold: the score above which an image counts as real; None: scores have no zero point.
    """

    critic: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    generator: Callable[[tf.Tensor], tf.Tensor]
    threshold: float | None


# The keys of `models.LOSSES`.
MINIMAX = Loss(cross_entropy_critic_loss, minimax_generator_loss, 0.0)
NON_SATURATING = Loss(cross_entropy_critic_loss, cross_entropy_generator_loss, 0.0)
WASSERSTEIN = Loss(wasserstein_critic_loss, wasserstein_generator_loss, None)
HINGE = Loss(hinge_critic_loss, wasserstein_generator_loss, 0.0)
LEAST_SQUARES = Loss(least_squares_critic_loss, least_squares_generator_loss, 0.5)


def code_loss(means: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
    """How badly continuous codes are read off images: half the squared error, summed over codes.

    It is, up to a constant, the cross entropy under a normal law of variance 1 around the means.

    Args:
        means, codes: (batch, number of codes), what is read off and what was asked for.

    Source: Chen et al. 2016, "InfoGAN", section 5, with a fixed variance.
    """
    return tf.reduce_mean(tf.reduce_sum(tf.square(means - codes), 1)) / 2


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


def squared_slope(slopes: tf.Tensor) -> tf.Tensor:
    """mean |gradient of f by x|^2, a scalar; gamma / 2 times this is the penalty R1.

    Args:
        slopes: gradients of scores by their images, (batch, height, width, channels).

    Source: Mescheder et al. 2018, "Which Training Methods for GANs do actually Converge?",
    equation 9, without gamma / 2.
    """
    return tf.reduce_mean(tf.reduce_sum(tf.square(tf.cast(slopes, tf.float32)), [1, 2, 3]))


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
