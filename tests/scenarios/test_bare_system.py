"""Every mode where there is nothing but what all systems have: see `bare_system.py`."""

import json
import math
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT
from wgan_tf.config import memory
from wgan_tf.config.commands import COMMANDS

BARE = str(Path(__file__).with_name("bare_system.py"))
TINY = "--image_size=16 --layers=2 --z_dim=3 --gen_dimension=1 --disc_dimension=4 --batch_size=8"
DEMO = "--judge_dir=judge --nr_iter_vis=2 --ratio_features=critic"
MATCHED = "--judge_dir=judge --study_seeds=2 --evaluate_samples=40"
# Those that follow go on from what the first ones left.
FIRST = f"""
--mode=train --logs_dir=run {TINY} --iterations=3
--mode=train --logs_dir=run {TINY} --iterations=4
--mode=visualize --logs_dir=run
--mode=z_iterator --logs_dir=run --nr_iter_vis=3
--mode=generate --logs_dir=run --count=20 --shard_size=10
--mode=evaluate --logs_dir=run --features=random --evaluate_samples=64
--mode=benchmark --logs_dir=bench {TINY}
"""
ALL = f"""
--mode=train --logs_dir=run {TINY} --iterations=3 --film --film_every=1
--mode=train --logs_dir=run {TINY} --iterations=4 --film --film_every=1
--mode=train --logs_dir=other {TINY} --iterations=2 --seed=2
--mode=visualize --logs_dir=run
--mode=image_iterator --logs_dir=run --nr_iter_vis=3
--mode=z_iterator --logs_dir=run --nr_iter_vis=3
--mode=z_iterator_tsne --logs_dir=run --nr_iter_vis=3 --nr_batches_tsne=1
--mode=generate --logs_dir=run --count=20 --shard_size=10
--mode=generate --logs_dir=other --count=30 --shard_size=10 --shard_format=png
--mode=evaluate --logs_dir=run --features=random --evaluate_samples=64
--mode=fit_ratio --logs_dir=run --ratio_features=critic
--mode=refine --logs_dir=run --method=gradient --guide=critic
--mode=project --logs_dir=run --nr_iter_vis=3
--mode=export --logs_dir=run --export_format=saved_model
--mode=export --logs_dir=run --export_format=saved_model
--mode=export --logs_dir=run --export_format=keras
--mode=traverse --logs_dir=run
--mode=manifold --logs_dir=run
--mode=perturb_real --logs_dir=run --perturb_batch=12 --perturb_steps=4
--mode=max_features --logs_dir=run --nr_iter_vis=3
--mode=train_judge --logs_dir=judge --image_size=16 --disc_dimension=4 --epochs=1 --batch_size=500
--mode=max_class --logs_dir=judge --nr_iter_vis=3
--mode=compare_discriminators --logs_dir=run --other_logs_dir=other --nr_iter_vis=3
--mode=latent_map --logs_dir=run --judge_dir=judge
--mode=train_classifier --logs_dir=digits --image_size=16 --disc_dimension=4 --epochs=1
--mode=matched_study --logs_dir=matched {TINY} --iterations=2 {MATCHED}
--mode=demo --logs_dir=demo {TINY} --iterations=2 {DEMO}
"""
# Minutes, and no flags that make them shorter: begun, and ended by Ctrl-C.
LONG = {"toy": "", "study": TINY}
ELSEWHERE = {"import_tf1"}  # needs the original's files


def run(lines, tmp_path, cache_dir):
    words = []
    for line in lines.strip().splitlines():
        words += ["--", *shlex.split(line), f"--cache_dir={cache_dir}"]
    done = subprocess.run(
        [sys.executable, BARE, *words[1:]], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]
    assert "cannot be" not in done.stderr and "Traceback" not in done.stderr
    for path in tmp_path.rglob("*"):
        # What no file may be called there.
        assert not re.search(r'[<>:"|?*\\\x00-\x1f]|[. ]$', path.name), path
        # Nothing unfinished is left.
        assert not re.match(r"\.\d+\.", path.name), path


def test_all_modes_are_here():
    named = set(re.findall(r"--mode=(\w+)", FIRST + ALL)) | set(LONG) | ELSEWHERE
    assert named == set(COMMANDS)


def test_modes_run_where_there_is_no_unix(tmp_path, cache_dir):
    run(FIRST, tmp_path, cache_dir)
    figures = json.loads((tmp_path / "bench" / "benchmark.json").read_text("utf-8"))
    assert "resident" not in figures["peak_memory_gib"]


@pytest.mark.slow
def test_every_mode_runs_where_there_is_no_unix(tmp_path, cache_dir):
    run(ALL, tmp_path, cache_dir)
    assert list((tmp_path / "run").rglob("*.mp4"))


@pytest.mark.slow
@pytest.mark.parametrize("mode", LONG)
def test_long_ones_begin_and_end_by_ctrl_c(mode, tmp_path, cache_dir):
    command = [sys.executable, BARE, f"--mode={mode}", "--logs_dir=run", *LONG[mode].split()]
    if mode == "study":
        command.append(f"--cache_dir={cache_dir}")
    with open(tmp_path / "said", "w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=said)
        try:
            while not re.search(r"[1-9]\d*/\d+ \[", (tmp_path / "said").read_text("utf-8")):
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(0.2)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) in (0, 130)
        finally:
            process.kill()
    text = (tmp_path / "said").read_text("utf-8")
    assert "Traceback" not in text
    if process.returncode:
        assert text.endswith("\nerror: interrupted\n")


@pytest.mark.parametrize("mode", COMMANDS)
def test_the_page_of_every_mode(mode, tmp_path):
    command = [sys.executable, BARE, f"--mode={mode}", "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "") and f"--mode={mode}" in done.stdout


def test_the_bare_system_is_bare():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import bare_system, os; "
        "bare_system.take_away(); "
        "print([name for name in bare_system.LACKING if hasattr(os, name)]); import fcntl"
    )
    folder = str(Path(BARE).parent)
    done = subprocess.run(
        [sys.executable, "-c", code, folder], capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout == "[]\n" and done.stderr.endswith("No module named 'fcntl'\n")


def test_without_sysconf_no_memory_is_too_little(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "_CGROUP", tmp_path / "none")
    assert 2**30 < memory.machine_bytes() < 2**60
    monkeypatch.delattr(os, "sysconf")
    assert memory.machine_bytes() == math.inf
    (tmp_path / "none").write_text("12345")
    assert memory.machine_bytes() == 12345
