"""One piece of work is done by one process, however many share a folder."""

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from tqdm import tqdm

from wgan_tf.errors import UserError

_LOCKS = ".locks"
_WAIT = 2.0  # seconds


@contextmanager
def claimed(path: str | os.PathLike) -> Iterator[None]:
    """Waits until no other process makes the file at a path, and holds it for as long as the block
    lasts. What killed processes held is free.

    Raises:
        UserError: its folder cannot be written.
    """
    with _lock(path):
        yield


def share(
    work: Iterable, path_of: Callable, is_done: Callable, do: Callable, title: str, unit: str
) -> None:
    """Does every piece of work that is not done and that no other process is at, under a progress
    bar; ends when all is done, by whomever.

    Args:
        work: pieces, in the order in which they are looked for.
        path_of: of a piece, the file that stands for it.
        is_done: whether a piece is; asked again under its lock.
        do: does a piece.
        title, unit: of the bar.
    """
    work = list(work)
    left = [piece for piece in work if not is_done(piece)]
    bar = tqdm(
        total=len(work), initial=len(work) - len(left), desc=title, unit=unit, dynamic_ncols=True
    )
    apart = False
    with bar:
        while left:
            mine, met = False, False
            for piece in left:
                outcome = _done_here(piece, path_of(piece), is_done, do, bar)
                mine = mine or outcome is True
                met = outcome is None and not apart
                if met:
                    break
            left = [piece for piece in left if not is_done(piece)]
            if met and left:
                # Pieces next to each other need the same things: leave them to who has these.
                place, apart = random.randrange(len(left)), True
                left = left[place:] + left[:place]
                continue
            bar.n = len(work) - len(left)
            bar.refresh()
            if left and not mine:
                bar.set_postfix_str("others are at the rest", refresh=True)
                time.sleep(_WAIT)


def _done_here(piece, path: Path, is_done, do, bar) -> bool | None:
    """Whether a piece was done here, now; None: another process is at it."""
    if is_done(piece):
        bar.update()  # by another, since this one looked
        return False
    lock = _lock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    try:
        if is_done(piece):
            bar.update()
            return False
        bar.set_postfix_str(str(piece), refresh=True)
        do(piece)
        bar.update()
    finally:
        lock.release()
    return True


def _lock(path: str | os.PathLike) -> FileLock:
    """The lock of a path, in a folder of its own: it stays when the work is done."""
    path = Path(path)
    folder = path.parent / _LOCKS
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written ({error.strerror or error}): choose another --logs_dir"
        ) from error
    return FileLock(folder / f"{path.name}.lock")
