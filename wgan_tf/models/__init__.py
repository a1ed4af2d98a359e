"""The games, one file each: a `keras.Model` with a `train_step`, on the base in `adversarial`."""

from wgan_tf.registry import Registry

MODELS = Registry({"wgan": "wgan_tf.models.wgan:WGAN", "gan": "wgan_tf.models.gan:GAN"})
