"""What `--help` says: all modes, one mode, everything."""

import re
import shlex
import subprocess
import sys

import pytest

from tests.processes import ROOT, run_main
from wgan_tf.config import all_fields, field_type, reads
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.field import flag_of
from wgan_tf.config.resolve import resolve
from wgan_tf.doors import help_text
from wgan_tf.doors.manual import MANUAL, TASKS

FIELDS = {field.name: field for _, field in all_fields()}


def named(text):
    return set(re.findall(r"--(\w+)", text))


def test_the_overview_has_all_modes_by_task_and_ten_flags():
    text = help_text.overview()
    assert len(text.splitlines()) <= 60
    tasks = [text.index(f"\n{title}:\n") for title in TASKS.values()]
    assert tasks == sorted(tasks)
    for name in COMMANDS:
        assert f"\n  {name} " in text
    flags = text[text.index("most:") :]
    assert len(re.findall(r"^  --\w+: ", flags, re.MULTILINE)) == 10
    assert "--mode=train --help" in text and "--helpfull" in text


def test_all_modes_have_a_page():
    assert set(MANUAL) == set(COMMANDS)
    assert {page.task for page in MANUAL.values()} == set(TASKS)


@pytest.mark.parametrize("mode", COMMANDS)
def test_a_page_names_all_that_its_mode_reads_and_nothing_else(mode):
    text, page = help_text.page({"mode": mode}), MANUAL[mode]
    lines = text.splitlines()
    assert len(lines) <= 60 and max(map(len, lines)) <= 100
    about = lines[2 : lines.index("", 2)]
    assert 1 <= len(about) <= 3
    flags = text[text.index("\nflags") :]
    read = {flag_of(FIELDS[name]) for name in FIELDS if reads(mode, name)} - {"mode"}
    assert read <= set(re.findall(r"(?:^|(?<=\s))--(\w+)(?==|\s|$)", flags))
    explained = flags.split("\nfurther")[0].split("\nstored")[0]
    assert re.findall(r"^  --(\w+)", explained, re.MULTILINE) == [
        flag_of(FIELDS[name]) for name in page.first.split()
    ]
    assert all(reads(mode, name) for name in page.first.split())


@pytest.mark.parametrize("mode", COMMANDS)
def test_an_example_means_something(mode):
    given = {"mode": mode}
    for word in shlex.split(MANUAL[mode].example):
        name, equals, value = word.removeprefix("--").partition("=")
        kind = field_type(FIELDS[name])
        given[name] = kind(value) if equals else True
    notes = []
    resolve(given, None, notes)
    assert not notes


def test_defaults_are_those_of_the_data_set():
    digits, colours = (
        help_text.page({"mode": "train", "dataset": name}) for name in ("mnist5k", "cifar10")
    )
    assert "--channels=1  " in digits and "--channels=3  " in colours
    assert "(mnist5k, wgan)" in digits
    assert "--learning_rate=0.005" in help_text.page({"mode": "train", "learning_rate": 5e-3})
    ratio = help_text.page({"mode": "z_iterator", "guide": "ratio"})
    assert "--nr_iter_vis=30 " in ratio and "--optimizer=sgd " in ratio


def test_everything_names_every_mode_and_flag():
    text = help_text.everything()
    for name in COMMANDS:
        assert f"\n  {name} " in text
    for field in FIELDS.values():
        assert f"\n  --{flag_of(field)}: " in text


def test_the_command_line_prints_them(tmp_path):
    for arguments, text in (
        (["--help"], help_text.overview()),
        (["--helpfull", "--mode=train"], help_text.everything()),
        (["--mode=train", "--seed=3", "--help"], help_text.page({"mode": "train", "seed": 3})),
        (["-h", "--mode", "toy"], help_text.page({"mode": "toy"})),
    ):
        assert run_main(*arguments, cwd=tmp_path).stdout == text + "\n"
    assert not list(tmp_path.iterdir())


def test_a_closed_pipe_is_no_error(tmp_path):
    command = f"{sys.executable} {ROOT / 'main.py'} --helpfull | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.startswith("Trains a Wasserstein GAN") and done.stderr == ""
