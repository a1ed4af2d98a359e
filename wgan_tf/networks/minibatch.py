"""Minibatch discrimination: each image also shows how near it is to the others of its batch."""

import keras
from keras import layers as kl
from keras import ops

from wgan_tf.networks.seeds import seed_of

# As many views of the features, and as many numbers in each.
KERNELS, NUMBERS = 50, 5


def nearness(features, seed: int):
    """How near the images of a batch are to each other, in `KERNELS` learnt views.

    In every view an image is `NUMBERS` numbers, linear in its features, and its nearness is the
    mean over the batch, itself included, of exp(-L1 distance): 1 where all images are alike, 1 / n
    where n images have nothing in common. The paper sums; a mean hardly depends on the batch's
    size, so that scores of samples compare with those of training. A score depends on the batch
    that an image stands in, in training as in inference.

    Args:
        features: symbolic (batch, n), of a functional model.
        seed: of the initial weights.

    Returns:
        (batch, KERNELS), symbolic. Made of Keras' own layers and operations, so that a saved
        network opens without this package.

    Source: Salimans et al. 2016, "Improved Techniques for Training GANs", section 3.2.
    """
    normal = keras.initializers.RandomNormal(0.0, 0.05, seed_of(seed, "nearness"))
    views = kl.Dense(
        KERNELS * NUMBERS, use_bias=False, kernel_initializer=normal, dtype="float32", name="views"
    )(features)
    views = kl.Reshape((KERNELS, NUMBERS), dtype="float32", name="views_apart")(views)
    distances = ops.sum(ops.abs(ops.expand_dims(views, 1) - ops.expand_dims(views, 0)), axis=-1)
    return ops.mean(ops.exp(-distances), axis=1)
