"""Images that a caller of the library holds in memory, known by a digest of what they are."""

import hashlib

import numpy as np

from wgan_tf.data.array_files import fitted
from wgan_tf.data.form import Form
from wgan_tf.data.frames import in_few_words
from wgan_tf.data.source import ArraySource, Request
from wgan_tf.data.splits import part
from wgan_tf.errors import UserError

PREFIX = "array-"
# By name, for as long as the process lives: uint8 images (n, h, w, 1 or 3) and labels or None.
_HELD: dict[str, tuple[np.ndarray, np.ndarray | None]] = {}


def hold(images: np.ndarray, labels: np.ndarray | None = None) -> str:
    """Keeps images for `open_array`; the same images get the same name in any process.

    Args:
        images: uint8 (n, h, w, 1 or 3).
        labels: int (n,), classes from 0, or None.

    Returns:
        The name, which stands for a data set's.
    """
    digest = hashlib.sha256(np.ascontiguousarray(images))
    digest.update(repr(images.shape).encode())
    if labels is not None:
        labels = np.asarray(labels, np.int64)
        digest.update(np.ascontiguousarray(labels))
    name = f"{PREFIX}{digest.hexdigest()[:12]}"
    _HELD[name] = images, labels
    return name


def check_array(name: str, data_dir: str | None) -> None:
    """Refuses images that this process does not hold.

    Raises:
        UserError: it does not.
    """
    del data_dir
    if name not in _HELD:
        raise UserError(
            f"{name}: this run's images were given as an array, and only a process in which "
            "wgan_tf.images(array) was called has them"
        )


def form_of_array(name: str, data_dir: str | None) -> Form:
    """The form of images that this process holds; of others nothing is known."""
    del data_dir
    if name not in _HELD:
        return Form()
    _, height, width, channels = _HELD[name][0].shape
    return Form(width, height, channels)


def open_array(request: Request) -> ArraySource:
    """The images by the name that `hold` gave; `request.data_dir` is not used.

    Splits: "train", and parts as "train[:90%]", see `splits`.

    Raises:
        UsageError: another split is asked for.
        UserError: this process does not hold them.
    """
    check_array(request.name, None)
    images, labels = _HELD[request.name]
    rows = part(len(images), request.split)
    framed = fitted(images[rows], request)
    description = f"array {request.split}: {len(rows)} images, {request.form}"
    if images.shape[1:] != request.shape:
        frames = in_few_words(request.shapes, request.crop, request.size, request.how)
        description += f"; {frames}"
    # Of all of them: a part may lack a class.
    names = None if labels is None else [str(k) for k in range(int(labels.max()) + 1)]
    return ArraySource(framed, description, None if labels is None else labels[rows], names)
