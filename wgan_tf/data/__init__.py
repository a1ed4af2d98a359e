"""Sources of images, one file each; `pipeline` turns any of them into a `tf.data.Dataset`.

Nothing here imports TensorFlow except `pipeline` and, while they read, `tfds`, `tfrecord_format`
and, for paths with a scheme, `file_systems`: a wrong flag has to be answered in under a second.
"""

import os
import re
from pkgutil import resolve_name
from typing import NamedTuple

from wgan_tf.data.form import Form
from wgan_tf.registry import Registry


class Row(NamedTuple):
    """A source of images.

    Attributes:
        entry: function of a `source.Request`, "module:name"; see `open_source` for what it returns.
        help: what `--help` calls it; None: no flag can mean it.
        check: function of `--dataset` and `--data_dir`, see `check_source`; None: never wrong.
        in_data_dir: whether `--data_dir` is the images themselves, which are not known before they
            are read; of others it is where data sets are kept.
        own: whether they are a user's own, which may be one heap without a split "test".
        embedded: whether the images lie in no folder, so that `--data_dir` has no meaning.
        form: function of `--dataset` and `--data_dir` that gives the images' `form.Form` quickly;
            None: nothing is known before they are read.
    """

    entry: str
    help: str | None = None
    check: str | None = None
    in_data_dir: bool = False
    own: bool = False
    embedded: bool = False
    form: str | None = None


SOURCES = {
    "mnist5k": Row("wgan_tf.data.mnist5k:open_mnist5k", "mnist5k (embedded)", embedded=True),
    "folder": Row(
        "wgan_tf.data.folder:open_folder",
        "folder",
        "wgan_tf.data.folder:check_folder",
        in_data_dir=True,
        own=True,
        form="wgan_tf.data.first_look:of_folder",
    ),
    "array": Row(
        "wgan_tf.data.given:open_array",
        check="wgan_tf.data.given:check_array",
        own=True,
        embedded=True,
        form="wgan_tf.data.given:form_of_array",
    ),
    "tfds": Row(
        "wgan_tf.data.tfds:open_tfds",
        "any image data set of tensorflow-datasets by its name",
        "wgan_tf.data.tfds:check_tfds",
        form="wgan_tf.data.tfds:form_of_tfds",
    ),
}
# Of these no package has to be asked, which takes half a second.
_KNOWN = {
    "mnist5k": Form(28, 28, 1), "mnist": Form(28, 28, 1), "cifar10": Form(32, 32, 3),
}  # fmt: skip
# What is meant without flags, by `--data_dir` alone, and by any name that is none of these.
DEFAULT, FOLDER, _ANY_NAME = "mnist5k", "folder", "tfds"
*_FIRST, _LAST = (row.help for row in SOURCES.values() if row.help)
# Points in a plane whose density is known; functions without arguments that give a `worlds.World`.
WORLDS = Registry(
    {name: f"wgan_tf.data.worlds:{name}" for name in ("grid25", "ring8", "swiss_roll")}
)
HELP = f"{', '.join(_FIRST)}, or {_LAST}; for --mode=toy and study: {', '.join(WORLDS)}"


def source_kind(dataset: str | None, data_dir: str | None = None) -> str:
    """The key of `SOURCES` that is meant."""
    if dataset is None:
        return DEFAULT if data_dir is None else FOLDER
    if dataset.startswith("array-"):  # by a digest, see `given`
        return "array"
    return dataset if dataset in SOURCES else _ANY_NAME


def is_in_data_dir(dataset: str) -> bool:
    """Whether the images are those in `--data_dir`, see `Row`."""
    return SOURCES[source_kind(dataset)].in_data_dir


def is_one_heap(dataset: str, data_dir: str | None, cache_dir: str = "") -> bool:
    """Whether the images are a user's own without a split "test": what is measured with has to be
    a part of them, see `splits`.

    Raises:
        UserError: there are none.
    """
    if not SOURCES[source_kind(dataset)].own:
        return False
    return not is_in_data_dir(dataset) or not _has_test_split(data_dir, cache_dir)


