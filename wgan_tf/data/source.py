"""What every source of images is: a count, a way to read by index, and a line for the log."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PIL import Image
from tqdm import tqdm

from wgan_tf.data import preprocess
from wgan_tf.data.frames import in_few_words
from wgan_tf.data.skipped import Skipped
from wgan_tf.data.splits import SEEN
from wgan_tf.errors import UserError, in_words

# Images that take no more than this together are decoded once, up front.
RAM_BYTES = 256 * 2**20
# Images given to a thread at a time: a million futures would cost more memory than the images.
_CHUNK = 64
THREADS = min(8, os.cpu_count() or 1)
# Of images that come through a network: threads wait for it.
REMOTE_THREADS = 16
# Images of which the size is looked at before any is decoded; behind a network.
_SOME, _FEW = 100, 8


@dataclass(frozen=True)
class Request:
    """Which images are wanted, and in what form. See `wgan_tf.data.open_source`."""

    name: str
    data_dir: str | None
    cache_dir: str
    crop: int | None
    size: int
    channels: int
    split: str = "train"
    how: str = "squeeze"
    # What `preprocess.shape_of` says of the images that were decoded.
    shapes: list = field(default_factory=list, compare=False)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of every image."""
        return self.size, self.size, self.channels

    @property
    def form(self) -> str:
        """The same in words, as 32x32x1."""
        return in_words(self.shape)

    def decode(self, encoded: bytes | str | os.PathLike) -> np.ndarray:
        """uint8 `shape` from the bytes of an image file or from its path."""
        form = (self.crop, self.size, self.channels)
        return preprocess.read(encoded, *form, how=self.how, quick=True, shapes=self.shapes)

    def fit(self, image: Image.Image) -> np.ndarray:
        """uint8 `shape` from an image of any size and mode."""
        return preprocess.fit(image, self.crop, self.size, self.channels, self.how)


class ArraySource:
    """Images in an array, which may be a memory-mapped file.

    Attributes:
        count: number of images.
        labels: int64 (count,) or None.
        class_names: the meaning of label 0, 1, ... or None.
        description: one line for the log.
        skipped: what could not be decoded and is not among the images.
    """

    def __init__(
        self,
        images: np.ndarray,
        description: str,
        labels: np.ndarray | None = None,
        class_names: list[str] | None = None,
        skipped: Skipped | None = None,
    ):
        self.images = images
        self.count = len(images)
        self.labels = labels
        self.class_names = class_names
        self.description = description
        self.skipped = Skipped() if skipped is None else skipped

    def read(self, indices: np.ndarray) -> np.ndarray:
        """uint8 (n, size, size, channels) for indices (n,) in [0, count)."""
        return self.images[indices]


class DecodingSource:
    """Images decoded on every read: for those that do not fit into memory.

    An image that cannot be decoded is replaced by the next one that can, of the same label if
    labels were asked for, so that the order of the images stays a pure function of the indices.

    Args:
        load: index to uint8 image; raises whatever it likes for a damaged one.
        names: what to call each image in a warning.
        shape: (height, width, channels).
        description: one line for the log.
        skipped: takes the images that cannot be decoded, as they are found.
        labels: gives them, int64 (count,); called when they are first asked for.
        threads: that decode.
        class_names: the meaning of label 0, 1, ... or None.
    """

    def __init__(
        self,
        load: Callable[[int], np.ndarray],
        names: Sequence[str],
        shape: tuple,
        description: str,
        skipped: Skipped | None = None,
        labels: Callable[[], np.ndarray] | None = None,
        threads: int = THREADS,
        class_names: list[str] | None = None,
    ):
        self.class_names = class_names
        self.skipped = Skipped() if skipped is None else skipped
        self.skipped.complete = False
        self._attempt = Attempt(load, names, self.skipped)
        self._shape, self._labels = shape, labels
        self._instead: dict[int, int] = {}
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="decode")
        self.count = len(names)
        self.description = description
        self._load_or_next(0)

    @cached_property
    def labels(self) -> np.ndarray | None:
        """int64 (count,) or None."""
        return self._labels and self._labels()

    def read(self, indices: np.ndarray) -> np.ndarray:
        """uint8 (n, size, size, channels) for indices (n,) in [0, count)."""
        images = np.empty((len(indices), *self._shape), np.uint8)
        for row, image in enumerate(self._pool.map(self._load_or_next, indices.tolist())):
            images[row] = image
        return images

    def _load_or_next(self, index: int) -> np.ndarray:
        # Labels are not asked for here: where nobody needs them, reading them all takes too long.
        labels = self.__dict__.get("labels")
        first = self._instead.get(index, index)
        for alike in (True, False) if labels is not None else (False,):
            for step in range(self.count):
                other = (first + step) % self.count
                if alike and labels[other] != labels[index]:
                    continue
                image = self._attempt(other)
                if image is not None:
                    if other != index:
                        self._instead[index] = other
                    return image
        raise UserError(f"{self.description}: none of them can be decoded, see the warnings above")


