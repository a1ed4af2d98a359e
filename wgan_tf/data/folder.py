"""A user's own images: a folder, searched recursively, or the original's layout; a zip or tar file
of images, one image; TFRecords; arrays.
"""

import os
import tarfile
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from wgan_tf.data import file_systems
from wgan_tf.data.array_files import is_arrays, open_arrays, splits_of_arrays
from wgan_tf.data.cache import ImageCache
from wgan_tf.data.class_labels import LABEL_FILES, Labels, labels_of, without_common_folder
from wgan_tf.data.containers import TARS, ZIPS, Archive, Folder, OneFile
from wgan_tf.data.file_search import is_image, walk
from wgan_tf.data.image_file import opened
from wgan_tf.data.skipped import Skipped, one_line, printable
from wgan_tf.data.source import (
    REMOTE_THREADS,
    THREADS,
    ArraySource,
    DecodingSource,
    Request,
    decode_all,
    described,
    fits_in_ram,
    sampled,
)
from wgan_tf.data.splits import choose, has_test, splits_of
from wgan_tf.data.tfrecord import open_records, records_have_labels
from wgan_tf.data.tfrecord_format import is_records
from wgan_tf.errors import UsageError, UserError

# The original expects --data_dir to hold CelebA's folder under this name.
CELEBA_FOLDER = "img_align_celeba"
# What `--mode=generate` writes beside samples, and what tensorflow-datasets writes beside records.
_SETTINGS = "settings.json"
_BESIDE_RECORDS = (".json", ".txt", ".csv", ".md", ".npz")


class Found(NamedTuple):
    """What there is at a path.

    Attributes:
        place: where the files lie, see `containers`.
        images, records, arrays: names of the files, sorted; one kind is used.
        labels: names of files that may say what images show.
        drawn: whether `--mode=generate` wrote them: their sub-folders are no classes.
        chosen: whether a pattern names the files: there are no splits then.
    """

    place: Folder | Archive
    images: list[str]
    records: list[str]
    arrays: list[str]
    labels: list[str]
    drawn: bool
    chosen: bool

    @property
    def splits(self) -> dict[str, list[int]]:
        """Of the files of its kind, see `splits.splits_of`."""
        if self.chosen:
            return {}
        if self.images:
            return splits_of(without_common_folder(self.images))
        return splits_of(self.records or self.arrays, in_file_names=True)


def check_folder(name: str | None, data_dir: str | None) -> None:
    """Refuses what `open_folder` could not read, looking no further than the first image."""
    place, files = place_of(data_dir, None)
    if files or place is None:
        return
    if isinstance(place, OneFile):
        if _is_image_inside(place, *place.names(Skipped())) is not None:
            raise _no_images(place, [])
        return
    others = []
    for file in walk(place.root, lambda name: True):
        if is_image(file) or is_records(file) or _holds_images(file):
            return
        others.append(file)
    if not any(_is_image_inside(place, file) is None for file in sorted(others)):
        raise _no_images(place, others)


def open_folder(request: Request) -> ArraySource | DecodingSource:
    """The images of `request.data_dir`, in memory if they fit, else decoded as they are read and
    kept in a file of `request.cache_dir` until the process ends.

    Args:
        request: `data_dir` is a folder of images or, if it has none, of TFRecords or, if it has
            none of these either, of arrays; or one such file, a zip or tar file of images, or a
            pattern of TFRecord files. See `splits` for its splits and `class_labels` for labels of
            images; TFRecords and arrays have their own. `request.name` is not used.

    Raises:
        UsageError: there is no such folder or file, or another split is asked for.
        UserError: it holds no image, or none that can be decoded.
    """
    skipped = Skipped()
    found = look(request.data_dir, skipped, request.cache_dir)
    for files, beside in ((found.records, "images"), (found.arrays, "images or records")):
        if files and (found.images or files is found.arrays and found.records):
            for name in files:
                skipped.add(name, "not read", f"it lies beside {beside}")
    skipped.total += len(skipped)
    if found.images:
        return _open_images(request, found, skipped)
    if found.records:
        splits, split = found.splits, request.split
        names = found.records
        if splits:
            whole = split.partition("[")[0]
            names = [names[index] for index in choose(len(names), splits, whole)]
            split = f"train{split[len(whole):]}"
        return open_records(request, found.place.root, names, skipped, split)
    return open_arrays(request, found.place.root, found.arrays, found.splits, skipped)


