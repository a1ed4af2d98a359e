"""Train a Wasserstein GAN, then let its critic fine-tune what it generates.

    import wgan_tf
    model = wgan_tf.load("logs/mnist5k")
    z = model.sample_z(64, seed=0)
    better = wgan_tf.refine.REFINERS["z_iterator"](model, z, steps=200)

Importing this package imports neither TensorFlow nor Keras; the first use of `load` or of a
sub-package does.
"""

import importlib
import os

# Off by default on many processors, and worth a factor of two on a CPU; it is read when
# TensorFlow is imported. An explicit setting of the user's wins.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
# Keras 3 reads its backend once; everything here is written against TensorFlow.
os.environ["KERAS_BACKEND"] = "tensorflow"

from wgan_tf.errors import UserError as UserError  # noqa: E402

_LAZY = ("data", "metrics", "models", "networks", "refine", "visualize")


def __getattr__(name: str):
    if name == "load":
        return importlib.import_module("wgan_tf.runs").load
    if name in _LAZY:
        return importlib.import_module(f"wgan_tf.{name}")
    raise AttributeError(f"module 'wgan_tf' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), "load", *_LAZY])
