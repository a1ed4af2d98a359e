"""On how many devices and machines training runs, and samples without end."""

import dataclasses

from wgan_tf.config.field import CLASSIFYING, GENERATING, LEARNING, field, one_of, positive
from wgan_tf.errors import UsageError

# What several processes can share.
SHARED = ("train", *CLASSIFYING)
STRATEGIES = ("auto", "none", "mirrored", "multi_worker")
SHARD_FORMATS = ("tfrecord", "npz")
MOST_SHARDS = 99_999  # their names have five digits


@dataclasses.dataclass(frozen=True)
class MachinesConfig:
    """On how many devices and machines training runs."""

    strategy: str = field(
        "auto",
        "mirrored: all GPUs of this machine share every batch; multi_worker: several processes or "
        "machines, named in TF_CONFIG, share every batch; none: one device; auto: multi_worker "
        "where TF_CONFIG names several workers, else mirrored where there are several GPUs",
        "free",
        LEARNING,
        one_of(*STRATEGIES),
    )
    sync_batch_norm: bool = field(
        False,
        "batch norm takes the statistics of the whole batch, on whatever devices it lies, instead "
        "of those of each device's part",
        "training",
        LEARNING,
    )
    deterministic: bool = field(
        False,
        "only operations that give the same bits each time, where a GPU has faster ones; a CPU "
        "does so anyway",
        "free",
        LEARNING,
    )


@dataclasses.dataclass(frozen=True)
class GenerateConfig:
    """Samples in files, as many as are wanted."""

    count: int = field(10_000, "samples in all", "free", GENERATING, positive)
    shard_size: int = field(10_000, "samples in a file", "free", GENERATING, positive)
    shard_format: str = field(
        "tfrecord",
        "tfrecord (a PNG in each record, as --data_dir reads them) or npz (an array of uint8)",
        "free",
        GENERATING,
        one_of(*SHARD_FORMATS),
    )


def check_shards(generation: GenerateConfig) -> None:
    """Refuses more files than can be named.

    Raises:
        UsageError: saying how many.
    """
    count, size = generation.count, generation.shard_size
    if -(-count // size) > MOST_SHARDS:
        raise UsageError(
            f"--shard_size={size}: {count} samples make {-(-count // size)} files, at most "
            f"{MOST_SHARDS} can be; put more into each"
        )
