"""What a program says: on lines of its own, and to readers that leave."""

import errno
import io
import os
import pty
import subprocess
import sys

import pytest

from tests.processes import ROOT, run_main
from wgan_tf.doors.terminal import Enduring

TINY = (
    *("--image_size=16", "--layers=2", "--z_dim=3", "--gen_dimension=1", "--disc_dimension=4"),
    "--batch_size=4",
)
# A loop with a bar, ended by an error or a warning in its midst.
IN_A_BAR = """
import sys
from tqdm import tqdm
from absl import app, logging
from wgan_tf.doors import command_line
from wgan_tf.errors import UserError
from wgan_tf.machine.guest import say
from wgan_tf.modes import MODES

def mode(config):
    for number in tqdm(range(3), desc="bar", mininterval=0):
        if number == 1:
            {}
    return []

MODES.__class__.__getitem__ = lambda self, name: mode
command_line.start()
"""


def screen(text):
    """What a terminal shows of this: lines, of which a carriage return begins anew."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return [line for line in lines if line]


def in_a_bar(statement, tmp_path):
    command = [sys.executable, "-c", IN_A_BAR.format(statement), "--mode=toy", "--logs_dir=run"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize(
    ("statement", "status", "line"),
    [
        ("raise UserError('it broke')", 1, "error: it broke"),
        ("raise KeyboardInterrupt", 130, "error: interrupted"),
        ("raise ValueError('odd')", 1, "error: ValueError: odd; --verbosity=1 shows where"),
        # As TensorFlow tells of a Ctrl-C in what it calls.
        ("raise ValueError('UnknownError: KeyboardInterrupt:')", 130, "error: interrupted"),
    ],
)
def test_an_error_begins_below_the_bar(statement, status, line, tmp_path):
    done = in_a_bar(statement, tmp_path)
    assert done.returncode == status
    lines = screen(done.stderr)
    assert lines[-1] == line and lines[-2].startswith("bar:  33%")


def test_a_warning_begins_on_a_line_of_its_own_and_the_bar_comes_back(tmp_path):
    done = in_a_bar("logging.warning('be warned')", tmp_path)
    lines = screen(done.stderr)
    (warning,) = [line for line in lines if "be warned" in line]
    assert warning.startswith("W") and "bar" not in warning
    assert any(line.startswith("bar: 100%") for line in lines)


def test_a_line_beside_a_bar_is_one_of_its_own(tmp_path):
    """Both streams on one terminal."""
    ours, theirs = pty.openpty()
    code = IN_A_BAR.format("say('a line')")
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--mode=toy", "--logs_dir=run"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    text = b""
    with pytest.raises(OSError):  # a terminal ends so
        while part := os.read(ours, 4096):
            text += part
    os.close(ours)
    process.wait()
    assert "a line" in screen(text.decode())


def test_whoever_reads_may_leave_and_the_mode_goes_on(tmp_path, cache_dir):
    flags = " ".join([*TINY, f"--cache_dir={cache_dir}", "--logs_dir=run", "--iterations=3"])
    command = f"{sys.executable} {ROOT / 'main.py'} {flags}"
    for redirected in ("", "2>&1"):
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {command} {redirected} | head -c 9"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0 and len(done.stdout) == 9
        assert "Traceback" not in done.stderr and "Broken" not in done.stderr
    assert (tmp_path / "run/checkpoints/iteration-00000003.npz").exists()
    closed = subprocess.run(
        ["bash", "-c", f"{command} --mode=visualize >&- 2>&-"], cwd=tmp_path, timeout=120
    )
    assert closed.returncode == 0
    assert (tmp_path / "run/visualize.json").exists()


def test_an_error_to_nobody_keeps_its_status(tmp_path):
    command = f"{sys.executable} {ROOT / 'main.py'} --mode=visualize --logs_dir=nothing"
    script = f"set -o pipefail; {command} 2>&1 | true"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")


def test_letters_that_a_terminal_lacks(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = run_main("--mode=visualize", "--logs_dir=B\u00e4r", cwd=tmp_path, check=False)
    assert done.stderr.startswith("error: there is no checkpoint in B\\xe4r")
    assert run_main("--helpfull", cwd=tmp_path).stdout


def test_of_errors_only_a_reader_that_left_is_passed_over(tmp_path):
    class Broken(io.StringIO):
        def __init__(self, number):
            super().__init__()
            self.number = number
            self.file = open(tmp_path / "file", "w", encoding="utf-8")

        def write(self, text):
            raise OSError(self.number, "no")

        def fileno(self):
            return self.file.fileno()

    with Broken(errno.EPIPE) as stream, stream.file:
        assert Enduring(stream).write("four") == 4
    with Broken(errno.ENOSPC) as stream, stream.file:
        with pytest.raises(OSError, match="no"):
            Enduring(stream).write("four")
