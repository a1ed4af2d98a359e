"""Which images a folder holds, whatever it is called and wherever it lies.

Known by how many files there are, by their names, and by the beginnings of a few: a million files
are listed, and sixteen are opened.
"""

import hashlib
import os
import unicodedata

import numpy as np

from wgan_tf.data import file_systems
from wgan_tf.data.file_search import is_image, walk
from wgan_tf.data.folder import CELEBA_FOLDER
from wgan_tf.data.tfrecord_format import is_records

# Files that are opened, and how much of each is read.
_SAMPLES, _MOST = 16, 2**20
# What people and systems put beside images.
_BESIDE = (".txt", ".md", ".html", ".log", ".ini", ".db", ".url", ".lnk")
# What a file is called that is all there is: it may be renamed.
_ONLY = "."


def identity_of(data_dir: str) -> dict:
    """What the images in a folder, a file or a pattern of files are known by.

    Returns:
        `count` of the files; `names`, a SHA-256 of their paths below the folder, in order; and
        `samples`, path to bytes and SHA-256 of the first MiB, of a few that are always the same.

    Raises:
        OSError: it cannot be listed, or a file that is looked at cannot be read.
    """
    files = _files(file_systems.absolute(data_dir))
    names = sorted(files)
    digest = hashlib.sha256()
    for name in names:
        digest.update(os.fsencode(name) + b"\0")
    chosen = sorted({*np.linspace(0, len(names) - 1, _SAMPLES).astype(int)}) if names else []
    samples = {names[index]: _beginning(files[names[index]]) for index in chosen}
    return {"count": len(names), "names": digest.hexdigest(), "samples": samples}


def difference(one: dict, other: dict) -> str | None:
    """What tells the images of one identity from those of another, in words; None: they are the
    same.
    """
    if one["count"] != other["count"]:
        return f"{other['count']:,} files, not {one['count']:,}"
    if one["names"] != other["names"]:
        return f"as many files, {one['count']:,}, of other names"
    samples = other["samples"]
    changed = [name for name, known in one["samples"].items() if known != samples.get(name)]
    if changed:
        return f"{changed[0]!r} is another" if changed[0] != _ONLY else "another file"
    return None


def are_there(data_dir: str, known: dict) -> bool:
    """Whether the few files that are known by what is in them are below a folder as they were;
    nothing is listed.
    """
    root = file_systems.absolute(data_dir)
    try:
        root = _root(root)
        for name, beginning in known["samples"].items():
            if os.path.isabs(name) or ".." in name.split("/"):
                return False
            if _beginning(root if name == _ONLY else file_systems.join(root, name)) != beginning:
                return False
    except OSError:
        return False
    return True


def is_identity(value) -> bool:
    """Whether a value, which anybody may have written, is one of `identity_of`."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("count"), int)
        and isinstance(value.get("names"), str)
        and isinstance(value.get("samples"), dict)
    )


def _files(root: str) -> dict[str, str]:
    """Path below the root, written the same on every system, to the path to open."""
    if file_systems.is_folder(root):
        root = _root(root)
        wanted = _is_known if file_systems.is_remote(root) else _is_wanted
        return {_plain(name): file_systems.join(root, name) for name in walk(root, wanted)}
    if file_systems.is_file(root):
        return {_ONLY: root}
    paths = [path for path in file_systems.matching(root) if file_systems.is_file(path)]
    return {_plain(path.replace("\\", "/").rsplit("/", 1)[-1]): path for path in paths}


def _root(folder: str) -> str:
    inner = file_systems.join(folder, CELEBA_FOLDER)
    return inner if file_systems.is_folder(inner) else folder


def _is_wanted(name: str) -> bool:
    return not name.lower().endswith(_BESIDE)


def _is_known(name: str) -> bool:
    """As `_is_wanted` where names alone tell files from folders."""
    return is_image(name) or is_records(name)


def _plain(name: str) -> str:
    """Systems separate folders and put accents on letters in different ways."""
    return unicodedata.normalize("NFC", name.replace(os.sep, "/"))


def _beginning(path: str) -> list:
    length = file_systems.size(path)
    with file_systems.reading(path) as part:
        return [length, hashlib.sha256(part(0, min(length, _MOST))).hexdigest()]
