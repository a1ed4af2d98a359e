"""`--mode=train_classifier`: trains a discriminator on labels alone, without a generator."""

from wgan_tf.training.classifiers import train as run

__all__ = ["run"]
