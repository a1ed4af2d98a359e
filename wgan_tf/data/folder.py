"""A folder of images, searched recursively, or the original's layout."""

import os
import re
from collections.abc import Iterator

import numpy as np
from absl import logging

from wgan_tf.data.kept import Kept
from wgan_tf.data.source import ArraySource, DecodingSource, Request, decode_all, fits_in_ram
from wgan_tf.errors import UsageError, UserError

EXTENSIONS = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp")
# The original expects --data_dir to hold CelebA's folder under this name.
CELEBA_FOLDER = "img_align_celeba"
_PART = re.compile(r"train\[(?:(\d+)%)?:(?:(\d+)%)?\]")
_ORDER = 5  # seed of the order from which parts are taken


def check_folder(name: str | None, data_dir: str | None) -> None:
    """Refuses what `open_folder` could not read, looking no further than the first image."""
    root = _root(data_dir)
    if next(walk(root), None) is None:
        raise _no_images(root)


def open_folder(request: Request) -> ArraySource | DecodingSource:
    """The images of `request.data_dir`, in memory if they fit, else decoded as they are read and
    kept in a file of `request.cache_dir` until the process ends.

    Args:
        request: a folder has no labels and one split, "train", of which "train[:50%]" and the
            like are parts: shares of its images in a fixed random order. `request.name` is not
            used.

    Raises:
        UsageError: there is no such folder, or another split is asked for.
        UserError: it holds no image, or none that can be decoded.
    """
    root = _root(request.data_dir)
    names = sorted(walk(root))
    if not names:
        raise _no_images(root)
    names = _part(names, request.split)

    def load(index: int):
        return request.decode(os.path.join(root, names[index]))

    form = f"{request.size}x{request.size}x{request.channels}"
    if not fits_in_ram(len(names), request.shape):
        description = f"folder {root}: {len(names)} images, {form}, decoded on the fly"
        load = Kept(load, len(names), request.shape, request.cache_dir)
        if load.most:
            description += f" and kept in {request.cache_dir}"
        return DecodingSource(load, names, request.shape, description)
    images, good = decode_all(load, names, request.shape, "reading images")
    if not len(good):
        raise UserError(f"{root}: none of its {len(names)} images can be decoded, see the warnings")
    skipped = f" ({len(names) - len(good)} skipped)" if len(good) < len(names) else ""
    return ArraySource(images, f"folder {root}: {len(good)} images{skipped}, {form}, in memory")


def walk(root: str) -> Iterator[str]:
    """Paths of the image files below `root`, relative to it, without opening any.

    Links to folders are followed, each real folder is visited once, so links that form a loop
    do no harm. Names that begin with a dot and folders that cannot be read are left out. Within
    a folder the order is the file system's.
    """
    visited = set()
    pending = [""]
    while pending:
        folder = pending.pop()
        place = os.path.join(root, folder)
        folders = []
        try:
            status = os.stat(place)
            if (status.st_dev, status.st_ino) in visited:
                continue
            visited.add((status.st_dev, status.st_ino))
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir():
                        folders.append(os.path.join(folder, entry.name))
                    elif entry.name.lower().endswith(EXTENSIONS) and entry.is_file():
                        yield os.path.join(folder, entry.name)
        except OSError as error:
            logging.warning("skipping %s: %s", place, error.strerror)
        # Which of two paths to a linked folder is taken must not depend on the file system.
        pending.extend(sorted(folders, reverse=True))


def _part(names: list[str], split: str) -> list[str]:
    """The names of a split, in their order; see `open_folder`."""
    if split == "train":
        return names
    match = _PART.fullmatch(split)
    first, last = (int(match[1] or 0), int(match[2] or 100)) if match else (0, 0)
    if not 0 <= first < last <= 100:
        raise UsageError(
            f"--split={split}: a folder has the split train, and parts of it as train[:50%] or "
            "train[50%:75%]"
        )
    # Folders are often sorted by what the images show.
    order = np.random.default_rng(_ORDER).permutation(len(names))
    chosen = order[len(names) * first // 100 : len(names) * last // 100]
    if not len(chosen):
        raise UserError(f"--split={split}: no image of the {len(names)} falls into this part")
    return [names[index] for index in sorted(chosen)]


def _root(data_dir: str | None) -> str:
    if data_dir is None:
        raise UsageError("a folder of images needs --data_dir=FOLDER")
    root = os.path.expanduser(data_dir)
    if not os.path.isdir(root):
        raise UsageError(f"--data_dir={data_dir}: there is no such folder")
    inner = os.path.join(root, CELEBA_FOLDER)
    return inner if os.path.isdir(inner) else root


def _no_images(root: str) -> UserError:
    wanted = ", ".join(extension[1:] for extension in EXTENSIONS)
    return UserError(f"{root}: no images in this folder or below it (looked for {wanted})")
