"""Several processes on loopback share a training, as several machines would."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.processes import ROOT, free_ports, run_main

SMALL = (
    "--image_size=16",
    "--layers=2",
    "--z_dim=6",
    "--gen_dimension=1",
    "--disc_dimension=4",
    "--batch_size=12",
    "--n_critic=2",
    "--summary_every=1",
    "--sync_batch_norm",
)


class Workers:
    """`python main.py` as often as there are workers, each with its own TF_CONFIG and log."""

    def __init__(self, count, folder, *arguments):
        addresses = [f"127.0.0.1:{port}" for port in free_ports(count)]
        self.logs = [folder / f"worker{index}.log" for index in range(count)]
        self.processes = []
        for index, log in enumerate(self.logs):
            task = {"type": "worker", "index": index}
            cluster = json.dumps({"cluster": {"worker": addresses}, "task": task})
            with open(log, "w") as file:
                command = [sys.executable, str(ROOT / "main.py"), *map(str, arguments)]
                self.processes.append(
                    subprocess.Popen(
                        command,
                        cwd=folder,
                        stdout=file,
                        stderr=subprocess.STDOUT,
                        env={**os.environ, "TF_CONFIG": cluster},
                    )
                )

    def wait(self, timeout=300):
        """The exit statuses; no worker outlives the test."""
        try:
            return [process.wait(timeout) for process in self.processes]
        finally:
            for process in self.processes:
                process.kill()

    def until(self, ready, timeout=120):
        """Waits until `ready()`, while all workers live."""
        end = time.monotonic() + timeout
        while not ready():
            assert time.monotonic() < end and all(p.poll() is None for p in self.processes), (
                self.texts()
            )
            time.sleep(0.1)

    def texts(self):
        return [log.read_text().replace("\r", "\n") for log in self.logs]


def scalars(folder):
    """Tag to {step: value} of all event files in a folder, in the order of writing."""
    import tensorflow as tf

    by_tag = {}
    for path in sorted(folder.glob("events*")):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name == "scalars":
                    by_tag.setdefault(value.tag, {})[event.step] = float(
                        tf.make_ndarray(value.tensor)
                    )
    return by_tag


def checkpoint(run, iteration):
    return run / "checkpoints" / f"iteration-{iteration:08d}.npz"


def digests(texts):
    """What each worker says of its weights."""
    matches = [re.search(r"worker (\d) of \d .*: weights (\w{8}), equal on all", t) for t in texts]
    assert all(matches), texts
    assert [int(match[1]) for match in matches] == list(range(len(texts)))
    return [match[2] for match in matches]


def one_process(folder, cache_dir, *arguments):
    command = [sys.executable, str(ROOT / "main.py"), *SMALL, f"--cache_dir={cache_dir}"]
    subprocess.run([*command, "--logs_dir=one", *arguments], cwd=folder, check=True, timeout=300)


def assert_same_curves(one, other, iterations):
    """Losses and scores of every iteration within 1e-4, though they are no constants."""
    for tag in ("loss/critic", "loss/generator", "score/real", "score/fake"):
        a, b = scalars(one / "train")[tag], scalars(other / "train")[tag]
        assert list(a) == list(b) == list(range(1, iterations + 1)), tag
        a, b = np.array(list(a.values())), np.array(list(b.values()))
        assert np.ptp(a) > 1e-3 and np.abs(a - b).max() < 1e-4, (tag, a - b)


def test_two_workers_compute_what_one_process_does(tmp_path, cache_dir):
    """With film, looks and evaluations by the chief, stopped by a signal to the other one and
    continued.
    """
    common = (*SMALL, f"--cache_dir={cache_dir}", "--logs_dir=run", "--checkpoint_every=5")
    extras = ("--film", "--watch_every=5", "--evaluate_every=10", "--evaluate_samples=100")
    workers = Workers(
        2, tmp_path, *common, *extras, "--features=random", "--iterations=100000"
    )
    run = tmp_path / "run"
    workers.until(lambda: checkpoint(run, 10).exists())
    workers.processes[1].send_signal(signal.SIGTERM)
    assert workers.wait() == [0, 0], workers.texts()
    stopped = [re.findall(r"stopped and saved at iteration (\d+)", t) for t in workers.texts()]
    assert stopped[0] == stopped[1] and len(stopped[0]) == 1
    done = int(stopped[0][0])
    assert checkpoint(run, done).exists() and done > 10

    last = done + 20
    workers = Workers(2, tmp_path, *common, *extras, f"--iterations={last}")
    assert workers.wait() == [0, 0], workers.texts()
    first, second = digests(workers.texts())
    assert first == second
    assert f"going on at iteration {done} of {last}" in workers.texts()[1]
    assert json.loads((run / "config.json").read_text())["strategy"] == "auto"
    frames = json.loads((run / "film" / "film.json").read_text())["frames"]
    assert frames == last + 1  # two critic updates an iteration, one frame, and one before
    looks = json.loads((run / "feedback.json").read_text())["looks"]
    assert [look["iteration"] for look in looks] == list(range(5, last + 1, 5))
    one_process(tmp_path, cache_dir, "--iterations=20")
    of_run = scalars(run / "train")["loss/critic"]
    assert list(of_run) == list(range(1, last + 1))
    of_one = scalars(tmp_path / "one" / "train")["loss/critic"]
    assert np.abs([of_run[i] - of_one[i] for i in range(1, 21)]).max() < 1e-4


@pytest.mark.slow
def test_three_workers_compute_what_one_process_does(tmp_path, cache_dir):
    common = (*SMALL, f"--cache_dir={cache_dir}", "--iterations=20")
    workers = Workers(3, tmp_path, *common, "--logs_dir=run")
    assert workers.wait() == [0, 0, 0], workers.texts()
    assert len(set(digests(workers.texts()))) == 1
    one_process(tmp_path, cache_dir, "--iterations=20")
    assert_same_curves(tmp_path / "one", tmp_path / "run", 20)


@pytest.mark.slow
@pytest.mark.parametrize("killed", [0, 2])
def test_a_killed_worker_ends_the_others_with_its_name(tmp_path, cache_dir, killed):
    """Within a minute; started again, all go on from the checkpoint as if nothing had happened."""
    common = (*SMALL, f"--cache_dir={cache_dir}", "--logs_dir=run", "--checkpoint_every=20")
    workers = Workers(3, tmp_path, *common, "--iterations=100000")
    run = tmp_path / "run"
    workers.until(lambda: checkpoint(run, 20).exists())
    workers.processes[killed].kill()
    began = time.monotonic()
    statuses = workers.wait(60)
    assert time.monotonic() - began < 60
    texts = workers.texts()
    for index, (status, text) in enumerate(zip(statuses, texts, strict=True)):
        if index != killed:
            assert status == 1, text
            lines = [line for line in text.splitlines() if line.startswith("error: ")]
            assert len(lines) == 1 and f"worker {killed} (127.0.0.1:" in lines[0], text
            assert "Traceback" not in text
    paths = sorted((run / "checkpoints").glob("iteration-*.npz"))
    saved = int(paths[-1].stem.split("-")[1])
    workers = Workers(3, tmp_path, *common, f"--iterations={saved + 10}")
    assert workers.wait() == [0, 0, 0], workers.texts()
    assert f"going on at iteration {saved} of {saved + 10}" in workers.texts()[0]
    assert len(set(digests(workers.texts()))) == 1
    whole = (*common[:-2], "--logs_dir=whole", f"--iterations={saved + 10}")
    workers = Workers(3, tmp_path, *whole, "--checkpoint_every=20")
    assert workers.wait() == [0, 0, 0], workers.texts()
    name = checkpoint(run, saved + 10).name
    with np.load(run / "checkpoints" / name) as one:
        with np.load(tmp_path / "whole" / "checkpoints" / name) as other:
            for variable in one.files:
                # What callbacks keep has the clock in it, and the checksum is over all.
                if not variable.startswith(("beside/", "sha256")):
                    np.testing.assert_array_equal(one[variable], other[variable], variable)


@pytest.mark.slow
def test_workers_go_back_together_when_numbers_break(tmp_path, cache_dir):
    common = (f"--cache_dir={cache_dir}", "--logs_dir=run", "--model=dcgan", "--iterations=20")
    broken = ("--optimizer=keras_adam", "--learning_rate=1e7", "--checkpoint_every=5")
    broken += ("--optimizer_param=0.5", "--kernel_size=5")
    workers = Workers(2, tmp_path, *common, *broken, "--on_nan=rollback")
    assert workers.wait() == [0, 0], workers.texts()
    assert len(set(digests(workers.texts()))) == 1
    assert all("(rollback 1 of 3)" in text for text in workers.texts())
    rollbacks = json.loads((tmp_path / "run" / "rollbacks.json").read_text())["rollbacks"]
    assert 1 <= len(rollbacks) <= 3 and rollbacks[0]["learning_rate"] == 5e6


def test_what_workers_cannot_share_is_one_line(tmp_path, monkeypatch):
    process = run_main("--strategy=multi_worker", cwd=tmp_path, check=False)
    assert process.returncode == 2 and "TF_CONFIG" in process.stderr
    monkeypatch.setenv("TF_CONFIG", "{}")
    process = run_main("--mode=train", cwd=tmp_path, check=False)
    assert process.returncode == 2 and process.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
