"""Folders of any name, from the images to what is printed to be pasted into a shell."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from tests.processes import run_main

NAME = """-a b'c"d \u00fc\u6f22 [x]* $HOME %d#&:\u00e9"""
TINY = (
    *("--image_size=16", "--layers=2", "--z_dim=3", "--gen_dimension=1", "--disc_dimension=4"),
    "--batch_size=8",
)
SEVERAL = str(Path(__file__).with_name("bare_system.py"))


def test_spaces_quotes_umlauts_dashes_slashes_and_dots(tmp_path):
    pictures = tmp_path / NAME / "pictures"
    (pictures / NAME).mkdir(parents=True)
    (tmp_path / NAME / "z").mkdir()
    rng = np.random.default_rng(0)
    for number in range(48):
        image = Image.fromarray(rng.integers(0, 256, (20, 20, 3), np.uint8))
        image.save((pictures / NAME if number % 2 else pictures) / f"{NAME}{number}.png")
    data, run = f"--data_dir={NAME}/pictures", f"--logs_dir={NAME}/run"
    commands = [
        ["--mode=train", f"{data}/", run, *TINY, "--iterations=2", "--film", "--film_every=1"],
        [
            *("--mode=train", f"--data_dir={NAME}/../{NAME}/pictures", *TINY, "--iterations=3"),
            f"--logs_dir={NAME}/z/../run/",
        ],
        ["--mode=generate", run, "--count=40"],
        ["--mode=evaluate", run, "--features=random", f"--generated={NAME}/run/samples/"],
        ["--mode=export", run, "--export_format=keras"],
        ["--mode=project", run, f"--target={NAME}/pictures/{NAME}0.png", "--nr_iter_vis=2"],
    ]
    words = [word for command in commands for word in ("--", *command)][1:]
    done = subprocess.run(
        [sys.executable, SEVERAL, *words], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]
    said = done.stdout
    # What was made of the pictures, at the start of either training.
    assert len(re.findall(r"^data: .*\b48 images", said, re.M)) == 2
    assert "going on at iteration 2 of 3" in said
    assert "the film ends" not in done.stderr
    # Only what was asked for is there.
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert {path.name for path in (tmp_path / NAME).iterdir()} == {"pictures", "run", "z"}
    pasted = [shlex.split(line) for line in re.findall(r"^to see the run: (.*)", said, re.M)]
    assert {Path(words[2]).resolve().name for words in pasted} == {"run"}
    assert all(words[2].startswith("./-a b'c") for words in pasted)
    (line,) = re.findall(r"^to use the generator: (.*)", said, re.M)
    line = line.replace("; ", "\n").splitlines()[0]
    code = f"import keras\n{line}\nprint(model.input_shape)"
    opened = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert opened.stdout == "(None, 3)\n"
    # The card's command, pasted.
    card = (tmp_path / NAME / "run" / "README.md").read_text("utf-8")
    (line,) = re.findall(r"^    (python main\.py .*)", card, re.M)
    program, script, *flags = shlex.split(line)
    assert (program, script) == ("python", "main.py")
    assert "nothing to do" in run_main(*flags, cwd=tmp_path).stdout
    stored = json.loads((tmp_path / NAME / "run" / "config.json").read_text("utf-8"))
    assert stored["data_dir"] == str(pictures)
