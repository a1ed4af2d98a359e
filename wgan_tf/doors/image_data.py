"""`wgan_tf.images`: real images, wherever they are."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wgan_tf import runs
from wgan_tf.config.resolve import resolve
from wgan_tf.data import check_source, is_one_heap
from wgan_tf.data.given import hold
from wgan_tf.data.image_set import read_images
from wgan_tf.data.image_values import as_images
from wgan_tf.data.order import fixed_indices
from wgan_tf.data.scaling import to_float, to_uint8
from wgan_tf.data.splits import SEEN
from wgan_tf.errors import UsageError, UserError, in_words
from wgan_tf.files.reading import array_names, read_arrays
from wgan_tf.machine.guest import as_guest
from wgan_tf.metrics import MOST_IMAGES

if TYPE_CHECKING:
    from wgan_tf.config import Config
    from wgan_tf.metrics.judges import Judge


class Images:
    """Real images of one size, to train on and to measure against; made by `wgan_tf.images`.

    Attributes:
        train: at most 10,000 of the images to train on, the same at each call: float32
            (n, size, size, channels) in [-1, 1].
        train_labels: their classes, int64 (n,), or None.
        test, test_labels: the same of images that training does not see.
        count: how many there are to train on.
        size: their height and width in pixels.
        channels: 1 or 3.
        class_names: of the labels, or None.
        judge: a classifier that learnt from all images to train on, by their labels; it is trained
            when it is first asked for, two minutes on two cores.
    """

    def __init__(self, config: Config, test_split: str):
        self._config, self._test_split = config, test_split
        self.size, self.channels = config.data.size, config.data.channels

    @property
    def flags(self) -> dict:
        """What the command line would be told, by names of flags."""
        data = self._config.data
        names = ("dataset", "data_dir", "image_size", "fit", "channels", "split", "cache_dir")
        values = {name: getattr(data, name) for name in names}
        if data.crop is not None:
            values["fit"] = None  # it would have no effect
        return {name: value for name, value in values.items() if value is not None}

    @cached_property
    def source(self):
        """What reads the images, see `wgan_tf.data.open_source`."""
        with as_guest():
            return runs.open_images(self._config)

    @cached_property
    def _test_source(self):
        try:
            with as_guest():
                return runs.open_images(self._config, self._test_split)
        except UserError as error:
            raise UserError(
                f"no images to test with ({error}): divide those that there are, by "
                f"wgan_tf.images(..., split={SEEN!r})"
            ) from error

    @property
    def count(self) -> int:  # noqa: D102
        return self.source.count

    @property
    def class_names(self) -> list[str] | None:  # noqa: D102
        return self.source.class_names

    @cached_property
    def train(self) -> np.ndarray:  # noqa: D102
        return _some(self.source)[0]

    @cached_property
    def train_labels(self) -> np.ndarray | None:  # noqa: D102
        return _some(self.source)[1]

    @cached_property
    def test(self) -> np.ndarray:  # noqa: D102
        return _some(self._test_source)[0]

    @cached_property
    def test_labels(self) -> np.ndarray | None:  # noqa: D102
        return _some(self._test_source)[1]

    @cached_property
    def judge(self) -> Judge:  # noqa: D102
        from wgan_tf.machine import runtime
        from wgan_tf.training.judging import learn

        with as_guest():
            runtime.start_as_guest()
            return learn(self.source, self._config.run.seed)

    def __len__(self) -> int:
        return self.count

    def __repr__(self) -> str:
        return f"<wgan_tf.Images: {self.source.description}>"


def images(
    what: str | os.PathLike | np.ndarray,
    size: int | None = None,
    channels: int | None = None,
    *,
    labels: np.ndarray | None = None,
    crop: int | None = None,
    fit: str | None = None,
    split: str | None = None,
    test_split: str | None = None,
) -> Images:
    """Opens real images; nothing is read before it is needed.

    Args:
        what: "mnist5k" (5,000 digits that need no download), the name of an image data set of
            tensorflow-datasets, a folder of images, of TFRecords or of arrays, a zip, tar,
            `.npz` or `.npy` file of them, or an array (n, h, w, 1 or 3), uint8 or floats in
            [-1, 1]. In a folder sub-folders are classes, and train, test and val are splits.
        size: height and width in pixels to which all are brought; None: what suits the data set, of
            arrays their own.
        channels: 1 (grey) or 3 (RGB); None: as with `size`.
        labels: int (n,), classes from 0, of an array.
        crop: side in pixels of the central square that is cut out before; None: no crop.
        fit: how pictures become squares without a crop: "crop", the largest in the centre, "pad",
            black beside them, or "squeeze"; None: "crop" of your own that are not CelebA's.
        split: what is trained on; None: "train", of folders and arrays without a split "test" nine
            tenths.
        test_split: what is kept to measure with; None: "test", of folders and arrays without one
            the rest.

    Raises:
        UsageError: there is no such folder, file or data set.
        UserError: it holds no images, or an array is none of images.
    """
    with as_guest():
        flags = _named(what, labels, size, channels)
        if size is not None:
            flags["image_size"] = str(size) if crop is None else f"{crop},{size}"
        elif crop is not None:
            raise UsageError("crop: say to which size, too")
        if channels is not None:
            flags["channels"] = channels
        if fit is not None:
            if crop is not None:
                raise UsageError("fit: crop says already what is cut out; leave one of both out")
            flags["fit"] = fit
        check_source(flags["dataset"], flags.get("data_dir"))
        heap = is_one_heap(flags["dataset"], flags.get("data_dir"))
        flags["split"] = split or (SEEN if heap else "train")
        # Measuring asks for no size that networks can have.
        return Images(resolve({**flags, "mode": "evaluate"}), test_split or "test")


def images_of(config: Config) -> Images:
    """The images of a run."""
    return Images(config, "test")


def _named(what, labels, size, channels) -> dict:
    """Dataset, folder and form in the words of flags."""
    if isinstance(what, str | os.PathLike):
        path = os.path.expanduser(os.fspath(what))
        is_npz = Path(path).suffix.lower() == ".npz" and os.path.isfile(path)
        if is_npz and is_one_heap("folder", path):
            array = read_images(path, sys.maxsize)
            if labels is None and "labels" in array_names(path):
                labels = read_arrays(path, ("labels",))["labels"]
            return _held(array, labels, size, channels)
        if labels is not None:
            raise UsageError("labels: only of arrays")
        if "://" in path or os.path.exists(path) or os.path.isabs(path):
            return {"dataset": "folder", "data_dir": path}
        return {"dataset": path}
    return _held(np.asarray(what), labels, size, channels)


def _held(array: np.ndarray, labels, size, channels) -> dict:
    """The same of an array, which is kept in memory."""
    if array.ndim != 4 or array.shape[-1] not in (1, 3) or 0 in array.shape:
        raise UserError(
            f"an array of {in_words(array.shape)}: images (n, height, width, 1 or 3) are wanted"
        )
    if array.dtype.kind == "f":
        array = to_uint8(as_images(array))
    elif array.dtype != np.uint8:
        raise UserError(f"the images are {array.dtype}: uint8, or floats in [-1, 1], are wanted")
    if labels is not None:
        labels = np.asarray(labels)
        if labels.shape != (len(array),) or labels.dtype.kind not in "iu" or labels.min() < 0:
            raise UserError(
                f"labels {labels.dtype} {labels.shape}: classes from 0 on, one for each of the "
                f"{len(array)} images, are wanted"
            )
    height, width, own = array.shape[1:]
    if size is None and height != width:
        form = in_words((width, height))
        raise UserError(f"the images are {form}: say to which square, as size=64")
    form = {"image_size": str(size or height), "channels": channels or own}
    return {"dataset": hold(array, labels), **form}


def _some(source) -> tuple[np.ndarray, np.ndarray | None]:
    rows = fixed_indices(source.count, min(source.count, MOST_IMAGES), 0)
    labels = None if source.labels is None else np.asarray(source.labels)[rows]
    return to_float(source.read(rows)), labels
