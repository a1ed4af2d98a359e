"""Whether this is a program of its own, or a library in somebody else's process.

A guest prints nothing, handles no signals and ends no process.
"""

import contextlib
import contextvars
import sys
import threading
from collections.abc import Callable, Iterator

_GUEST = contextvars.ContextVar("guest", default=False)


def is_guest() -> bool:
    """Whether what runs now was called as a library."""
    return _GUEST.get()


@contextlib.contextmanager
def as_guest() -> Iterator[None]:
    """In the block everything is a guest."""
    token = _GUEST.set(True)
    try:
        yield
    finally:
        _GUEST.reset(token)


def say(line: str) -> None:
    """Prints a line of its own, unless this is a guest: bars make room and come back below."""
    from tqdm import tqdm

    if not is_guest():
        tqdm.write(line)
        sys.stdout.flush()


def interruptible(work: Callable[[], None], stop: Callable[[], None]) -> None:
    """Does work that Ctrl-C ends between two of its steps instead of within one.

    It runs in a thread of its own: TensorFlow would hand a KeyboardInterrupt over in the midst of
    an iteration, and a guest installs no handler. A second Ctrl-C is raised, and the work left to
    end by itself.

    Args:
        work: what it raises is raised here.
        stop: asks it to end soon; called at the first Ctrl-C.
    """
    context, errors = contextvars.copy_context(), []

    def run():
        try:
            context.run(work)
        except BaseException as error:  # whatever it is, it belongs to the caller
            errors.append(error)

    thread = threading.Thread(target=run, name="guest", daemon=True)
    thread.start()
    try:
        _wait(thread)
    except KeyboardInterrupt:
        stop()
        _wait(thread)
    if errors:
        raise errors[0]


def _wait(thread: threading.Thread) -> None:
    while thread.is_alive():
        # Without a timeout a lock may not be left by Ctrl-C on every system.
        thread.join(0.2)
