"""Ctrl-C and SIGTERM in processes of their own: saved in time, or left in time with a word."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.processes import ROOT

FLAGS = ("--image_size=16", "--layers=2", "--z_dim=3", "--gen_dimension=1", "--disc_dimension=4")
# The third iteration stays in TensorFlow's C++ for hours.
ENDLESS = """
import sys
from wgan_tf.doors import command_line
from absl import app
import wgan_tf
import tensorflow as tf
from wgan_tf.training.callbacks import signals
from wgan_tf.models.adversarial import AdversarialModel

signals.PATIENCE = float(sys.argv.pop())
step = AdversarialModel.train_step

def endless(self, data):
    logs = step(self, data)
    rounds = tf.where(tf.convert_to_tensor(self.iteration) > 2, 10**15, 0)
    spent, = tf.while_loop(lambda i: i < rounds, lambda i: (i + 1,), (tf.constant(0, tf.int64),))
    return logs | {"critic_loss": logs["critic_loss"] + 0 * tf.cast(spent, tf.float32)}

AdversarialModel.train_step = endless
command_line.define_flags()
app.run(command_line.main, flags_parser=command_line.parse)
"""


def begun(command, tmp_path, cache_dir, *arguments):
    flags = (f"--cache_dir={cache_dir}", f"--logs_dir={tmp_path / 'run'}", "--batch_size=4")
    return subprocess.Popen(
        [sys.executable, "-u", *command, *FLAGS, *flags, "--iterations=1e6", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(path, process):
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    time.sleep(0.5)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_endless_iteration_is_left_in_time(number, tmp_path, cache_dir):
    """SIGTERM once, and it is patient for two seconds; Ctrl-C twice, and it is not."""
    twice = number == signal.SIGINT
    patience = "100" if twice else "2"
    process = begun(["-c", ENDLESS], tmp_path, cache_dir, "--checkpoint_every=1", patience)
    wait_for(tmp_path / "run" / "checkpoints" / "iteration-00000002.npz", process)
    sent = time.monotonic()
    process.send_signal(number)
    if twice:
        time.sleep(1)
        assert process.poll() is None, "once is not enough"
        process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - sent < (2 if twice else 4)
    assert process.returncode == 128 + number
    why = "left at once" if twice else "the iteration lasts longer than 2 s"
    line = f"error: {why}: the same command goes on from iteration 2\n"
    assert errors.endswith(line) and "Traceback" not in errors
    names = {path.name for path in (tmp_path / "run" / "checkpoints").iterdir()}
    assert names == {"iteration-00000001.npz", "iteration-00000002.npz"}


def test_ctrl_c_before_training_is_one_line(tmp_path, cache_dir):
    process = begun(["main.py"], tmp_path, cache_dir)
    assert process.stdout.readline().startswith("data: ")
    process.send_signal(signal.SIGINT)
    try:
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, errors) == (130, "error: interrupted\n")
    assert not (tmp_path / "run").exists()
