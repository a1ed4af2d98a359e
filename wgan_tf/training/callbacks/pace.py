"""How fast a training goes, and what is left of it."""

from collections.abc import Callable

# Enough to say what the whole will take. Of an iteration that takes longer one will do: nobody
# should wait for minutes to hear of days.
_SECONDS = 5.0
# Weight of what is past, from one iteration to the next: about the last hundred count, and with
# them their share of checkpoints and pictures.
_KEEP = 0.99


class Pace:
    """Seconds left, by the work of what is done and of what is to come.

    Args:
        stop: the iteration at which training ends.
        work: of all iterations before one, in any unit; None: they are all alike.
    """

    def __init__(self, stop: int, work: Callable[[int], float] | None = None):
        self._stop, self._work = stop, work or float
        self._seconds = self._done = self._measured = 0.0
        self._last: float | None = None

    def seen(self, iteration: int, now: float) -> None:
        """Notes that an iteration is done; the first, which is traced and compiled, is not timed.

        Args:
            iteration: the number done.
            now: in seconds, of any clock that only goes on.
        """
        if self._last is not None:
            took = now - self._last
            self._measured += took
            self._seconds = _KEEP * self._seconds + took
            self._done = _KEEP * self._done + self._work(iteration) - self._work(iteration - 1)
        self._last = now

    @property
    def sure(self) -> bool:
        """Whether enough was timed to speak of the whole."""
        return self._measured >= _SECONDS

    def left(self, iteration: int) -> float | None:
        """Seconds from here to the end; None: nothing was timed yet."""
        if not self._done:
            return None
        to_come = self._work(self._stop) - self._work(iteration)
        return max(0.0, to_come * self._seconds / self._done)
