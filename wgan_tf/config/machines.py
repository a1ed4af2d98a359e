"""On how many devices and machines training runs, and samples without end."""

import dataclasses

from wgan_tf.config.field import field, one_of, positive
from wgan_tf.files.shards import FORMS


@dataclasses.dataclass(frozen=True)
class MachinesConfig:
    """On how many devices and machines training runs."""

    strategy: str = field(
        "auto",
        "mirrored: all GPUs of this machine share every batch; multi_worker: several processes or "
        "machines, named in TF_CONFIG, share every batch; none: one device; auto: multi_worker "
        "where TF_CONFIG names several workers, else mirrored where there are several GPUs",
        "free", "all", one_of("auto", "none", "mirrored", "multi_worker"),
    )
    sync_batch_norm: bool = field(
        False,
        "batch norm takes the statistics of the whole batch, on whatever devices it lies, instead "
        "of those of each device's part",
        "training", "learn benchmark",
    )
    deterministic: bool = field(
        False,
        "only operations that give the same bits each time, where a GPU has faster ones; a CPU "
        "does so anyway",
        "free", "all",
    )


@dataclasses.dataclass(frozen=True)
class GenerateConfig:
    """Samples in files, as many as are wanted."""

    count: int = field(10_000, "samples in all", "free", "generate", positive)
    shard_size: int = field(
        10_000,
        "samples in a file; of png, jpg and webp: in a sub-folder, where --count is more",
        "free", "generate", positive,
    )
    shard_format: str = field(
        "tfrecord",
        "tfrecord (a PNG in each record, as --data_dir reads them), npz (an array of uint8), or a "
        "file for each sample: png, jpg or webp (without loss)",
        "free", "generate", one_of(*FORMS),
    )
