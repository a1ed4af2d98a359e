"""What TensorBoard reads, written so that a run that is stopped anywhere has each step once."""

import contextlib
import os
import re
from pathlib import Path

import tensorflow as tf

from wgan_tf.training.callbacks.iterations import warn


class Events:
    """A `tf.summary` writer for a run that may be killed, and for a disk that may be full.

    Every command begins a file of its own. `state` is stored in each checkpoint and says how long
    all files then are; a command that goes on from there cuts off what came later, which comes
    again, half a record at the end of a killed file too. A file that the checkpoint does not know
    is later than it, and is removed. Files that were deleted meanwhile are no reason to stop.

    What cannot be written is one warning, until something can be written again.

    Args:
        folder: of the event files.
        start: the iteration that training goes on from. At 0 what is there belongs to a training
            that never saved, and is removed.
        stored: what `state` gave for that checkpoint; None, of a checkpoint of an earlier version:
            all is left as it is.
    """

    stored_as = "events"

    def __init__(self, folder: str | os.PathLike, start: int = 0, stored: dict | None = None):
        self.folder, self._writer = Path(folder), None
        self._own, self._failing = set(), False
        known = stored if start else {}
        for path in self._files() if known is not None else ():
            try:
                if path.name not in known:
                    path.unlink()
                elif path.stat().st_size > known[path.name]:
                    os.truncate(path, known[path.name])
            except OSError as error:
                warn("%s may have steps twice: %s", path, error.strerror)

    @contextlib.contextmanager
    def as_default(self, step: int):
        """The block's summaries are of this step; see `tf.summary.SummaryWriter`."""
        writer = self._open()
        with writer.as_default(step=step):
            # Not around the block: it flushes at its end, and where that fails TensorFlow leaves
            # the writer as everybody's. A closed one has nothing to flush.
            try:
                yield
                writer.flush()
            except tf.errors.OpError as error:
                self._fail(error)

    def flush(self) -> None:
        """Hands everything to the operating system: from then on no end of the process loses it."""
        if self._writer is None:
            return
        try:
            self._writer.flush()
            self._failing = False
            if not all(path.exists() for path in self._own):
                # Somebody has removed the file: what follows goes to a new one.
                self._writer = None
        except tf.errors.OpError as error:
            self._fail(error)

    def state(self) -> dict:
        """Name to length of every file, complete up to now."""
        self.flush()
        return {path.name: path.stat().st_size for path in self._files()}

    def close(self) -> None:
        """Ends the file; another one begins if there is something to write."""
        self.flush()
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _open(self):
        """The writer; one that writes nothing where there can be none now."""
        if self._writer is None:
            before = set(self._files())
            try:
                self._writer = tf.summary.create_file_writer(str(self.folder))
                self._own = set(self._files()) - before
            except tf.errors.OpError as error:
                self._fail(error)
                return tf.summary.create_noop_writer()
        return self._writer

    def _fail(self, error: tf.errors.OpError) -> None:
        """Warns, and gives up the file, whose last record may be a half one."""
        if not self._failing:
            said = re.sub(r"\{\{.*?\}\}", "", error.message).split("\n")[0].strip()
            warn("TensorBoard's events are not written, training goes on: %s", said)
        self._failing = True
        if self._writer is None:
            return
        with contextlib.suppress(tf.errors.OpError):
            self._writer.close()
        self._writer = None
        for path in self._own:
            with contextlib.suppress(OSError):
                os.truncate(path, _whole_records(path))

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("events.out.tfevents.*"))


def _whole_records(path: Path) -> int:
    """Bytes up to the end of the last whole record."""
    length = 0
    with contextlib.suppress(tf.errors.OpError):
        for record in tf.data.TFRecordDataset(str(path)):
            # Length and its checksum before the data, a checksum after it.
            length += 8 + 4 + len(record.numpy()) + 4
    return length
