"""Train a Wasserstein GAN, then let its critic, or a sober adviser, fine-tune what it generates.

    import wgan_tf

    images = wgan_tf.images("mnist5k", size=32, channels=1)
    run = wgan_tf.train(images, model="wgan", iterations=2000)
    z = run.sample_z(64, seed=0)
    better = run.refine(z, "gradient", guide="ratio", steps=30)
    report = wgan_tf.evaluate(better.images_after, images.test, before=better.images_before)
    wgan_tf.show(better.images_after)

`wgan_tf.models` holds the games as Keras models, `refine`, `metrics`, `networks`, `visualize` and
`data` what they are made of. Importing this package imports neither TensorFlow nor Keras; the first
use does. It is best imported before either.
"""

import importlib
import os
import sys
import warnings
from typing import TYPE_CHECKING

from wgan_tf.errors import UsageError, UserError

if TYPE_CHECKING:
    from wgan_tf import data, metrics, models, networks, refine, visualize
    from wgan_tf.doors.image_data import Images, images
    from wgan_tf.doors.measuring import evaluate
    from wgan_tf.doors.run import Run
    from wgan_tf.doors.showing import show
    from wgan_tf.doors.trained import load, train

__version__ = "0.1.0"
__all__ = [
    "Images",
    "Run",
    "UsageError",
    "UserError",
    "data",
    "evaluate",
    "images",
    "load",
    "metrics",
    "models",
    "networks",
    "refine",
    "show",
    "train",
    "visualize",
]

# What stands in which file; all other names are rooms.
_DOORS = {
    "Images": "image_data",
    "Run": "run",
    "evaluate": "measuring",
    "images": "image_data",
    "load": "trained",
    "show": "showing",
    "train": "trained",
}
_ROOMS = {name for name in __all__ if name not in _DOORS} - {"UsageError", "UserError"}
_ONEDNN, _BACKEND = "TF_ENABLE_ONEDNN_OPTS", "KERAS_BACKEND"
# Processors with one of these have oneDNN without being asked for it.
_FAST_BY_DEFAULT = {"avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16"}


if not TYPE_CHECKING:  # to a checker every name would be there

    def __getattr__(name: str):
        if name in _DOORS:
            return getattr(importlib.import_module(f"wgan_tf.doors.{_DOORS[name]}"), name)
        if name in _ROOMS:
            return importlib.import_module(f"wgan_tf.{name}")
        raise AttributeError(f"module 'wgan_tf' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _choose_backend() -> None:
    """Keras reads its backend once, when it is imported; all here is written for TensorFlow.

    Raises:
        UserError: it was imported with another.
    """
    keras = sys.modules.get("keras")
    chosen = keras.config.backend() if keras else os.environ.get(_BACKEND, "tensorflow")
    if keras and chosen != "tensorflow":
        raise UserError(
            f"Keras runs on {chosen} in this process, and wgan_tf needs tensorflow: set "
            f"{_BACKEND}=tensorflow before keras is imported"
        )
    if chosen != "tensorflow":
        warnings.warn(f"{_BACKEND}={chosen}: wgan_tf runs on tensorflow instead", stacklevel=4)
    os.environ[_BACKEND] = "tensorflow"


def _choose_onednn() -> None:
    """Off by default on many processors, and worth a factor of two on a CPU. It is read when
    TensorFlow is imported; an explicit setting of the user's wins.
    """
    late = "tensorflow" in sys.modules and _ONEDNN not in os.environ
    os.environ.setdefault(_ONEDNN, "1")
    if late and not _has_onednn():
        warnings.warn(
            "tensorflow was imported before wgan_tf and chose its slower operations, training "
            f"takes about twice as long: import wgan_tf first, or set {_ONEDNN}=1",
            stacklevel=4,
        )


def _has_onednn() -> bool:
    """Whether TensorFlow, which is imported, runs oneDNN's operations, as far as can be known."""
    if sys.platform == "darwin":  # where it is not part of it
        return True
    # Its own word, on any system; it is not asked to import anything more.
    port = sys.modules.get("tensorflow.python.util._pywrap_util_port")
    says = getattr(port, "IsMklEnabled", None)
    return bool(says() if says else _FAST_BY_DEFAULT & _processor_flags())


def _processor_flags() -> set[str]:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            lines = (line.split(":", 1)[1] for line in file if line.startswith("flags"))
            return set(next(lines, "").split())
    except OSError:  # another system
        return set()


_choose_backend()
_choose_onednn()
