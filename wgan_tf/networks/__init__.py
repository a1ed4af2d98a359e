"""Network builders, one file per architecture; nothing here knows about training.

To add one: a file here, and a row below. Nothing here imports TensorFlow until it is built.
"""

import dataclasses
from collections.abc import Mapping

from wgan_tf.registry import Registry


@dataclasses.dataclass(frozen=True)
class Architecture:
    """What is known of an architecture before it is built.

    Attributes:
        entry: its builder.
        layers: of stride 2 in each network of a game, where there is no choice.
        one_width: whether all layers have the same width, which `--disc_dimension` gives.
        classifier: of fields of the configuration, the values with which it is trained as a
            classifier unless flags say otherwise; None: it builds none.
    """

    entry: str
    layers: int | None = None
    one_width: bool = False
    classifier: Mapping | None = None


ARCHITECTURES = {
    "dcgan": Architecture("wgan_tf.networks.strided:DCGAN"),
    "fast": Architecture(
        "wgan_tf.networks.fast:Fast",
        one_width=True,
        classifier={
            "disc_dimension": 64,
            "learning_rate": 5e-3,
            "batch_size": 128,
            "epochs": 12,
            "weight_decay": 0.02,
            "label_smoothing": 0.1,
            "augmentation": "shifted",
        },
    ),
    "homework": Architecture(
        "wgan_tf.networks.homework:Homework",
        layers=3,
        one_width=True,
        classifier={
            "disc_dimension": 196,
            "learning_rate": 1e-3,
            "batch_size": 128,
            "epochs": 100,
            "augmentation": "cropped",
        },
    ),
    "judge": Architecture(
        "wgan_tf.networks.judge:JudgeNetwork",
        one_width=True,
        classifier={
            "disc_dimension": 24,
            "learning_rate": 3e-3,
            "batch_size": 64,
            "label_smoothing": 0.1,
            "augmentation": "turned",
        },
    ),
    "points": Architecture("wgan_tf.networks.points:Points"),
}
NETWORKS = Registry({name: row.entry for name, row in ARCHITECTURES.items()})
# In which files `--mode=export` writes networks.
FORMATS = Registry(
    {
        "saved_model": "wgan_tf.networks.portable:SavedModel",
        "tflite": "wgan_tf.networks.portable:TFLite",
        "onnx": "wgan_tf.networks.portable:ONNX",
        "keras": "wgan_tf.networks.portable:KerasFile",
    }
)
# How the generators of `strided` double their maps.
UPSAMPLING = ("transposed", "resize")
CLASSIFIERS = tuple(name for name, row in ARCHITECTURES.items() if row.classifier is not None)