class Attempt:
    """Loads an image by index, or notes once why not and gives None.

    Args:
        load: index to image; raises whatever it likes.
        names: of the images.
        skipped: takes those that could not be loaded.
    """

    def __init__(self, load: Callable[[int], np.ndarray], names: Sequence[str], skipped: Skipped):
        self._load, self._names, self._skipped = load, names, skipped
        self._failed: set[int] = set()

    def __call__(self, index: int) -> np.ndarray | None:
        if index in self._failed:
            return None
        try:
            return self._load(index)
        except Exception as error:  # Pillow's readers raise nearly anything on damaged files
            self._failed.add(index)
            self._skipped.add_error(self._names[index], error)
            return None


def sampled(request: Request, encoded: Callable, count: int, few: bool = False) -> None:
    """Notes the shapes of some of the images that are decoded later.

    Args:
        request: takes them.
        encoded: index to an image file's bytes or path; raises whatever it likes.
        count: of images.
        few: whether to look at each costs more than its header.
    """
    for index in np.unique(np.linspace(0, count - 1, _FEW if few else _SOME).astype(int)):
        try:
            request.shapes.append(preprocess.shape_of(encoded(int(index))))
        except Exception:  # it is noted when its turn comes
            continue


def described(
    request: Request,
    where: str,
    count: int,
    skipped: Skipped,
    classes: str,
    kept: str,
    has_splits: bool,
) -> str:
    """The line on a user's own images.

    Args:
        request: what was asked for, with the shapes of what was found.
        where: they lie.
        count: of the images.
        skipped: what could not be used as far as is known.
        classes: a word on them; "" without.
        kept: where the decoded images are.
        has_splits: whether they are those of a split that was there.
    """
    number = f"{count} image{'' if count == 1 else 's'}"
    if len(skipped):
        reasons = Counter(skip.reason for skip in skipped).most_common()
        listed = ", ".join(f"{number} {reason}" for reason, number in reasons)
        number += f" ({len(skipped)} skipped: {listed})"
    parts = [f"{where}: {number}"]
    if has_splits or request.split != "train":
        held = " (a tenth is held out)" if request.split == SEEN and not has_splits else ""
        parts.append(f"split {request.split}{held}")
    parts += [part for part in (classes, request.form, kept) if part]
    frames = in_few_words(request.shapes, request.crop, request.size, request.how)
    return ", ".join(parts) + (f"; {frames}" if frames else "")


def fits_in_ram(count: int, shape: tuple[int, int, int]) -> bool:
    """Whether `count` uint8 images of `shape` take at most `RAM_BYTES`."""
    return count * int(np.prod(shape)) <= RAM_BYTES


def decode_all(
    load: Callable[[int], np.ndarray],
    names: Sequence[str],
    shape: tuple[int, ...],
    title: str,
    skipped: Skipped | None = None,
    *,
    dtype: type = np.uint8,
    threads: int = THREADS,
) -> tuple[np.ndarray, np.ndarray]:
    """Loads every image with a few threads and a progress bar if it takes over a second.

    Args:
        load: index to image.
        names: of the images.
        shape, dtype: of an image.
        title: of the progress bar.
        skipped: takes the images that cannot be decoded.
        threads: that load.

    Returns:
        `dtype` (n, *shape) and the indices (n,) of the images that could be decoded, in order.
    """
    images = np.empty((len(names), *shape), dtype)
    good = np.ones(len(names), bool)
    attempt = Attempt(load, names, Skipped() if skipped is None else skipped)

    def fill(start: int) -> int:
        stop = min(start + _CHUNK, len(names))
        for index in range(start, stop):
            image = attempt(index)
            if image is None:
                good[index] = False
            else:
                images[index] = image
        return stop - start

    with (
        ThreadPoolExecutor(threads) as pool,
        tqdm(total=len(names), desc=title, unit=" images", delay=1, leave=False) as bar,
    ):
        for done in pool.map(fill, range(0, len(names), _CHUNK)):
            bar.update(done)
    return (images, np.arange(len(names))) if good.all() else (images[good], np.flatnonzero(good))
