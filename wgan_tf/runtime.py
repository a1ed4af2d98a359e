"""How TensorFlow is started and what it runs on."""

import contextlib
import logging
import os
import re
import sys
import tempfile

# What TensorFlow 2.21 writes while it is imported or looks for a GPU, whatever its log level says.
_NOISE = re.compile(
    r"^(WARNING: All log messages before absl|[IWE]0000 |To enable the following|"
    r"\d{4}-\d\d-\d\d .*(cuda|cpu_feature_guard|port\.cc))",
)


@contextlib.contextmanager
def _quiet():
    """Holds back what native code writes to stderr, then lets through all but known noise."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            file.seek(0)
            for line in file.read().decode(errors="replace").splitlines(keepends=True):
                if not _NOISE.match(line):
                    sys.stderr.write(line)


def start() -> None:
    """Imports TensorFlow quietly and sets up its devices, before anything else uses it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _quiet():
        import tensorflow as tf

        for gpu in tf.config.list_physical_devices("GPU"):
            # All of the memory at once would leave none for a second run or for the desktop.
            tf.config.experimental.set_memory_growth(gpu, True)
        tf.constant(0)
    # --verbosity=1 is about this program, not about how fonts are found.
    for name in ("matplotlib", "PIL", "h5py"):
        logging.getLogger(name).setLevel(logging.WARNING)


def strategy():
    """Several GPUs of this machine share every batch; else no distribution."""
    import tensorflow as tf

    if len(tf.config.list_physical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()
