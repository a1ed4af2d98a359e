"""One file per `--mode`, each with `run(config)`: composition only, no arithmetic.

What is known of each stands in `config/commands.py`.
"""

from wgan_tf.config.commands import COMMANDS
from wgan_tf.registry import Registry

MODES = Registry({name: f"wgan_tf.modes.{name}:run" for name in COMMANDS})
