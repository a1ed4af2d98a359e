"""Sources of images, one file each; `pipeline` turns any of them into a `tf.data.Dataset`.

Nothing here imports TensorFlow except `pipeline` and, while they read, `tfds_source`, `records`
and, for paths with a scheme, `places`: a wrong flag has to be answered in under a second.
"""

from wgan_tf.registry import Registry

DATASETS = Registry(
    {
        "mnist5k": "wgan_tf.data.mnist5k:open_mnist5k",
        "folder": "wgan_tf.data.folder:open_folder",
        "tfds": "wgan_tf.data.tfds_source:open_tfds",
    }
)
_CHECKS = Registry(
    {
        "folder": "wgan_tf.data.folder:check_folder",
        "tfds": "wgan_tf.data.tfds_source:check_tfds",
    }
)


def source_kind(dataset: str | None, data_dir: str | None) -> str:
    """The key of `DATASETS` that is meant: any name that is not ours is one of tfds.

    Without a name it is `data_dir`, a folder of images, or mnist5k if there is none either.
    """
    if dataset is None:
        return "mnist5k" if data_dir is None else "folder"
    return dataset if dataset in ("mnist5k", "folder") else "tfds"


def check_source(dataset: str | None, data_dir: str | None) -> None:
    """Answers for wrong flags before anything slow is imported or anything is written.

    Raises:
        UsageError: no such folder, no such data set.
        UserError: a folder without images, or one that cannot be reached.
    """
    kind = source_kind(dataset, data_dir)
    if kind in _CHECKS:
        _CHECKS[kind](dataset, data_dir)


def open_source(
    dataset: str | None,
    data_dir: str | None,
    cache_dir: str,
    crop: int | None,
    size: int,
    channels: int,
    split: str = "train",
):
    """Opens a source of images.

    Args:
        dataset: "mnist5k", "folder", the name of a data set of tensorflow-datasets, or None
            (see `source_kind`).
        data_dir: the folder of images or TFRecords, local or on a path that `tf.io.gfile` reads
            (see `places`), or the folder in which tensorflow-datasets keeps its data (None: its
            own default).
        cache_dir: where parsed and resized images are kept for the next time.
        crop: side of the square that is cut out before resizing, or None (`preprocess.fit`).
        size: side of the images in pixels.
        channels: 1 (grey) or 3 (RGB).
        split: "train", "test" where there is one (mnist5k: 1,000 digits that "train" lacks), or any
            other of a data set of tensorflow-datasets.

    Returns:
        An object with `count`, `labels` (int64 (count,) or None), `class_names` (list or None),
        `read(indices (n,)) -> uint8 (n, size, size, channels)`, `skipped`, what could not be read
        (see `skipped`), and `description`, one line.

    Raises:
        UsageError: no such folder, no such data set.
        UserError: nothing to read there, or not without a network.
    """
    from wgan_tf.data.source import Request

    kind = source_kind(dataset, data_dir)
    return DATASETS[kind](
        Request(dataset or kind, data_dir, cache_dir, crop, size, channels, split)
    )
