"""What a program says: lines that do not begin behind a progress bar, to readers that may leave."""

import contextlib
import errno
import os
import sys

from absl import logging

# What the systems say of a pipe without a reader, Windows last, and of a terminal that is gone.
_GONE = {errno.EPIPE, errno.ESHUTDOWN, errno.EIO, errno.EINVAL}


class Enduring:
    """A stream of text whose reader may leave, as `| head` does.

    What is written then goes nowhere, and whoever writes goes on: a training is not lost because
    nobody looks.

    Args:
        stream: of the process, `sys.stdout` or `sys.stderr`.
    """

    def __init__(self, stream):
        self._stream = stream

    def __getattr__(self, name: str):
        return getattr(self._stream, name)

    def __iter__(self):
        return iter(self._stream)

    def write(self, text: str) -> int:
        """The number of characters."""
        with self._whoever_reads():
            return self._stream.write(text)
        return len(text)

    def writelines(self, lines) -> None:
        """Writes each."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """As of any stream."""
        with self._whoever_reads():
            self._stream.flush()

    @contextlib.contextmanager
    def _whoever_reads(self):
        try:
            yield
        except OSError as error:
            if error.errno not in _GONE:
                raise
            # What is in the buffer, and what native code writes, goes there too.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def prepare() -> None:
    """Makes the streams of this process fit for a program: any letter, readers that leave, and
    warnings on lines of their own, below which bars come back.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by `>&-`, or there is none, as under pythonw
            stream = open(os.devnull, "w", encoding="utf-8")  # for as long as the process
        # Names of files may be of bytes that are no text, and a terminal may lack their letters.
        stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, Enduring(stream))
    handler = logging.get_absl_handler().python_handler
    handler.stream, handle = sys.stderr, handler.handle

    def handle_between_bars(record):
        # Bars are asked first, as everywhere: two threads that wait for each other's lock wait
        # for ever.
        with _between_bars():
            return handle(record)

    handler.handle = handle_between_bars


def end_bars() -> None:
    """Ends all progress bars, so that the next line is one of its own.

    A bar of a loop that an error left is not ended by it.
    """
    tqdm = sys.modules.get("tqdm")
    for bar in list(getattr(tqdm and tqdm.tqdm, "_instances", ())):
        with contextlib.suppress(Exception):
            bar.close()


def _between_bars():
    tqdm = sys.modules.get("tqdm")
    return tqdm.tqdm.external_write_mode(sys.stderr) if tqdm else contextlib.nullcontext()
