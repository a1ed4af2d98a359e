"""The command line as a user has it: processes, exit statuses, the original's commands."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tests.processes import ROOT, run_main
from wgan_tf.metrics.judges import Judge
from wgan_tf.networks.judge import JudgeNetwork

SMALL = (
    "--image_size=16",
    "--layers=2",
    "--z_dim=3",
    "--gen_dimension=1",
    "--disc_dimension=4",
    "--batch_size=4",
)


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["--nope=1"], 2, "nope"),
        (["--iteratons=5"], 2, "iterations"),
        (["--mode=z_iteratr"], 2, "did you mean z_iterator?"),
        (["--model=wgan_pg"], 2, "did you mean wgan_gp?"),
        (["--keep_best=frechett"], 2, "did you mean frechet?"),
        (["--mode=refine", "--method=langvin"], 2, "did you mean langevin?"),
        (["--mode=trian", "--help"], 2, "did you mean train?"),
        (["--data-dir=no_such_folder"], 2, "no_such_folder"),
        (["train"], 2, "'train'"),
        (["--z_dim=many"], 2, "--z_dim=many"),
        (["--iterations=1.5"], 2, "whole number"),
        (["--iterations=inf"], 2, "whole number"),
        (["--data_dir="], 2, "--data_dir="),
        (["--mode=import_tf1"], 2, "--tf1_checkpoint"),
        (["--mode=trian"], 2, "z_iterator"),
        (["--model=3"], 2, "wgan, gan"),
        (["--optimizer=SGD"], 2, "RMSProp"),
        (["--image_size=30"], 2, "divisible"),
        (["--dataset=mnits"], 2, "did you mean mnist?"),
        (["--data_dir=no_such_folder"], 2, "no_such_folder"),
        (["--mode=visualize"], 1, "--mode=train"),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(arguments, status, word, tmp_path):
    process = run_main("--logs_dir=new", *arguments, cwd=tmp_path, check=False)
    assert process.returncode == status
    assert process.stderr.startswith("error: ") and process.stderr.count("\n") == 1
    assert word in process.stderr
    assert list(tmp_path.iterdir()) == []


def test_empty_folder_and_a_file_for_logs_dir(tmp_path):
    (tmp_path / "empty").mkdir()
    process = run_main("--data_dir=empty", cwd=tmp_path, check=False)
    assert process.returncode == 1 and "empty" in process.stderr
    (tmp_path / "file").write_text("mine")
    process = run_main("--logs_dir=file/run", cwd=tmp_path, check=False)
    assert process.returncode == 1 and "is a file" in process.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_resume_with_another_option_is_refused(tmp_path, cache_dir):
    common = (*SMALL, f"--cache_dir={cache_dir}", "--logs_dir=run", "--iterations=2")
    run_main(*common, cwd=tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    process = run_main(*common, "--clip_value=0.5", cwd=tmp_path, check=False)
    assert process.returncode == 2
    assert "--clip_value=0.5" in process.stderr and process.stderr.count("\n") == 1
    assert before == {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert "nothing to do" in run_main(*common, cwd=tmp_path).stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_the_same_command_goes_on(tmp_path, cache_dir, number):
    arguments = [
        sys.executable,
        str(ROOT / "main.py"),
        *SMALL,
        f"--cache_dir={cache_dir}",
        "--logs_dir=run",
        "--iterations=1e6",
        "--checkpoint_every=100000",
    ]
    process = subprocess.Popen(
        arguments, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    read = ""
    while "it/s" not in read and process.poll() is None:
        read += process.stderr.read(1)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "stopped and saved at iteration" in output
    (saved,) = (tmp_path / "run" / "checkpoints").iterdir()
    iteration = int(saved.stem.split("-")[1])
    assert iteration > 0
    again = run_main(
        *SMALL,
        f"--cache_dir={cache_dir}",
        "--logs_dir=run",
        f"--iterations={iteration + 2}",
        cwd=tmp_path,
    )
    assert f"going on at iteration {iteration}" in again.stdout


@pytest.fixture(scope="module")
def celeba_layout(tmp_path_factory):
    """A folder laid out as the original's: `img_align_celeba` with 178x218 JPEGs."""
    folder = tmp_path_factory.mktemp("celeba")
    (folder / "img_align_celeba").mkdir()
    for index in range(6):
        image = Image.linear_gradient("L").rotate(60 * index).resize((178, 218)).convert("RGB")
        image.save(folder / "img_align_celeba" / f"{index:06d}.jpg")
    return folder