def has_labels(data_dir: str, cache_dir: str = "") -> bool:
    """Whether the images of `open_folder` have labels; of records by the first one alone.

    Raises:
        UsageError: there is no such folder.
        UserError: none of the first records can be used.
    """
    try:
        found = look(data_dir, Skipped(quiet=True), cache_dir)
    except UsageError:
        raise
    except UserError:  # no images, which whoever opens them says
        return False
    if found.images:
        return _labels(found) is not None
    if found.records:
        return records_have_labels(found.place.root, found.records)
    return splits_of_arrays(found.place.root, found.arrays).labelled


def has_test_split(data_dir: str, cache_dir: str = "") -> bool:
    """Whether the images of `open_folder` have a split "test", or "val"; raises as that."""
    found = look(data_dir, Skipped(quiet=True), cache_dir)
    if found.images or found.records or found.splits:
        return has_test(found.splits)
    return splits_of_arrays(found.place.root, found.arrays).has_test


def look(data_dir: str | None, skipped: Skipped, cache_dir: str) -> Found:
    """What there is at a path.

    Args:
        data_dir: as in `open_folder`.
        skipped: takes what is no image.
        cache_dir: see `containers.Archive`.

    Raises:
        UsageError: there is no such folder or file.
        UserError: there is no image.
    """
    place, files = place_of(data_dir, cache_dir)
    names = files or [name.replace(os.sep, "/") for name in place.names(skipped)]
    images = [name for name in names if is_image(name)]
    records = [name for name in names if is_records(name)]
    arrays = [name for name in names if _holds_images(name)]
    if isinstance(place, Archive):
        records = []  # they are not read in there
    if isinstance(place, Archive) or place.remote:
        arrays = []
    labels = [name for name in names if name.rpartition("/")[2].lower() in LABEL_FILES]
    drawn = _SETTINGS in (name.rpartition("/")[2] for name in names)
    known = {*images, *records, *arrays, *labels}
    others = [name for name in names if name not in known and not _is_ours(name, drawn)]
    if not images and (records or arrays):
        for name in others:
            if not name.lower().endswith(_BESIDE_RECORDS):
                skipped.add(name, "not read", "it lies beside records or arrays")
    else:
        images += _told_by_content(place, others, skipped)
    if not images and not records and not arrays:
        raise _no_images(place, names)
    return Found(place, sorted(images), records, arrays, labels, drawn, bool(files))


def _told_by_content(place, names: list[str], skipped: Skipped) -> Iterator[str]:
    """Those of the files that are images, though their names do not say so."""
    for name in names:
        error = _is_image_inside(place, name)
        if error is None:
            yield name
        else:
            skipped.add_error(name, error)


def _is_image_inside(place, name: str) -> Exception | None:
    """What keeps a file from being an image by its first bytes, or None."""
    try:
        with opened(place.encoded(name)):
            return None
    except Exception as error:  # Pillow's readers raise nearly anything on damaged files
        return error


def _holds_images(name: str) -> bool:
    return is_arrays(name) and not _is_ours(name, False)


def _is_ours(name: str, drawn: bool) -> bool:
    """Whether `--mode=generate` writes such a file beside samples."""
    base = name.rpartition("/")[2]
    return base == "z.npz" or base.startswith("z-") and base.endswith(".npz") or (
        drawn and base == _SETTINGS
    )


def _labels(found: Found) -> Labels | None:
    """Of its images."""
    splits, inner = found.splits, without_common_folder(found.images)
    if splits:
        # Of what is in no split nothing is used, whatever it shows.
        known = {index for rows in splits.values() for index in rows}
        inner = [
            name.partition("/")[2] if index in known else None for index, name in enumerate(inner)
        ]
    labels = labels_of(found.images, inner, found.labels, found.place.content)
    digits = {name.partition("/")[0] for name in inner if name is not None}
    if labels and labels.origin == "sub-folders" and found.drawn:
        if all(len(name) == 5 and name.isdecimal() for name in digits):
            return None
    return labels


