"""What the modes that several workers share do beside training."""

import contextlib
import functools
import zlib
from collections.abc import Iterator

from absl import logging

from wgan_tf import runs
from wgan_tf.errors import UsageError, UserError
from wgan_tf.machine import runtime
from wgan_tf.machine.guest import say
from wgan_tf.runs import checkpoints
from wgan_tf.runs.locking import alone_in


@contextlib.contextmanager
def owned(logs_dir) -> Iterator[None]:
    """No other training writes in the folder, see `locking.alone_in`; of several workers the
    chief holds it for all, and all leave the block together.
    """
    with alone_in(logs_dir) if runtime.is_chief() else contextlib.nullcontext():
        try:
            yield
        except SystemExit:
            runtime.gathered(0)
            raise
        # Whoever left earlier would be taken for dead.
        runtime.gathered(0)


def check_shared(batch_size: int) -> None:
    """Refuses a batch that the devices cannot share equally.

    Raises:
        UsageError: they cannot.
    """
    devices = runtime.strategy().num_replicas_in_sync
    if batch_size % devices:
        raise UsageError(
            f"--batch_size={batch_size}: must be divisible by the {devices} devices that share it"
        )


def go_on(config, model) -> checkpoints.Restored | None:
    """As `checkpoints.go_on_from`; all workers must have found the same checkpoint.

    Raises:
        UserError: they have not.
    """
    folder = runs.checkpoint_dir(config.run.logs_dir)
    restored = checkpoints.go_on_from(folder, model)
    iterations = sorted(set(runtime.gathered(restored.iteration if restored else 0)))
    if len(iterations) > 1:
        raise UserError(
            f"{folder}: the workers find checkpoints of iterations "
            f"{', '.join(map(str, iterations))}: "
            "--logs_dir must be one folder that all of them see"
        )
    return restored


def check_equal(model) -> None:
    """Compares the variables of all workers, which are one model, bit for bit, and prints it."""
    if runtime.workers() is None:
        return
    values = checkpoints.variables(model).values()
    digest = functools.reduce(lambda so_far, v: zlib.crc32(v.numpy().tobytes(), so_far), values, 0)
    equal = len(set(runtime.gathered(digest))) == 1
    say(f"{runtime.workers()}: weights {digest:08x}, {'equal' if equal else 'NOT equal'} on all")
    if not equal:
        logging.warning("the workers' weights differ: their devices or versions are not alike")
