"""Seconds, memory, and what this machine can do at best."""

import dataclasses
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# A side at which a matrix product reaches a processor's peak, and its operands leave the caches.
_PEAK_SIDE = {"CPU": 4096, "GPU": 8192}


@dataclasses.dataclass(frozen=True)
class Timing:
    """Seconds of one piece of work, over several repetitions."""

    median: float
    minimum: float
    maximum: float
    repetitions: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Timing":
        """From the seconds of each repetition."""
        return cls(statistics.median(seconds), min(seconds), max(seconds), len(seconds))


def time_in_words(seconds: float) -> str:
    """A length of time as people say it: "57 s", "40 minutes", "2.5 hours", "13 days"."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 120 * 60:
        return f"{seconds / 60:.0f} minutes"
    days = seconds >= 48 * 3600
    count, unit = (seconds / 86400, "days") if days else (seconds / 3600, "hours")
    return f"{count:,.0f} {unit}" if count >= 10 else f"{count:.2g} {unit}"


def measure(work: Callable, least: int = 5, most: int = 100, seconds: float = 2.0) -> Timing:
    """Times a piece of work, after two calls that are not counted.

    Args:
        work: called without arguments; must not return before its results are there.
        least, most: bounds of the number of repetitions.
        seconds: within the bounds, repeats for as long as this.
    """
    for _ in range(2):
        work()
    taken, began = [], time.perf_counter()
    while len(taken) < least or (len(taken) < most and time.perf_counter() - began < seconds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return Timing.of(taken)


def matmul_gflops(dtype: str) -> float:
    """GFLOP/s of a large square matrix product on the default device, the median of 5 or more."""
    import tensorflow as tf

    side = _PEAK_SIDE["GPU" if tf.config.list_physical_devices("GPU") else "CPU"]
    matrix = tf.cast(tf.random.stateless_uniform((side, side), (0, 0)), dtype)
    # One entry is fetched: it waits for the device and copies next to nothing.
    product = tf.function(lambda: tf.matmul(matrix, matrix)[0, 0], autograph=False)
    return 2e-9 * side**3 / measure(lambda: product().numpy()).median


def peak_memory() -> dict[str, float]:
    """GiB at most so far: resident memory of this process and, if there is one, of the GPU."""
    import tensorflow as tf

    memory = {}
    try:
        import resource
    except ImportError:  # not on Windows
        pass
    else:
        unit = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        memory["resident"] = peak * unit / 2**30
    if tf.config.list_physical_devices("GPU"):
        memory["gpu"] = tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**30
    return memory


def import_seconds() -> float:
    """Seconds that a new process needs until TensorFlow and Keras are imported."""
    code = "from wgan_tf.machine import runtime; runtime.start(); import keras"
    # Where the package lies, for it need not be installed.
    place = Path(__file__).parents[2]
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=place)
    return time.perf_counter() - start
