"""Random changes of images that keep their class, each a pure function of images and a key.

Images are float32 (batch, height, width, channels) in [-1, 1], square; a key is int64 (2,), the
seed of stateless random numbers. What comes from outside the image repeats its edge.
"""

import tensorflow as tf

# Of `turned`: turns in radians, scales and shifts in shares of the size.
_TURN, _SCALE, _SHIFT = 0.15, 0.1, 0.05
# Of `shifted`: the most pixels, as a share of the size (2 of 32).
_PIXELS = 1 / 16
# Of `cropped`: sides of the smallest square; brightness, contrast, saturation by up to this.
_SMALLEST_AREA, _JITTER = 0.7, 0.1


def unchanged(images: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """The images as they are."""
    return images


def turned(images: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """Turned, scaled and shifted a little: for digits, which must not be mirrored."""
    side = float(images.shape[1])
    drawn = tf.random.stateless_uniform((5, tf.shape(images)[0]), key, -1.0, 1.0)
    angle, scale_x, scale_y = _TURN * drawn[0], 1 + _SCALE * drawn[1], 1 + _SCALE * drawn[2]
    cos, sin = tf.cos(angle), tf.sin(angle)
    a, b, c, d = scale_x * cos, -scale_x * sin, scale_y * sin, scale_y * cos
    middle = (side - 1) / 2
    shift_x = middle * (1 - a - b) + _SHIFT * side * drawn[3]
    shift_y = middle * (1 - c - d) + _SHIFT * side * drawn[4]
    return transformed(images, (a, b, shift_x, c, d, shift_y), "BILINEAR")


def shifted(images: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """Half of them mirrored, and shifted by whole pixels, which blurs nothing."""
    side = float(images.shape[1])
    drawn = tf.random.stateless_uniform((3, tf.shape(images)[0]), key, -1.0, 1.0)
    flip, mirror = _mirror(drawn[0], side)
    reach = tf.floor(_PIXELS * side) + 0.49  # so that all whole numbers are equally likely
    shift_x, shift_y = tf.round(reach * drawn[1]), tf.round(reach * drawn[2])
    zero, one = tf.zeros_like(flip), tf.ones_like(flip)
    return transformed(images, (flip, zero, mirror + shift_x, zero, one, shift_y), "NEAREST")


def cropped(images: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """A crop of 70 to 100 % of the area with sides 3:4 to 4:3, resized; half mirrored; colours
    jittered.

    Source: the transforms of IE534/CS598 HW6 (2018): `RandomResizedCrop(scale=(0.7, 1.0))`,
    `ColorJitter(0.1, 0.1, 0.1)`, `RandomHorizontalFlip`; hue is left alone here.
    """
    side = float(images.shape[1])
    drawn = tf.random.stateless_uniform((8, tf.shape(images)[0]), key)
    area = _SMALLEST_AREA + (1 - _SMALLEST_AREA) * drawn[0]
    aspect = tf.exp(tf.math.log(4 / 3) * (2 * drawn[1] - 1))
    width = tf.minimum(tf.sqrt(area * aspect), 1.0)
    height = tf.minimum(tf.sqrt(area / aspect), 1.0)
    flip, mirror = _mirror(drawn[2] - 0.5, side)
    left, top = (1 - width) * drawn[3] * side, (1 - height) * drawn[4] * side
    # Centres of pixels are at half numbers: x_in = left + (x_out + 1/2) * width - 1/2.
    shift_x, shift_y = left + width / 2 - 0.5, top + height / 2 - 0.5
    zero = tf.zeros_like(width)
    images = transformed(
        images, (width * flip, zero, shift_x + width * mirror, zero, height, shift_y), "BILINEAR"
    )
    strengths = 1 + _JITTER * (2 * drawn[5:, :, None, None, None] - 1)
    return _jittered(images, *tf.unstack(strengths))


def _mirror(sign: tf.Tensor, side: float):
    """Slope and offset that mirror where the sign is positive."""
    flip = tf.where(sign > 0, -1.0, 1.0)
    return flip, tf.where(sign > 0, side - 1, 0.0)


def _jittered(images, brightness, contrast, saturation):
    """Colours multiplied around black, around the image's mean grey, and around each grey."""
    light = (images + 1) * brightness
    grey = tf.reduce_mean(light, -1, keepdims=True)
    mean = tf.reduce_mean(grey, [1, 2], keepdims=True)
    light = mean + (light - mean) * contrast
    grey = mean + (grey - mean) * contrast
    light = grey + (light - grey) * saturation
    return tf.clip_by_value(light - 1, -1.0, 1.0)


def transformed(images, rows, interpolation: str):
    """Output (x, y) is the input at (a x + b y + c, d x + e y + f).

    Args:
        images: (batch, height, width, channels).
        rows: a to f, each (batch,).
        interpolation: "NEAREST" or "BILINEAR".
    """
    zero = tf.zeros_like(rows[0])
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([*rows, zero, zero], 1),
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation=interpolation,
        fill_mode="NEAREST",
    )
