"""The way of a person who has never seen the project: the README's lines, in a new folder."""

import re
import shlex
import sys

import pytest

from tests.processes import ROOT, run_main

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_from_the_readme_to_refined_digits_in_python_and_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(import wgan_tf\n.*?)```", README, re.DOTALL)
    there = {}
    exec(compile(code.replace("iterations=2000", "iterations=300"), "README.md", "exec"), there)
    frechet = there["report"]["frechet"]
    assert frechet.value < frechet.before, "the ratio did not help"
    assert there["better"].images_after.shape == (64, 32, 32, 1)
    # The same run on the command line: refined again, measured, and looked at.
    commands = [
        "--mode=z_iterator --guide=ratio --logs_dir=logs/mnist5k --batch_size=64",
        "--mode=refine --logs_dir=logs/mnist5k --batch_size=200",
        "--mode=evaluate --features=random --logs_dir=logs/mnist5k "
        "--generated=logs/mnist5k/refine.npz",
    ]
    for command in commands:
        said = run_main(*shlex.split(command), cwd=tmp_path).stdout
        for picture in re.findall(r"^picture: (.*)", said, re.MULTILINE):
            assert (tmp_path / picture).exists()
    assert "fitting another" not in said and "| Fréchet distance |" in said


@pytest.mark.slow
def test_an_installed_wheel_works_outside_of_the_checkout(tmp_path):
    import subprocess

    def run(*command):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    # The packages of this environment, and nothing of this checkout.
    run(sys.executable, "-m", "venv", "--system-site-packages", "env")
    packages = next(path for path in map(str, sys.path) if path.endswith("site-packages"))
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (site / "others.pth").write_text(packages + "\n")
    python = str(tmp_path / "env" / "bin" / "python")
    options = ("--quiet", "--no-deps", "--no-build-isolation")
    run(python, "-m", "pip", "install", *options, "--target", "there", str(ROOT))
    code = (
        "import sys; sys.path.insert(0, 'there'); import wgan_tf; from wgan_tf import refine; "
        "assert 'there' in wgan_tf.__file__; "
        "images = wgan_tf.images('mnist5k', size=16, channels=1); "
        "run = wgan_tf.train(images, iterations=2, layers=2, z_dim=3, gen_dimension=1, "
        "disc_dimension=4, n_critic=1); print(run.generate(run.sample_z(2)).shape)"
    )
    assert run(python, "-c", code) == "(2, 16, 16, 1)\n"
    assert (tmp_path / "there/wgan_tf/py.typed").exists()
    assert (tmp_path / "there/bin/wgan-tf").exists()
