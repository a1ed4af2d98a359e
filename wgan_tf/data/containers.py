"""Files by name, wherever they lie: below a folder, in a zip or a tar file, or one alone."""

import gzip
import itertools
import os
import shutil
import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from threading import Lock

from wgan_tf.data import file_systems
from wgan_tf.data.file_search import is_image, walk
from wgan_tf.data.form import LOOKED_AT
from wgan_tf.data.image_file import MAX_BYTES, TooLarge
from wgan_tf.data.skipped import Skipped, one_line, printable
from wgan_tf.errors import UserError

ZIPS, TARS = (".zip",), (".tar", ".tar.gz", ".tgz")
# A member of more bytes that is stored in so much fewer is a trap.
_HARMLESS, _EXPANSION = 64 * 2**20, 200
# How far a look into a tar file goes.
_NEAR = 256 * 2**20
# A decompressed tar file may take so much of what is free.
_SHARE = 0.5
_BROKEN = (OSError, ValueError, EOFError, KeyError, NotImplementedError, zlib.error)


class Folder:
    """The files below a folder, local or remote.

    Args:
        root: the folder.

    Attributes:
        title: what it is called in a description.
        remote: whether it lies behind a network.
    """

    def __init__(self, root: str):
        self.root, self.title = root, f"folder {printable(root)}"
        self.remote = file_systems.is_remote(root)

    def names(self, skipped: Skipped) -> list[str]:
        """Of all files, sorted, with slashes between; hidden ones are left out."""
        return sorted(walk(self.root, _any, skipped))

    def encoded(self, name: str) -> bytes | str:
        """The path of a file, or the bytes of a remote one.

        Raises:
            OSError: it cannot be read.
        """
        path = file_systems.join(self.root, name)
        return file_systems.contents(path) if self.remote else path

    def content(self, name: str) -> bytes:
        """The bytes of a file."""
        return file_systems.contents(file_systems.join(self.root, name))


class OneFile(Folder):
    """A single file as if it were alone in its folder."""

    def __init__(self, path: str):
        super().__init__(os.path.dirname(path))
        self._name = os.path.basename(path)
        self.title = f"file {printable(path)}"

    def names(self, skipped: Skipped) -> list[str]:
        """Its name."""
        return [self._name]


class Archive:
    """The files in a zip or tar file; those within files in it are not seen.

    Args:
        path: a local file.
        cache_dir: where a compressed tar file is decompressed, into a nameless file that ends with
            the process.

    Raises:
        UserError: it is damaged, or there is no room for it.
    """

    remote = False

    def __init__(self, path: str, cache_dir: str):
        self._path, self._lock = path, Lock()
        kind = "zip" if path.lower().endswith(ZIPS) else "tar"
        self.title = f"{kind} {printable(path)}"
        try:
            self._members = (self._of_zip if kind == "zip" else self._of_tar)(cache_dir)
        except (*_BROKEN, zipfile.BadZipFile, tarfile.TarError) as error:
            raise UserError(f"{printable(path)} is damaged, or no {kind}: {one_line(error)}") from (
                error
            )

    def names(self, skipped: Skipped) -> list[str]:
        """Of all files, as those of a folder."""
        return sorted(name for name in self._members if not _hidden(name))

    def content(self, name: str) -> bytes:
        """The bytes of a file.

        Raises:
            Exception: `TooLarge`, or it is damaged or encrypted.
        """
        with self._lock:  # one file handle for all threads
            return self._members[name]()

    encoded = content

    def _of_zip(self, cache_dir: str) -> dict:
        archive = zipfile.ZipFile(self._path)

        def reader(info: zipfile.ZipInfo):
            def read() -> bytes:
                trap = info.file_size > max(_HARMLESS, _EXPANSION * info.compress_size)
                if trap or info.file_size > MAX_BYTES:
                    raise TooLarge(f"{info.file_size / 2**20:.0f} MiB")
                return archive.read(info)

            return read

        return {info.filename: reader(info) for info in archive.infolist() if not info.is_dir()}

    def _of_tar(self, cache_dir: str) -> dict:
        file = open(self._path, "rb")  # noqa: SIM115 (kept open as long as the images are)
        if self._path.lower().endswith((".gz", ".tgz")):
            file = _decompressed(file, os.path.expanduser(cache_dir))
        weakref.finalize(self, file.close)
        archive = tarfile.open(fileobj=file, mode="r:")

        def reader(info: tarfile.TarInfo):
            def read() -> bytes:
                if info.size > MAX_BYTES:
                    raise TooLarge(f"{info.size / 2**20:.0f} MiB")
                return archive.extractfile(info).read()

            return read

        # Links lead where somebody else says.
        return {info.name.removeprefix("./"): reader(info) for info in archive if info.isreg()}


def first_images(path: str) -> Iterator[bytes]:
    """The bytes of the first images by name in an archive; of a tar file those in its first 256 MB,
    so that no more than that is decompressed.

    Raises:
        Exception: it is damaged.
    """
    path = os.path.expanduser(path)
    if path.lower().endswith(ZIPS):
        archive = Archive(path, "")
        names = filter(is_image, archive.names(Skipped(quiet=True)))
        yield from map(archive.content, itertools.islice(names, LOOKED_AT))
        return
    with tarfile.open(path) as archive:
        near = itertools.takewhile(lambda info: info.offset < _NEAR, archive)
        images = (
            info
            for info in near
            if info.isreg() and is_image(info.name) and not _hidden(info.name)
            and info.size < _HARMLESS
        )
        for info in itertools.islice(images, LOOKED_AT):
            yield archive.extractfile(info).read()


def _decompressed(file, cache_dir: str):
    """A gzip file's content in a nameless file.

    Raises:
        OSError: there is no room for it.
    """
    os.makedirs(cache_dir, exist_ok=True)
    most = int(_SHARE * shutil.disk_usage(cache_dir).free)
    target = tempfile.TemporaryFile(dir=cache_dir)  # noqa: SIM115
    with file, gzip.GzipFile(fileobj=file) as source:
        while block := source.read(2**20):
            if target.tell() + len(block) > most:
                raise OSError(f"no room for it in {cache_dir}: set --cache_dir")
            target.write(block)
    target.seek(0)
    return target


def _hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _any(name: str) -> bool:
    return True
