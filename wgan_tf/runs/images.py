"""The real images of a run."""

import warnings

import numpy as np

from wgan_tf.config import Config
from wgan_tf.config.conflicts import check_latent
from wgan_tf.data import open_source
from wgan_tf.errors import UsageError, UserError
from wgan_tf.machine.guest import is_guest, say

# Labels in one line.
_NAMED = 5


def open_images(config: Config, split: str | None = None):
    """The images of a configuration, of another split where one is named; see
    `data.open_source`.
    """
    data = config.data
    return open_source(
        data.dataset,
        data.data_dir,
        data.cache_dir,
        data.crop,
        data.size,
        data.channels,
        split or data.split,
    )


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
