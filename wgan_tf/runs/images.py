"""The real images of a run."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from wgan_tf.config import Config
from wgan_tf.config.conflicts import check_latent
from wgan_tf.data import is_in_data_dir, is_one_heap, open_source
from wgan_tf.data.splits import SEEN, unseen
from wgan_tf.errors import UsageError, UserError
from wgan_tf.machine.guest import is_guest, say

# Labels in one line.
_NAMED = 5


def open_images(config: Config, split: str | None = None):
    """The images of a configuration, of another split where one is named; see
    `data.open_source`. Where a user's own images have no split "test", it is what training on a
    part of them leaves, see `splits.unseen`.

    Raises:
        UserError: there is no such split, or training sees all of them.
    """
    data = config.data
    if split == "test":
        with asks_where(config):
            heap = is_one_heap(data.dataset, data.data_dir, data.cache_dir)
        if heap:
            split = unseen(data.split)
            if split is None:
                raise UserError(
                    f"--split={data.split}: no images are left to test with; give --split={SEEN}, "
                    "or folders train and test"
                )
    with asks_where(config):
        return open_source(
            data.dataset,
            data.data_dir,
            data.cache_dir,
            data.crop,
            data.size,
            data.channels,
            split or data.split,
            data.fit,
        )


@contextmanager
def asks_where(config: Config) -> Iterator[None]:
    """Where the folder of a run's images is gone, the error says how to tell where it is now."""
    try:
        yield
    except UsageError as error:
        data, of_run = config.data, os.path.exists(Path(config.run.logs_dir or "") / "config.json")
        if not of_run or "if they were moved" in str(error) or not _is_gone(data):
            raise
        raise UsageError(f"{error}; if they were moved, --data_dir=NEW_PLACE says so") from error


def _is_gone(data) -> bool:
    if not is_in_data_dir(data.dataset) or data.data_dir is None or "://" in data.data_dir:
        return False
    return not os.path.exists(data.data_dir)


def open_for_judge(config: Config):
    """What a judge of the data set learns from, whatever part of it a run is trained on: all of
    "train", of images without a split "test" nine tenths.
    """
    data = config.data
    heap = is_one_heap(data.dataset, data.data_dir, data.cache_dir)
    return open_images(config, SEEN if heap else "train")


def open_unseen(config: Config):
    """Images that training has not seen, of the split "test", or its own where there is none, and
    what they are, as "test images".
    """
    try:
        return open_images(config, "test"), "test images"
    except UserError:
        return open_images(config), "training images"


def open_labelled(config: Config, split: str | None = None):
    """As `open_images`, for what needs labels.

    Raises:
        UserError: there are none.
    """
    source = open_images(config, split)
    if source.labels is None:
        raise UserError(
            f"{source.description}: no labels, which this needs; choose another --dataset"
        )
    return source


def with_classes(config: Config, source) -> Config:
    """The configuration with the number of classes that a labelled source has; one printed line
    names labels without an image.

    Raises:
        UserError: a label is negative.
        UsageError: `--classes` is smaller, there are not two, or z has no room for them.
    """
    if source.labels.min() < 0:
        raise UserError(
            f"{source.description}: a label is {source.labels.min()}: classes count from 0"
        )
    known = max(int(source.labels.max()) + 1, len(source.class_names or ()))
    classes = config.network.classes or known
    if classes < known:
        raise UsageError(f"--classes={classes}: {source.description} has {known} classes")
    if classes < 2:
        raise UsageError(f"{source.description}: a classifier needs images of two classes or more")
    config = config.but(classes=classes)
    # What the flags alone could not tell.
    check_latent(config)
    missing = np.flatnonzero(np.bincount(source.labels, minlength=classes) == 0)
    if len(missing):
        line = _without_image(source, missing, classes)
        if is_guest():
            warnings.warn(line, stacklevel=2)
        say(line)
    return config


def _without_image(source, missing: np.ndarray, classes: int) -> str:
    """Which labels no image has, the first of them by name, and what to do."""
    named = source.class_names or range(classes)
    some = ", ".join(str(named[label]) for label in missing[:_NAMED])
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    advice = "number the labels from 0 without gaps to leave it out"
    if missing.tolist() == [0]:
        advice = "labels count from 0: take 1 from each to leave it out"
    return (
        f"{source.description}: no image has label {some}{more} of the {classes} classes, which "
        f"are all learnt; {advice}"
    )
