"""The files below a folder, found without opening any."""

import os
from collections.abc import Callable, Iterator

from wgan_tf.data import file_systems
from wgan_tf.data.image_file import EXTENSIONS
from wgan_tf.data.skipped import Skipped, one_line
from wgan_tf.data.tfrecord_format import is_records


def is_image(name: str) -> bool:
    """Whether a file says by its name that it is an image; others may be one, too."""
    return name.lower().endswith(EXTENSIONS)


def walk(
    root: str, wanted: Callable[[str], bool] = is_image, skipped: Skipped | None = None
) -> Iterator[str]:
    """Paths of the files below `root`, relative to it.

    Links to folders are followed, each real folder is visited once, so links that form a loop
    do no harm. Names that begin with a dot are left out. Within a folder the order is the file
    system's.

    Args:
        root: a folder, see `file_systems`.
        wanted: by the name of a file.
        skipped: takes folders that cannot be read, and links and other things that have a wanted
            name and are no files.
    """
    skipped = Skipped() if skipped is None else skipped
    return (_walk_remote if file_systems.is_remote(root) else _walk_local)(root, wanted, skipped)


def _walk_local(root: str, wanted: Callable[[str], bool], skipped: Skipped) -> Iterator[str]:
    visited = set()
    pending = [""]
    while pending:
        folder = pending.pop()
        place = os.path.join(root, folder)
        folders = []
        try:
            status = os.stat(place)
            # Some file systems give no numbers, above all those in a network.
            real = (status.st_dev, status.st_ino) if status.st_ino else os.path.realpath(place)
            if real in visited:
                continue
            visited.add(real)
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    path = os.path.join(folder, entry.name)
                    kind = _kind(entry)
                    if kind == "folder":
                        folders.append(path)
                    elif wanted(entry.name):
                        if kind == "file":
                            yield path
                        else:
                            skipped.add(path, kind)
        except OSError as error:
            skipped.add(folder or place, "unreadable folder", one_line(error))
        # Which of two paths to a linked folder is taken must not depend on the file system.
        pending.extend(sorted(folders, reverse=True))


def _kind(entry: os.DirEntry) -> str:
    """ "folder", "file", or why an entry is neither."""
    try:
        if entry.is_dir():
            return "folder"
        if entry.is_file():
            return "file"
        # A pipe among them, which whoever opens it would wait for.
        return "broken link" if entry.is_symlink() else "no file"
    except OSError:  # a link to itself, or into a folder that cannot be read
        return "broken link"


def _walk_remote(root: str, wanted: Callable[[str], bool], skipped: Skipped) -> Iterator[str]:
    """As `_walk_local`; what has an image's name or one of records is taken for a file, since each
    question may take a journey around the world.
    """
    pending = [""]
    while pending:
        folder = pending.pop()
        folders = []
        try:
            for entry in file_systems.entries(file_systems.join(root, folder) if folder else root):
                name = entry.rstrip("/")
                path = f"{folder}/{name}" if folder else name
                if not name or name.startswith("."):
                    continue
                if is_image(entry) or is_records(entry):
                    if wanted(entry):
                        yield path
                elif entry != name or file_systems.is_folder(file_systems.join(root, path)):
                    folders.append(path)
                elif wanted(entry):
                    yield path
        except OSError as error:
            skipped.add(folder or root, "unreadable folder", one_line(error))
        pending.extend(sorted(folders, reverse=True))
