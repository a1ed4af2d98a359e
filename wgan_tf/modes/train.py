"""`--mode=train`: trains generator and critic, from the newest checkpoint if there is one."""

from wgan_tf.training.game import train as run

__all__ = ["run"]
