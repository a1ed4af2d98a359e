"""The two layers next to the images, which have one or three channels.

For the gradient of a strided convolution by an input of so few channels, which is also what a
transposed convolution to them computes, oneDNN's kernels need 1.2 ms (32 px, 16 grey maps, 64
images, two cores) where the arithmetic is worth 0.04: of an iteration of the digits' networks three
such took 4 of 27 ms. By blocks of 2 x 2 pixels, which have four times the channels and stride 1,
it takes 0.7. All else that is computed here is as Keras computes it.
"""

import keras
import tensorflow as tf


def of_images(layer: type[keras.layers.Layer]) -> type[keras.layers.Layer]:
    """The class to use next to images for Keras' `Conv2D` or `Conv2DTranspose`: on processors ours,
    on GPUs, whose kernels have no such gap, Keras'.
    """
    if tf.config.list_physical_devices("GPU"):
        return layer
    return {layer_.plain: layer_ for layer_ in (ImageConv2D, ImageConv2DTranspose)}[layer]


@keras.saving.register_keras_serializable("wgan_tf")
class ImageConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` with stride 2 and padding "same", whose gradient by the images is fast.

    Args:
        As Keras'; images of even sides.
    """

    plain = keras.layers.Conv2D

    def call(self, inputs):
        """Maps (batch, height / 2, width / 2, filters) of images (batch, height, width, few)."""
        maps = _convolved(inputs, tf.convert_to_tensor(self.kernel))
        return maps + self.bias if self.use_bias else maps


@keras.saving.register_keras_serializable("wgan_tf")
class ImageConv2DTranspose(keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose` with stride 2 and padding "same", fast for few filters.

    Args:
        As Keras'.
    """

    plain = keras.layers.Conv2DTranspose

    def call(self, inputs):
        """Images (batch, 2 height, 2 width, filters) of maps (batch, height, width, many)."""
        images = _transposed(inputs, tf.convert_to_tensor(self.kernel))
        return images + self.bias if self.use_bias else images


@tf.custom_gradient
def _convolved(images, kernel):
    """Strided convolution of images (batch, 2 h, 2 w, few) by a kernel (k, k, few, many)."""

    def gradient(upstream):
        return _transposed(upstream, kernel), _by_kernel(images, upstream, kernel.shape)

    return tf.nn.conv2d(images, kernel, 2, "SAME"), gradient


@tf.custom_gradient
def _transposed(maps, kernel):
    """The transpose of `_convolved` by its images: maps (batch, h, w, many) to images."""

    def gradient(upstream):
        return _convolved(upstream, kernel), _by_kernel(upstream, maps, kernel.shape)

    blocks = _between_blocks(kernel)
    batch, (height, width), few = tf.shape(maps)[0], maps.shape[1:3], kernel.shape[2]
    reach = blocks.shape[0] - 1
    shape = (batch, height + reach, width + reach, 4 * few)
    images = tf.nn.depth_to_space(tf.nn.conv2d_transpose(maps, blocks, shape, 1, "VALID"), 2)
    # Of the k - 2 pixels that "same" adds to even sides the smaller half is in front.
    first = (kernel.shape[0] - 2) // 2
    images = images[:, first : first + 2 * height, first : first + 2 * width]
    return tf.ensure_shape(images, (maps.shape[0], 2 * height, 2 * width, few)), gradient


def _by_kernel(images, maps, shape):
    """Gradient of `_convolved` by its kernel, given that by its maps."""
    return tf.raw_ops.Conv2DBackpropFilter(
        input=images,
        filter_sizes=shape.as_list(),
        out_backprop=maps,
        strides=(1, 2, 2, 1),
        padding="SAME",
    )


def _between_blocks(kernel):
    """A kernel (k, k, few, many) of stride 2 between pixels as one (n, n, 4 few, many) of stride 1
    between blocks of 2 x 2 of them.
    """
    odd = kernel.shape[0] % 2
    kernel = tf.pad(kernel, ((0, odd), (0, odd), (0, 0), (0, 0)))
    side, _, few, many = kernel.shape
    side //= 2
    parts = tf.transpose(tf.reshape(kernel, (side, 2, side, 2, few, many)), (0, 2, 1, 3, 4, 5))
    return tf.reshape(parts, (side, side, 4 * few, many))
