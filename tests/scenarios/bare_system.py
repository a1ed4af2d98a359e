"""Runs commands as on a system without what only Unix has, one after the other in one process:
`python bare_system.py --mode=train --iterations=2 -- --mode=visualize`.

What Windows lacks is gone, and what it forbids is refused: signal 0, and a file that this process
has open being replaced, renamed or removed.
"""

import asyncio  # noqa: F401  (this and others of the standard library take what they need first)
import concurrent.futures.process  # noqa: F401
import importlib.abc
import multiprocessing.util  # noqa: F401
import os
import pathlib
import random  # noqa: F401
import shutil  # noqa: F401
import signal
import subprocess  # noqa: F401
import sys
import tempfile

MODULES = {"fcntl", "resource", "termios", "pwd", "grp", "pty", "tty", "syslog"}
LACKING = (
    *("sysconf", "sysconf_names", "confstr", "pathconf", "getloadavg", "statvfs"),
    *("pread", "pwrite", "preadv", "pwritev", "posix_fallocate", "posix_fadvise", "sendfile"),
    *("fork", "forkpty", "register_at_fork", "wait3", "wait4", "WNOHANG", "setsid", "killpg"),
    *("getuid", "geteuid", "getgid", "getgroups", "getpgid", "nice", "sync"),
    *("sched_getaffinity", "sched_setaffinity", "mkfifo", "mknod", "chown", "fchmod", "fchown"),
    *("O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK", "O_DIRECT", "fdatasync"),
)
SIGNALS = ("SIGHUP", "SIGPIPE", "SIGALRM", "SIGUSR1", "SIGCHLD", "SIGQUIT", "alarm")


class Missing(importlib.abc.MetaPathFinder):
    """Finds that a module of Unix is not there."""

    def find_spec(self, name, path=None, target=None):
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def is_open(path):
    """Whether this process has a file, or one in a folder, open or mapped."""
    path = os.path.realpath(path)
    places = []
    for number in os.listdir("/proc/self/fd"):
        try:
            places.append(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:
            pass
    with open("/proc/self/maps", encoding="utf-8") as file:
        places += [line.split(maxsplit=5)[5] for line in file.read().splitlines() if "/" in line]
    return any(place == path or place.startswith(f"{path}/") for place in places)


def guarded(function):
    """Refuses files that are open."""

    def call(*paths, **options):
        for path in paths:
            if isinstance(path, str | os.PathLike) and is_open(path):
                raise PermissionError(13, "it is open, as another system would say", str(path))
        return function(*paths, **options)

    return call


def take_away():
    """Makes this process one of a bare system."""
    for name in MODULES & set(sys.modules):
        del sys.modules[name]
    sys.meta_path.insert(0, Missing())
    for module, names in ((os, LACKING), (signal, SIGNALS)):
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    kill = os.kill

    def checked_kill(process, number):
        if number == 0:
            raise AssertionError("signal 0 is Ctrl-C on Windows")
        kill(process, number)

    os.kill = checked_kill
    for name in ("replace", "rename", "unlink", "remove"):
        setattr(os, name, guarded(getattr(os, name)))


def run(words):
    """One command; ends the process where it fails."""
    from wgan_tf.doors import command_line

    for name in command_line.FLAGS:
        command_line.FLAGS[name].unparse()
    print("command:", *words, flush=True)
    command_line.parse(["main.py", *words])
    command_line.main([])


if __name__ == "__main__":
    tempfile.gettempdir()
    # A shell's background jobs, tests among them, take no notice of it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    take_away()
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
    from wgan_tf.doors import command_line, terminal

    terminal.prepare()
    command_line.define_flags()
    commands = [[]]
    for word in sys.argv[1:]:
        if word == "--":
            commands.append([])
        else:
            commands[-1].append(word)
    for command in commands:
        run(command)