def _open_images(request: Request, found: Found, skipped: Skipped) -> ArraySource | DecodingSource:
    place, names, splits = found.place, found.images, found.splits
    labels = _labels(found)
    if splits:
        inside = {index for rows in splits.values() for index in rows}
        for index, name in enumerate(names):
            if index not in inside:
                skipped.add(name, "in no split", f"beside the folders {', '.join(splits)}")
                skipped.total += 1
    chosen = choose(len(names), splits, request.split)
    if labels:
        without = chosen[labels.numbers[chosen] < 0]
        for index in without:
            skipped.add(names[index], "no label", f"not in {labels.origin}")
            skipped.total += 1
        chosen = chosen[labels.numbers[chosen] >= 0]
        if not len(chosen):
            raise UserError(f"{place.title}: no image of the split {request.split} has a label")
    names = [names[index] for index in chosen]
    numbers, classes = (labels.numbers[chosen], labels.names) if labels else (None, None)
    by = f"{len(classes)} classes by {labels.origin}" if labels else ""
    skipped.total += len(names)
    threads = REMOTE_THREADS if place.remote else THREADS

    def load(index: int):
        return request.decode(place.encoded(names[index]))

    if not fits_in_ram(len(names), request.shape):
        sampled(request, lambda index: place.encoded(names[index]), len(names), place.remote)
        load = ImageCache(load, len(names), request.shape, request.cache_dir)
        kept = f"decoded on the fly{f' and kept in {request.cache_dir}' if load.most else ''}"
        description = described(request, place.title, len(names), skipped, by, kept, bool(splits))
        return DecodingSource(
            load,
            names,
            request.shape,
            description,
            skipped,
            labels=labels and (lambda: numbers),
            threads=threads,
            class_names=classes,
        )
    images, good = decode_all(
        load, names, request.shape, "reading images", skipped, threads=threads
    )
    if not len(good):
        raise UserError(
            f"{place.title}: none of its {len(names)} images can be decoded, see the warnings"
        )
    description = described(
        request, place.title, len(good), skipped, by, "in memory", bool(splits)
    )
    numbers = None if numbers is None else np.asarray(numbers)[good]
    return ArraySource(images, description, numbers, classes, skipped)


def place_of(data_dir: str | None, cache_dir: str | None):
    """Where the files lie, and their names there if `data_dir` names them itself.

    Without a `cache_dir` archives are not opened: None, where there is one.
    """
    if data_dir is None:
        raise UsageError("a folder of images needs --data_dir=FOLDER")
    path = file_systems.absolute(data_dir)
    try:
        if file_systems.is_folder(path):
            inner = file_systems.join(path, CELEBA_FOLDER)
            return Folder(inner if file_systems.is_folder(inner) else path), []
        there = file_systems.is_file(path)
        files = [path] if there else file_systems.matching(path)
    except OSError as error:
        raise UserError(f"--data_dir={data_dir} cannot be reached: {one_line(error)}") from error
    if there and not file_systems.is_remote(path) and path.lower().endswith((*ZIPS, *TARS)):
        return _archive(path, cache_dir), []
    several = [path for path in files if is_records(path) and file_systems.is_file(path)]
    if several:
        folder = os.path.dirname(os.path.commonprefix(several))
        return Folder(folder), [path[len(folder) :].lstrip("/") for path in several]
    if there:
        place = OneFile(path)
        return place, place.names(Skipped()) if is_arrays(path) else []
    raise UsageError(
        f"--data_dir={printable(data_dir)}: there is no such folder, and no such file"
    )


def _archive(path: str, cache_dir: str | None) -> Archive | None:
    if cache_dir is not None:
        return Archive(path, cache_dir)
    is_whole = zipfile.is_zipfile if path.lower().endswith(ZIPS) else tarfile.is_tarfile
    if not is_whole(path):
        kind = "zip" if path.lower().endswith(ZIPS) else "tar"
        raise UserError(f"{printable(path)} is damaged, or no {kind}")
    return None


def _no_images(place: Folder | Archive, names: list[str]) -> UserError:
    if isinstance(place, OneFile):
        return UserError(f"{place.title} is no image, and no zip, tar, npz, npy or tfrecord file")
    packed = [name for name in names if name.lower().endswith((*ZIPS, *TARS))]
    hint = f"; name a file in it, as --data_dir=.../{packed[0]}" if packed else ""
    where = "in this folder or below it" if isinstance(place, Folder) else "in it"
    return UserError(f"{place.title}: no images {where}, by content or as tfrecord or npz{hint}")