def form_of(dataset: str, data_dir: str | None) -> Form:
    """What is known of images without reading them: by a data set's own description, or by the
    first images of a folder; never an error.
    """
    if dataset in _KNOWN:
        return _KNOWN[dataset]
    look = None if dataset in WORLDS else SOURCES[source_kind(dataset)].form
    return resolve_name(look)(dataset, data_dir) if look else Form()


def default_frame(dataset: str, form: Form) -> dict[str, str]:
    """How pictures become squares where no flag says so, by names of flags: those of users are not
    distorted, and seen as a whole; CelebA's as by the original, and data sets of a name as ever.
    """
    if not SOURCES[source_kind(dataset)].own or form.as_original:
        return {}
    return {"image_size": "64", "fit": "crop"}


def _has_test_split(data_dir: str | None, cache_dir: str) -> bool:
    from wgan_tf.data.folder import has_test_split

    return has_test_split(data_dir, cache_dir)


def is_embedded(dataset: str) -> bool:
    """Whether `--data_dir` has no meaning for the images, see `Row`."""
    return dataset not in WORLDS and SOURCES[source_kind(dataset)].embedded


def meant_by(data_dir: str, known: str | None = None) -> str:
    """The data set that a `--data_dir` means where no `--dataset` stands beside it.

    Args:
        data_dir: the folder.
        known: data set of the run that it is for, or None.

    Returns:
        The run's own if it may lie there: of tensorflow-datasets where `data_dir` has a folder of
        its name, or nothing yet. Else the images that are there, whatever the run has learnt from.
    """
    if known is None or is_embedded(known):
        return FOLDER
    if is_in_data_dir(known) or source_kind(known) != _ANY_NAME:
        return known
    base = re.split(r"[/:]", known)[0]
    empty = not os.path.exists(data_dir) or os.path.isdir(data_dir) and not os.listdir(data_dir)
    return known if empty or os.path.isdir(os.path.join(data_dir, base)) else FOLDER


def name_of(dataset: str, data_dir: str | None) -> str:
    """What the images are called in names of folders: two folders of images are two data sets."""
    return os.path.basename(data_dir) if data_dir and is_in_data_dir(dataset) else dataset


def check_source(dataset: str | None, data_dir: str | None) -> None:
    """Answers for wrong flags before anything slow is imported or anything is written.

    Raises:
        UsageError: no such folder, no such data set.
        UserError: a folder without images, or one that cannot be reached.
    """
    if dataset in WORLDS:
        return  # which of them a mode takes is no question of what there is
    check = SOURCES[source_kind(dataset, data_dir)].check
    if check:
        resolve_name(check)(dataset, data_dir)


def open_source(
    dataset: str | None,
    data_dir: str | None,
    cache_dir: str,
    crop: int | None,
    size: int,
    channels: int,
    split: str = "train",
    how: str = "squeeze",
):
    """Opens a source of images.

    Args:
        dataset: a key of `SOURCES`, the name of a data set of tensorflow-datasets, or None (see
            `source_kind`).
        data_dir: the images (see `folder`), local or on a path that `tf.io.gfile` reads
            (see `file_systems`), or the folder in which tensorflow-datasets keeps its data (None:
            its own default).
        cache_dir: where parsed and resized images are kept for the next time.
        crop: side of the square that is cut out before resizing, or None (`preprocess.fit`).
        size: side of the images in pixels.
        channels: 1 (grey) or 3 (RGB).
        split: "train", "test" where there is one (mnist5k: 1,000 digits that "train" lacks), or any
            other of a data set of tensorflow-datasets.
        how: pictures become squares where there is no crop, see `preprocess.fit`.

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
    request = Request(dataset or kind, data_dir, cache_dir, crop, size, channels, split, how)
    return resolve_name(SOURCES[kind].entry)(request)
