"""Commands in processes of their own, their ports, and the memory of this one."""

import contextlib
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run_main(*arguments, cwd=ROOT, check=True, timeout=300):
    """Runs `python main.py` as a user does; returns the finished process."""
    command = [sys.executable, str(ROOT / "main.py"), *map(str, arguments)]
    process = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=timeout, env=dict(os.environ)
    )
    if check:
        assert process.returncode == 0, process.stderr[-2000:]
    return process


def free_ports(count):
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [server.getsockname()[1] for server in servers]


def peak_bytes(anew=False):
    """The largest memory of this process so far, or from now on."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
