"""Whether a machine can hold what is to be trained: an estimate from below, before anything is
built. What it is silent about may still be too much.
"""

import math
import os
from pathlib import Path

from wgan_tf.data.schedule import Schedule
from wgan_tf.models import GAMES

_CGROUP = Path("/sys/fs/cgroup/memory.max")
_FLOAT = 4  # bytes


def memory_note(config, learning: bool) -> str | None:
    """A line about what this machine can hardly hold, or None. It is tried all the same: swap, or a
    machine that tells less than it has, may do, and a run loses nothing where it does not.

    Args:
        config: of the command.
        learning: whether the networks are trained.
    """
    needed = least_bytes(config.data, config.network, config.training, learning)
    there = machine_bytes()
    if needed <= there:
        return None
    return (
        f"these networks and batches take {needed / 2**30:,.0f} GiB at least and this machine "
        f"has {there / 2**30:,.0f}: it may end for want of memory; a smaller --batch_size, "
        "--n_critic, --z_dim, --gen_dimension or --disc_dimension, or smaller widths, take less"
    )


def least_bytes(data, network, training, learning: bool) -> int:
    """Bytes that the networks take and, in training, their gradients, one slot of the optimizer,
    the batches of an iteration and the critic's first map of each side.

    Args:
        data, network, training: as in `Config`.
        learning: whether they are trained.
    """
    generator, critic = network.generator_channels, network.critic_channels
    first = data.size // 2 ** len(generator) if len(generator) > 1 else data.size // 8
    weights = _convolutions(critic)
    game = GAMES[network.model]
    if game.generator:
        weights += network.z_dim * first * first * generator[0] + _convolutions(generator)
    if not learning:
        return weights * _FLOAT
    pixels = data.batch_size * data.size**2
    batches = pixels * data.channels
    if game.generator:
        # How many images there are decides only when it is whose turn.
        batches *= Schedule.of(training, data.batch_size, 1).usual
    return (3 * weights + batches + 2 * (pixels // 4) * critic[0]) * _FLOAT


def _convolutions(widths) -> int:
    """Weights of 3x3 kernels from each width to the next; of networks of one width, of five."""
    pairs = zip(widths, widths[1:], strict=False) if len(widths) > 1 else [2 * widths[:1]] * 5
    return sum(9 * inner * outer for inner, outer in pairs)


def machine_bytes() -> float:
    """Memory of this machine, or what its container may have of it; infinite where the system does
    not say.
    """
    try:
        most = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no such call, others no such name
        most = math.inf
    if most <= 0:  # it is not known
        most = math.inf
    try:
        return min(most, int(_CGROUP.read_text(encoding="ascii")))
    except (OSError, ValueError):  # "max", or no such limit
        return most
