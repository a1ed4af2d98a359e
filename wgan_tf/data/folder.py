"""A folder of images or of TFRecords, searched recursively, or the original's layout."""

import os

from wgan_tf.data import file_systems
from wgan_tf.data.cache import ImageCache
from wgan_tf.data.file_search import EXTENSIONS, is_image, walk
from wgan_tf.data.skipped import Skipped, one_line, printable
from wgan_tf.data.source import (
    REMOTE_THREADS,
    THREADS,
    ArraySource,
    DecodingSource,
    Request,
    decode_all,
    fits_in_ram,
)
from wgan_tf.data.splits import part
from wgan_tf.data.tfrecord import open_records, records_have_labels
from wgan_tf.data.tfrecord_format import is_records
from wgan_tf.errors import UsageError, UserError

# The original expects --data_dir to hold CelebA's folder under this name.
CELEBA_FOLDER = "img_align_celeba"


def check_folder(name: str | None, data_dir: str | None) -> None:
    """Refuses what `open_folder` could not read, looking no further than the first image."""
    root, files = _find(data_dir)
    if not files and next(walk(root, _is_wanted), None) is None:
        raise _no_images(root)


def open_folder(request: Request) -> ArraySource | DecodingSource:
    """The images of `request.data_dir`, in memory if they fit, else decoded as they are read and
    kept in a file of `request.cache_dir` until the process ends.

    Args:
        request: `data_dir` is a folder of images or, if it has none, of TFRecords; or a TFRecord
            file, or a pattern of them. Its one split is "train", of which "train[:50%]" and the
            like are parts, see `splits`. Images in files have no labels, TFRecords may have.
            `request.name` is not used.

    Raises:
        UsageError: there is no such folder, or another split is asked for.
        UserError: it holds no image, or none that can be decoded.
    """
    root, files = _find(request.data_dir)
    skipped = Skipped()
    files = files or sorted(walk(root, _is_wanted, skipped))
    if not files:
        raise _no_images(root)
    images = [name for name in files if is_image(name)]
    skipped.total += len(skipped)  # links, and folders that cannot be read
    if not images:
        return open_records(request, root, files, skipped)
    for name in sorted({*files} - {*images}):
        skipped.add(name, "not read", "a TFRecord file beside images")
        skipped.total += 1
    return _open_images(request, root, images, skipped)


def has_labels(data_dir: str) -> bool:
    """Whether the images of `open_folder` have labels, by the first record or image alone.

    Raises:
        UsageError: there is no such folder.
        UserError: none of the first records can be used.
    """
    root, files = _find(data_dir)
    names = []
    for name in files or walk(root, _is_wanted):
        if is_image(name):
            return False
        names.append(name)
    return records_have_labels(root, sorted(names))


def _open_images(
    request: Request, root: str, names: list[str], skipped: Skipped
) -> ArraySource | DecodingSource:
    chosen = part(len(names), request.split)
    names = [names[index] for index in chosen]
    skipped.total += len(names)
    remote = file_systems.is_remote(root)

    def load(index: int):
        path = file_systems.join(root, names[index])
        return request.decode(file_systems.contents(path) if remote else path)

    shown, threads = printable(root), REMOTE_THREADS if remote else THREADS
    if not fits_in_ram(len(names), request.shape):
        description = f"folder {shown}: {len(names)} images, {request.form}, decoded on the fly"
        load = ImageCache(load, len(names), request.shape, request.cache_dir)
        if load.most:
            description += f" and kept in {request.cache_dir}"
        return DecodingSource(load, names, request.shape, description, skipped, threads=threads)
    images, good = decode_all(
        load, names, request.shape, "reading images", skipped, threads=threads
    )
    if not len(good):
        raise UserError(
            f"{shown}: none of its {len(names)} images can be decoded, see the warnings"
        )
    count = f"{len(good)} images"
    if len(skipped):
        count += f" ({len(skipped)} skipped)"
    description = f"folder {shown}: {count}, {request.form}, in memory"
    return ArraySource(images, description, skipped=skipped)


def _is_wanted(name: str) -> bool:
    return is_image(name) or is_records(name)


def _find(data_dir: str | None) -> tuple[str, list[str]]:
    """The folder that is meant, and the TFRecord files in it where `data_dir` names them."""
    if data_dir is None:
        raise UsageError("a folder of images needs --data_dir=FOLDER")
    root = file_systems.absolute(data_dir)
    try:
        if file_systems.is_folder(root):
            inner = file_systems.join(root, CELEBA_FOLDER)
            return (inner if file_systems.is_folder(inner) else root), []
        files = [root] if file_systems.is_file(root) else file_systems.matching(root)
    except OSError as error:
        raise UserError(f"--data_dir={data_dir} cannot be reached: {one_line(error)}") from error
    files = [path for path in files if is_records(path) and file_systems.is_file(path)]
    if not files:
        raise UsageError(
            f"--data_dir={printable(data_dir)}: there is no such folder, and no TFRecord file"
        )
    folder = os.path.dirname(os.path.commonprefix(files))
    return folder, [path[len(folder) :].lstrip("/") for path in files]


def _no_images(root: str) -> UserError:
    wanted = ", ".join(extension[1:] for extension in EXTENSIONS)
    return UserError(
        f"{printable(root)}: no images in this folder or below it (looked for {wanted}, tfrecord)"
    )
