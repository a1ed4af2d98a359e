"""A clean stop on Ctrl-C and SIGTERM, however long an iteration lasts."""

import contextlib
import os
import signal
import socket
import sys
import threading
import time

from tqdm import tqdm

from wgan_tf.machine.guest import is_guest
from wgan_tf.training.callbacks.iterations import Iterations

# Who stops a process gives it ten seconds, as Docker does, or more. An iteration that lasts longer
# is given up in time to say so.
PATIENCE = 8.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopOnSignal(Iterations):
    """Ends training after the iteration under way on Ctrl-C or SIGTERM, and says that it is saved.

    Where that iteration has not ended, with all that belongs to it, after 8 s, the process leaves
    without it and says from which checkpoint the same command goes on. A second signal leaves at
    once. Either way the exit status is 128 and the number of the signal.

    Python's own handlers wait for TensorFlow's C++ to return, minutes perhaps. A thread is told of
    a signal by the file descriptor that the interpreter's C handler writes to.

    To be the first of the callbacks. As a guest in another program, or outside of the main thread,
    where Python handles no signals, it waits for `stop` alone.

    Args:
        saver: what saves, a `control.Checkpoints`.

    Attributes:
        signal: the number of the one that came, or None.
    """

    def __init__(self, saver):
        super().__init__()
        self.saver, self.signal, self._previous = saver, None, {}

    def stop(self) -> None:
        """Ends training after the iteration under way, as the first signal does."""
        self.signal = signal.SIGINT

    def on_train_begin(self, logs=None):
        if is_guest():
            return
        # What is still in the buffer would be lost if the thread ended the process.
        sys.stdout.flush()
        if threading.current_thread() is not threading.main_thread():
            return
        self._listening, self._telling = socket.socketpair()
        self._telling.setblocking(False)
        self._previous = {number: signal.signal(number, self._stop) for number in _SIGNALS}
        self._wakeup = signal.set_wakeup_fd(self._telling.fileno(), warn_on_full_buffer=False)
        self._thread = threading.Thread(target=self._watch, name="signals", daemon=True)
        self._thread.start()

    def after(self, iteration, logs):
        replicas = self.model.replicas
        if self.signal is not None:
            replicas.ask_to_end()
        if replicas.ends_training:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        stopped = self.model.replicas.ends_training  # of several processes by any of them
        saved = self.saver.saved == self.done != self.saver.stop
        if stopped and saved and not is_guest():
            # The bar makes room and comes back below.
            tqdm.write(
                f"stopped and saved at iteration {self.done}; the same command goes on from there"
            )
            sys.stdout.flush()
        if not self._previous:
            return
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous = {}
        self._telling.close()
        self._thread.join()
        self._listening.close()

    def _stop(self, number, frame):
        self.signal = number

    def _watch(self) -> None:
        """Waits for signals until training has ended."""
        first = deadline = None
        while True:
            with contextlib.suppress(TimeoutError):
                self._listening.settimeout(deadline and max(0.01, deadline - time.monotonic()))
                came = self._listening.recv(1)
                if not came:
                    return
                if came[0] not in _SIGNALS:
                    continue
                if first is not None:
                    self._leave(came[0], "left at once")
                first, deadline = came[0], time.monotonic() + PATIENCE
                continue
            if not self.saver.ending:
                self._leave(first, f"the iteration lasts longer than {PATIENCE:.0f} s")
            # It is being saved, however long that takes.
            deadline = None

    def _leave(self, number: int, why: str) -> None:
        saved = self.saver.saved
        where = "starts anew" if saved is None else f"goes on from iteration {saved}"
        # Nothing that may wait for the main thread: it is not to be relied on.
        os.write(2, f"\nerror: {why}: the same command {where}\n".encode())
        os._exit(128 + number)
