"""`--mode=train_judge`: trains an independent classifier to judge generated images by."""

from wgan_tf.training.classifiers import run

__all__ = ["run"]