def test_the_originals_command_lines(celeba_layout):
    """As they stand in its README, but for small dimensions, steps and iterations."""
    small = ("--gen_dimension=1", "--disc_dimension=2", "--z_dim=5")

    def first(rate="5e-5", iterations="2"):
        return [
            "--logs_dir=logs/CelebA_WGAN_logs4/",
            "--optimizer=RMSProp",
            f"--learning_rate={rate}",
            "--optimizer_param=0.9",
            "--model=1",
            f"--iterations={iterations}",
            "--mode=train",
            "--data_dir=./",
            *small,
        ]

    for command in (
        [*first(), "--batch_size=4", "--critic_boost=false"],
        [*first(), "--mode=visualize"],
        [*first(), "--mode=image_iterator_visualize", "--batch_size=4", "--nr_iter_vis=20"],
        [*first(rate="3e-5"), "--mode=z_iterator_visualize", "--batch_size=8", "--nr_iter_vis=20"],
        [
            *first(rate="1e-3", iterations="5e5"),
            "--mode=z_iterator_tsne",
            "--batch_size=8",
            "--nr_batches_tsne=1",
            "--nr_iter_vis=15",
        ],
    ):
        process = run_main(*command, cwd=celeba_layout)
    line = "--iterations=500000 has no effect in --mode=z_iterator_tsne: the stored 2 holds"
    assert line in process.stdout.splitlines()
    run = celeba_layout / "logs" / "CelebA_WGAN_logs4"
    pictures = {path.name for path in (run / "images").iterdir()}
    assert {
        "generated.png",
        "generated_image_iterator.png",
        "generated_image_iterator_after.png",
        "generated_image_iterator_dif.png",
        "generated_z_iterator.png",
        "image_iterator_plot.png",
        "z_iterator_plot.png",
        "z_iterator_tsne.png",
    } <= pictures
    stored = json.loads((run / "config.json").read_text())
    assert (stored["image_size"], stored["layers"], stored["mode"]) == ("108,64", 4, "train")
    assert json.loads((run / "z_iterator.json").read_text())["learning_rate"] == 3e-5


def test_demo_ends_with_its_pictures_and_the_tensorboard_command(tmp_path, cache_dir):
    judge = JudgeNetwork(16, 1, (4,)).build_classifier()
    Judge(judge).save(tmp_path / "judge" / "classifier.keras")  # one learns for a minute
    process = run_main(
        "--mode=demo",
        *SMALL,
        f"--cache_dir={cache_dir}",
        "--iterations=3",
        "--watch_every=1",  # else there is no look in so short a training, and no picture of it
        "--nr_iter_vis=5",
        "--ratio_features=critic",
        "--judge_dir=judge",
        "--logs_dir=run",
        cwd=tmp_path,
    )
    lines = process.stdout.splitlines()
    shown = "--samples_per_plugin=images=1000"
    assert lines[-1] == f"to see the run: tensorboard --logdir run {shown}"
    named = [line.split(": ")[1] for line in lines if line.startswith("picture: ")]
    assert len(named) == 22 and all((tmp_path / name).exists() for name in named)
    assert named[-1] == "run/images/demo.png"
    with np.load(tmp_path / "run/demo.npz") as arrays:
        assert arrays["z"].shape == (3 * 4, 3)  # a row each of samples, critic's and ratio's
        samples = arrays["z"][:4]
    with np.load(tmp_path / "run/visualize.npz") as arrays:
        assert np.array_equal(arrays["z"], samples)
    clear = json.loads((tmp_path / "run/demo.json").read_text())["clear"]
    assert len(clear) == 3 and all(0 <= count <= 4 for count in clear.values())
