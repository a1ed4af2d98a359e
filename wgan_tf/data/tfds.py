"""Any image data set of tensorflow-datasets, by its name.

Its images are decoded and resized once and kept as a memory-mapped array in the cache folder.
Only preparing that array imports TensorFlow.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from absl import logging
from tqdm import tqdm

from wgan_tf.data import SOURCES
from wgan_tf.data.form import Form
from wgan_tf.data.reachable import is_reachable
from wgan_tf.data.skipped import one_line
from wgan_tf.data.source import THREADS, ArraySource, Request
from wgan_tf.errors import UsageError, UserError, nearest

# Where most data sets are stored; asked if one does not tell its own address.
STORAGE_URL = "https://storage.googleapis.com/"
_BATCH = 256
# Data sets whose images are stored with rows and columns exchanged, as EMNIST's authors have them.
_LYING = {"emnist"}


def check_tfds(name: str, data_dir: str | None) -> None:
    """Refuses a name that tensorflow-datasets does not know, with the closest it does.

    What is prepared under `data_dir` is known, whoever made it.
    """
    base = re.split(r"[/:]", name)[0]
    if data_dir is not None and base:
        if os.path.isdir(os.path.join(os.path.expanduser(data_dir), base)):
            return
    import tensorflow_datasets as tfds

    known = tfds.list_builders(with_community_datasets=False)
    if base in known:
        return
    named = [name for name, row in SOURCES.items() if row.help]
    guess = nearest(base, [*named, *known]) or ", use mnist5k, mnist, cifar10, ..."
    raise UsageError(f"--dataset={name}: tensorflow-datasets has no such data set{guess}")


def form_of_tfds(name: str, data_dir: str | None) -> Form:
    """The form of a data set's images by its own description, which needs no network.

    Nothing is known of one that cannot be described, which whoever opens it says.
    """
    try:
        builder = _builder(name, data_dir)
        height, width, channels = builder.info.features[_image_key(builder)].shape
    except Exception:  # some builders need packages or files of their own
        return Form()
    return Form(width, height, channels and min(channels, 3))


def open_tfds(request: Request) -> ArraySource:
    """One split of a data set, downloaded and prepared if it is not yet.

    Raises:
        UsageError: tensorflow-datasets has no data set of this name.
        UserError: it has no images or no such split, or must be downloaded and cannot be.
    """
    check_tfds(request.name, request.data_dir)
    builder = _builder(request.name, request.data_dir)
    key = _image_key(builder)
    if not builder.info.splits:
        _download(builder)
    _check_split(builder, request.split)
    label = _label_feature(builder)
    folder = _cache_folder(builder, request)
    arrays = _read_cache(folder, builder.info.splits[request.split].num_examples, request.shape)
    if arrays is None:
        _write_cache(folder, builder, key, label is not None, request)
        arrays = _read_cache(folder, builder.info.splits[request.split].num_examples, request.shape)
    if arrays is None:
        raise UserError(f"{folder} cannot be read back: give another --cache_dir")
    images, labels = arrays
    description = f"{builder.info.full_name}: {len(images)} {request.split} images, {request.form}"
    return ArraySource(
        images,
        description,
        labels if label is not None else None,
        list(label.names) if label is not None else None,
    )


def _builder(name: str, data_dir: str | None):
    import tensorflow_datasets as tfds

    data_dir = None if data_dir is None else os.path.expanduser(data_dir)
    try:
        return tfds.builder(name, data_dir=data_dir)
    except Exception as error:  # some builders need packages or files of their own
        raise UserError(f"--dataset={name}: {one_line(error)}") from error


def _image_key(builder) -> str:
    """The name of the feature that holds the image: "image" or else the first that is one."""
    import tensorflow_datasets as tfds

    features = dict(builder.info.features.items())
    keys = [
        key
        for key, feature in features.items()
        # Others, such as float32, are depth maps and the like, which have no white.
        if isinstance(feature, tfds.features.Image) and feature.np_dtype in (np.uint8, np.uint16)
    ]
    if not keys:
        listed = ", ".join(f"{key} ({type(value).__name__})" for key, value in features.items())
        raise UserError(f"--dataset={builder.name} has no images; its features are {listed}")
    return "image" if "image" in keys else keys[0]


def _label_feature(builder):
    import tensorflow_datasets as tfds

    label = dict(builder.info.features.items()).get("label")
    return label if isinstance(label, tfds.features.ClassLabel) else None


def _check_split(builder, split: str) -> None:
    try:
        count = builder.info.splits[split].num_examples
    except (KeyError, ValueError) as error:
        splits = ", ".join(builder.info.splits)
        raise UserError(f"{builder.name} has no split {split!r}, only {splits}") from error
    if not count:
        raise UserError(f"{builder.name}: its split {split!r} is empty")


def _download(builder) -> None:
    """Downloads and prepares under tfds' own progress bars.

    Without a network tfds would retry for minutes, so the data set's host is asked first.
    """
    addresses = [url for url in builder.url_infos or {} if url.startswith("http")]
    url = addresses[0] if addresses else STORAGE_URL
    where = f"{builder.name} is not prepared in {builder.data_dir}"
    if not is_reachable(url):
        raise UserError(
            f"{where} and {url.split('/')[2]} cannot be reached: connect to a network, "
            "give the --data_dir that has it, or use --dataset=mnist5k"
        )
    try:
        builder.download_and_prepare()
    except Exception as error:  # hosts, checksums, archives, packages: tfds raises anything
        raise UserError(f"{where} and preparing it failed: {one_line(error)}") from error


def _cache_folder(builder, request: Request) -> Path:
    """Named by all that decides the pixels, the prepared files' own description included.

    The same name and version may be prepared differently (here lossy, there lossless).
    """
    description = Path(builder.data_dir) / "dataset_info.json"
    digest = hashlib.sha256(description.read_bytes()).hexdigest()[:8]
    crop = "whole" if request.crop is None else f"crop{request.crop}"
    form = f"{crop}-{request.size}x{request.channels}"
    turned = "-upright" if builder.name in _LYING else ""  # earlier ones were kept lying
    key = f"{builder.info.full_name}-{digest}-{request.split}-{form}{turned}"
    return Path(request.cache_dir).expanduser() / "tfds" / re.sub(r"[^\w.-]+", "_", key)


def _read_cache(folder: Path, count: int, shape: tuple[int, int, int]):
    """(images, labels), the images memory-mapped, or None if they are not there or broken."""
    if not folder.exists():
        return None
    try:
        images = np.load(folder / "images.npy", mmap_mode="r", allow_pickle=False)
        labels = np.load(folder / "labels.npy", allow_pickle=False)
        if images.shape != (count, *shape) or images.dtype != np.uint8 or len(labels) != count:
            raise ValueError(f"images {images.shape} {images.dtype}, labels {labels.shape}")
    except (OSError, ValueError, EOFError) as error:
        logging.warning("rebuilding %s: %s", folder, one_line(error))
        images = None  # Windows removes no file that is open
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return images, labels


def _write_cache(folder: Path, builder, key: str, labelled: bool, request: Request) -> None:
    """Writes the arrays beside `folder` and renames: it is there whole or not at all."""
    count = builder.info.splits[request.split].num_examples
    size = count * int(np.prod(request.shape))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    except OSError as error:
        raise UserError(f"--cache_dir={request.cache_dir}: {error.strerror}") from error
    try:
        if shutil.disk_usage(draft).free < size:
            raise UserError(f"{folder.parent}: no room for {size / 2**30:.1f} GiB; set --cache_dir")
        shape = (count, *request.shape)
        images = np.lib.format.open_memmap(draft / "images.npy", "w+", np.uint8, shape)
        labels = np.zeros(count, np.int64)
        for row, (image, label) in enumerate(_examples(builder, key, labelled, request)):
            images[row], labels[row] = image, label
        images.flush()
        del images  # Windows moves no folder in which a file is open
        np.save(draft / "labels.npy", labels)
        os.rename(draft, folder)
    except OSError as error:
        if not folder.exists():  # else another process was faster, and wrote the same
            raise UserError(f"--cache_dir={request.cache_dir}: {one_line(error)}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _examples(
    builder, key: str, labelled: bool, request: Request
) -> Iterator[tuple[np.ndarray, int]]:
    """Each image of the split, decoded and fitted, with its label (0 without labels)."""
    total = builder.info.splits[request.split].num_examples
    decode = _decoded_upright(request) if builder.name in _LYING else request.decode
    bar = tqdm(total=total, desc=f"preparing {builder.name}", unit=" images", delay=1, leave=False)
    try:
        with bar, ThreadPoolExecutor(THREADS) as pool:
            for batch in _encoded(builder, key, labelled, request.split).as_numpy_iterator():
                labels = batch["label"].tolist() if labelled else [0] * len(batch[key])
                yield from zip(pool.map(decode, batch[key].tolist()), labels, strict=True)
                bar.update(len(labels))
    except Exception as error:  # a damaged record or image: TensorFlow's and Pillow's errors
        where = f"{builder.data_dir} is damaged, delete it and prepare it again"
        raise UserError(f"{where}: {one_line(error)}") from error


def _decoded_upright(request: Request):
    """As `request.decode`, with rows and columns exchanged: they are squares, so it does not matter
    that this comes last.
    """
    return lambda encoded: request.decode(encoded).swapaxes(0, 1)


def _encoded(builder, key: str, labelled: bool, split: str):
    """A `tf.data.Dataset` of batches of the files' own bytes and, where there are, labels."""
    import tensorflow_datasets as tfds

    # Not tfds.decode.PartialDecoding: it logs tfds' own deprecation warnings.
    decoders = {key: tfds.decode.SkipDecoding()}
    examples = builder.as_dataset(split=split, decoders=decoders, shuffle_files=False)
    wanted = [key, "label"] if labelled else [key]
    return examples.map(lambda example: {name: example[name] for name in wanted}).batch(_BATCH)
