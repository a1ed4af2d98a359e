"""TFRecord files as a source of images: what tensorflow-datasets, TensorFlow's own converters and
`--mode=generate` write. See `tfrecord_format` for their form.
"""

import numpy as np

from wgan_tf.data import file_systems
from wgan_tf.data.cache import ImageCache
from wgan_tf.data.skipped import Skipped, printable
from wgan_tf.data.source import (
    REMOTE_THREADS,
    THREADS,
    ArraySource,
    Attempt,
    DecodingSource,
    Request,
    decode_all,
    described,
    fits_in_ram,
    sampled,
)
from wgan_tf.data.splits import part
from wgan_tf.data.tfrecord_format import Damaged, Records
from wgan_tf.errors import UserError

# Records that are tried until one is not damaged, to see what they hold.
_TRIED = 1000


def open_records(
    request: Request, root: str, names: list[str], skipped: Skipped, split: str | None = None
) -> ArraySource | DecodingSource:
    """The images of TFRecord files, in memory if they fit, else decoded as they are read and kept.

    Args:
        request: for images in a form.
        root: the files' folder, see `file_systems`.
        names: of the files in it, in order.
        skipped: takes files and records that cannot be used.
        split: "train" for all records or a part of them, see `splits`; None: the request's.

    Raises:
        UserError: there is no record with an image.
    """
    records = Records(root, names, skipped)
    where = f"TFRecords in {printable(root)}"
    if not len(records):
        raise UserError(f"{where}: no whole record, see the warnings")
    split = request.split if split is None else split
    records.choose(part(len(records), split))
    has_splits = split != request.split
    skipped.total += len(records)
    labelled = _is_labelled(records, where)
    threads = REMOTE_THREADS if file_systems.is_remote(root) else THREADS
    if fits_in_ram(len(records), request.shape):
        return _in_memory(request, records, labelled, where, has_splits, threads)

    def load(index: int) -> np.ndarray:
        encoded, label = records.parse(index)
        if labelled:
            _label(label)
        return request.decode(encoded)

    def read_labels() -> np.ndarray:
        """Of a record without one, the label of the image that takes its place."""
        labels, good = decode_all(
            lambda index: _label(records.parse(index)[1]),
            records,
            (),
            "reading labels",
            skipped,
            dtype=np.int64,
            threads=threads,
        )
        return labels[np.searchsorted(good, np.arange(len(records))) % len(good)]

    sampled(request, lambda index: records.parse(index)[0], len(records), few=True)
    load = ImageCache(load, len(records), request.shape, request.cache_dir)
    kept = f"decoded on the fly{f' and kept in {request.cache_dir}' if load.most else ''}"
    words = "with labels" if labelled else ""
    description = described(request, where, len(records), skipped, words, kept, has_splits)
    return DecodingSource(
        load,
        records,
        request.shape,
        description,
        skipped,
        labels=read_labels if labelled else None,
        threads=threads,
    )


def records_have_labels(root: str, names: list[str]) -> bool:
    """Whether the records of `open_records` have labels; of the first file with any.

    Raises:
        UserError: none of the first records can be used.
    """
    for name in names:
        records = Records(root, [name], Skipped(quiet=True))
        if len(records):
            return _is_labelled(records, f"TFRecords in {printable(root)}")
    return False


def _in_memory(
    request: Request, records: Records, labelled: bool, where: str, has_splits: bool, threads: int
) -> ArraySource:
    labels = np.zeros(len(records), np.int64)

    def load(index: int) -> np.ndarray:
        encoded, label = records.parse(index)
        if labelled:
            labels[index] = _label(label)
        return request.decode(encoded)

    images, good = decode_all(
        load, records, request.shape, "reading records", records.skipped, threads=threads
    )
    if not len(good):
        raise UserError(
            f"{where}: none of {len(records)} images can be decoded, see the "
            "warnings"
        )
    words = "with labels" if labelled else ""
    description = described(
        request, where, len(good), records.skipped, words, "in memory", has_splits
    )
    return ArraySource(
        images, description, labels[good] if labelled else None, skipped=records.skipped
    )


def _is_labelled(records: Records, where: str) -> bool:
    """Whether the first record that is not damaged has a label.

    Raises:
        UserError: so many are damaged, or have no image, that none will do.
    """
    attempt = Attempt(records.parse, records, records.skipped)
    for index in range(min(len(records), _TRIED)):
        record = attempt(index)
        if record is not None:
            return record[1] is not None and record[1] >= 0
    raise UserError(f"{where}: none of its first records can be used, see the warnings")


def _label(label: int | None) -> int:
    if label is None or label < 0:
        raise Damaged("no label")
    return label
