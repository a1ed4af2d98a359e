"""`--mode=train_judge`: trains an independent classifier to judge generated images by."""

from wgan_tf.training.classifiers import train as run

__all__ = ["run"]
