"""Where data lies: in local folders, or on any path with a scheme that `tf.io.gfile` reads, such as
`gs://bucket/folder`.

Only the latter import TensorFlow.
"""

import glob
import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from wgan_tf.data.image_file import MAX_BYTES, TooLarge
from wgan_tf.errors import UsageError

# The package that brings schemes which TensorFlow itself lacks.
_MORE = "tensorflow_io"


class Unreachable(OSError):
    """What a file system of TensorFlow's answered instead of the file."""


def is_remote(path: str) -> bool:
    """Whether a path has a scheme."""
    return "://" in path


def absolute(path: str) -> str:
    """With the home folder for `~`; a path with a scheme as it is."""
    return path if is_remote(path) else os.path.expanduser(path)


def join(folder: str, name: str) -> str:
    """The path of what is called `name` in a folder."""
    if not is_remote(folder):
        return os.path.join(folder, name)
    return f"{folder.rstrip('/')}/{name}" if folder[-3:] != "://" else folder + name


def is_folder(path: str) -> bool:
    """Whether there is such a folder.

    Raises:
        UsageError: TensorFlow has no such scheme.
        OSError: the file system does not answer.
    """
    if not is_remote(path):
        return os.path.isdir(path)
    gfile = _gfile(path)
    with _answers():
        return gfile.isdir(path)


def is_file(path: str) -> bool:
    """Whether there is such a file; raises as `is_folder`."""
    if not is_remote(path):
        return os.path.isfile(path)
    gfile = _gfile(path)
    with _answers():
        return gfile.exists(path) and not gfile.isdir(path)


def entries(path: str) -> list[str]:
    """The names in a remote folder; those of folders may end with a slash."""
    gfile = _gfile(path)
    with _answers():
        return gfile.listdir(path)


def matching(pattern: str) -> list[str]:
    """The paths that a pattern with `*`, `?` or `[...]` matches, in order."""
    if not is_remote(pattern):
        return sorted(glob.glob(pattern))
    gfile = _gfile(pattern)
    with _answers():
        return sorted(gfile.glob(pattern))


def size(path: str) -> int:
    """Bytes of a file."""
    if not is_remote(path):
        return os.stat(path).st_size
    gfile = _gfile(path)
    with _answers():
        return gfile.stat(path).length


def contents(path: str) -> bytes:
    """A whole remote file.

    Raises:
        TooLarge: it is larger than any image may be.
        OSError: it cannot be read.
    """
    length = size(path)
    if length > MAX_BYTES:
        raise TooLarge(f"{length / 2**20:.0f} MiB, more than {MAX_BYTES / 2**20:.0f}")
    with reading(path) as part:
        return part(0, length)


@contextmanager
def reading(path: str) -> Iterator[Callable[[int, int], bytes]]:
    """Yields a function from an offset and a length to that part of a file; what lies beyond the
    end of the file is missing. Several threads may call it.
    """
    if not is_remote(path):
        with open(path, "rb") as file:
            yield _parts(file)
        return
    gfile = _gfile(path)
    with _answers(), gfile.GFile(path, "rb") as file:
        yield _parts(file)


def _parts(file) -> Callable[[int, int], bytes]:
    lock = Lock()

    def part(offset: int, length: int) -> bytes:
        with lock:
            file.seek(offset)
            return file.read(length)

    return part


def _gfile(path: str):
    """`tf.io.gfile`, if it knows the scheme of the path."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # as `runtime`, which comes later
    import tensorflow as tf

    scheme = path.split("://")[0]
    known = tf.io.gfile.get_registered_schemes
    if scheme not in known():
        try:
            importlib.import_module(_MORE)
        except Exception as error:  # it is missing, or was built for another TensorFlow
            listed = ", ".join(f"{name}://" for name in known() if name)
            raise UsageError(
                f"--data_dir={path}: TensorFlow reads {listed} and local folders; {scheme}:// may "
                "come with the package tensorflow-io, if it can be imported"
            ) from error
        if scheme not in known():
            raise UsageError(f"--data_dir={path}: neither TensorFlow nor {_MORE} has {scheme}://")
    return tf.io.gfile


@contextmanager
def _answers() -> Iterator[None]:
    """Turns TensorFlow's errors into one that is an OSError, as that of a local file."""
    import tensorflow as tf

    try:
        yield
    except tf.errors.OpError as error:
        raise Unreachable(" ".join(error.message.split())) from error
