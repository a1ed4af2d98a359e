"""How TensorFlow is started and what it runs on: devices, precision, XLA.

Threads are left to TensorFlow: two operations at a time, each on all cores. On two cores, one
operation at a time was as fast alone (2.4 s against 2.3 s an iteration of the standard case) and
slowed down more beside a busy process (1.85 x against 1.6 x); one thread per operation was slower
alone, above all in the generator's step, which has nothing to do side by side.
"""

import contextlib
import logging
import os
import re
import sys
import tempfile

from wgan_tf.errors import UserError
from wgan_tf.machine.cluster import VARIABLE, Cluster, read_cluster
from wgan_tf.machine.guest import is_guest

# What TensorFlow 2.21 writes while it is imported or looks for a GPU, whatever its log level says.
_NOISE = re.compile(
    r"^(WARNING: All log messages before absl|[IWE]0000 |To enable the following|"
    r"\d{4}-\d\d-\d\d .*(cuda|cpu_feature_guard|port\.cc))",
)


@contextlib.contextmanager
def _quiet():
    """Holds back what native code writes to stderr, then lets through all but known noise."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            file.seek(0)
            for line in file.read().decode(errors="replace").splitlines(keepends=True):
                if not _NOISE.match(line):
                    sys.stderr.write(line)


def start(wanted: str = "auto", deterministic: bool = False) -> None:
    """Imports TensorFlow quietly and sets up its devices, before anything else uses it.

    Args:
        wanted: as `cluster.settled` gives it; several workers find each other here, which waits
            for all of them.
        deterministic: whether operations that give other bits each time are avoided.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _quiet():
        import tensorflow as tf

        for gpu in tf.config.list_physical_devices("GPU"):
            # All of the memory at once would leave none for a second run or for the desktop.
            tf.config.experimental.set_memory_growth(gpu, True)
        # It fails on a convolution with bias whose LeakyReLU is differentiated, and says so to the
        # user; where it works it saves nothing that could be measured.
        tf.config.optimizer.set_experimental_options({"remapping": False})
        if deterministic:
            tf.config.experimental.enable_op_determinism()
    if wanted == "multi_worker":
        print(f"{read_cluster()}: waiting for the others", flush=True)
    with _quiet():
        strategy(wanted)
        tf.constant(0)
    if not is_guest():
        # --verbosity=1 is about this program, not about how fonts are found.
        for name in ("matplotlib", "PIL", "h5py"):
            logging.getLogger(name).setLevel(logging.WARNING)


def start_as_guest() -> None:
    """As `start`, in a process that may have used TensorFlow already; after the first time nothing.
    """
    if not _chosen:
        # What has begun to run keeps its memory and its options.
        with contextlib.suppress(RuntimeError):
            start()
        strategy()


# The strategy of the process.
_chosen = []


def strategy(wanted: str = "auto"):
    """How a batch is shared, by `--strategy`; the first call decides for the process.

    Several workers must be the first that TensorFlow hears of, so `start` calls this.
    """
    if not _chosen:
        _chosen.append(_make_strategy(wanted))
    return _chosen[0]


def _make_strategy(wanted: str):
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if wanted == "multi_worker":
        return tf.distribute.MultiWorkerMirroredStrategy()
    if wanted == "mirrored" or wanted == "auto" and len(gpus) > 1:
        # Without GPUs it is the logical devices of the processor, of which there is one unless
        # they are asked for.
        kind = "GPU" if gpus else "CPU"
        devices = [device.name for device in tf.config.list_logical_devices(kind)]
        return tf.distribute.MirroredStrategy(devices)
    return tf.distribute.get_strategy()


def workers() -> Cluster | None:
    """The processes that share the training, None where this is the only one."""
    import tensorflow as tf

    several = isinstance(strategy(), tf.distribute.MultiWorkerMirroredStrategy)
    return read_cluster() if several else None


def is_chief() -> bool:
    """Whether this process writes what a run leaves behind: the only one, or the first of several.

    All of several read the run's folder.
    """
    cluster = workers()
    return cluster is None or cluster.is_chief


def gathered(number: int) -> list[int]:
    """A number of each process that shares the training, as often as it has replicas; waits for
    all of them.

    Raises:
        UserError: one is gone.
    """
    import tensorflow as tf

    if workers() is None:
        return [number]
    local = tf.constant([number], tf.int64)

    def gather():
        return strategy().gather(strategy().run(lambda: local), axis=0)

    try:
        # A concrete function: a new one for each call would be taken for retracing by mistake.
        traced = tf.function(gather, autograph=False).get_concrete_function()
        return traced().numpy().tolist()
    except tf.errors.OpError as error:
        message = gone(error)
        if not message:
            raise
        raise UserError(message) from error


def gone(error: Exception) -> str | None:
    """What to say of an error in several processes that comes of one that ended; else None."""
    import tensorflow as tf

    cluster = workers()
    if cluster is None or not isinstance(error, tf.errors.OpError):
        return None
    who = cluster.gone(error.message)
    return who and (
        f"{who} left the training; start all workers again, each with its own {VARIABLE}: training "
        "goes on from the last checkpoint"
    )


def precision(wanted: str) -> str:
    """The Keras policy that `--precision` means on this machine.

    "auto" is mixed_bfloat16 where all GPUs multiply bfloat16 in hardware (compute capability 8.0,
    Ampere, and later): it halves the memory traffic and, unlike mixed_float16, needs no loss
    scaling. On a CPU it is float32: bfloat16 is emulated on most, and even where it is not, it
    slows small networks down.
    """
    import tensorflow as tf

    if wanted != "auto":
        return wanted
    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    capable = [detail.get("compute_capability", (0, 0)) >= (8, 0) for detail in details]
    return "mixed_bfloat16" if capable and all(capable) else "float32"


def jit_compile(strategy) -> bool:
    """Whether training is compiled by XLA: on one GPU.

    There it joins the element-wise operations between convolutions into few kernels. On a CPU its
    convolutions are slower than oneDNN's (4.6 s against 3.1 s an iteration of the standard case).
    Several replicas merge their gradients between compiled parts.

    XLA draws other z's for the same seed: a run stays reproducible on machines of one kind only.
    """
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU")) and strategy.num_replicas_in_sync == 1
