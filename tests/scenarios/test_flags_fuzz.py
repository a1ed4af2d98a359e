"""Flags of any kind: a command either starts or is answered on one line, never by a traceback."""

import contextlib
import io
import json
import os
import re
import string

import pytest
from absl import flags
from absl.testing import flagsaver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tiny import TINY_FLAGS
from wgan_tf.config import Config, all_fields, field_type
from wgan_tf.config.resolve import resolve
from wgan_tf.doors import command_line
from wgan_tf.errors import UserError
from wgan_tf.modes import MODES

FIELDS = {field.name: field for _, field in all_fields()}
# Repeatable, and of no memory: what fails once fails always.
REPEATABLE = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WHOLE = st.one_of(
    st.integers(-3, 300),
    st.sampled_from([0, -1, 2**31 - 1, 2**31, 2**63, 2**64, 10**9, -(10**30), "1e5", "1e300"]),
    st.sampled_from(["", "nan", "inf", "-inf", "1.5", "٣", "1_000", "0x10", "many", "9" * 5000]),
)
REAL = st.one_of(
    st.floats(),
    st.floats(0, 1),
    st.sampled_from([0, -0.0, 1e-300, 1e30, 1e31, 1e300, -1e300, 5e-324, "1e999", "nan", "x", ""]),
)
# Characters that move a cursor or end a line, or are of other scripts.
MOVING = st.sampled_from("\n\r\x00\x1b\x85\u2028\u202e, :[]%./~")
ODD = st.text(st.characters(codec="utf-8") | MOVING)
NUMBERS = st.lists(st.sampled_from(["0", "1", "2", "8", "16", "64", "9" * 30, "-1", "", "²"]))
LISTS = NUMBERS.map(",".join) | NUMBERS.map(lambda parts: "epochs:" + ",".join(parts))
PATHS = st.sampled_from(
    [
        "new",
        "with space/und ümlaut/日本",
        "trained",
        "broken",
        "file",
        "file/below",
        "empty",
        "pictures",
        "../outside",
        "no/such/folder",
        "x" * 300,
        "y/" * 2500,
        "~nobody/x",
        "a\nb",
        "nul\0",
        "\udc80bytes",
        "link",
    ]
)
CHOICES = {
    "mode": st.sampled_from([*MODES, "image_iterator_visualize", "trian"]),
    "model": st.sampled_from(["0", "1", "gan", "dcgan", "infogan", "wgan_gp", "acgan"]),
    "dataset": st.sampled_from(["mnist5k", "mnist", "folder", "cifar10", "mnits", "../x", "a/b:c"]),
    "image_size": st.sampled_from(["16", "28", "32", "108,64", "0,16", "1,2,3"]),
    "channels": st.sampled_from([1, 3]),
    "layers": st.integers(1, 5),
}


def wild(field):
    """Values of a field as a user might write them by mistake or on purpose."""
    kind = field_type(field)
    if kind is bool:
        return st.sampled_from(["true", "maybe", "", "1", "TRUE"])
    if kind is int:
        return WHOLE
    if kind is float:
        return REAL
    return PATHS | ODD | LISTS


def tame(field):
    """Values of a field of which most can be."""
    kind = field_type(field)
    if field.name in CHOICES:
        return CHOICES[field.name]
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(1, 200)
    if kind is float:
        return st.floats(1e-6, 0.99)
    # The names that a field's own check lists are among what it says is wrong.
    check = field.metadata["check"]
    listed = re.findall(r"\w+", (check and check("?")) or "")
    if len(listed) > 8 or "of" in listed:
        return st.sampled_from(listed[-2:])
    return st.sampled_from(["pictures", "1", "1,2", "8,16,32", "train", "train[:50%]"])


@st.composite
def command_lines(draw):
    """A mode and a few flags; of half of them the values are tame."""
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=6, unique=True))
    values_of = draw(st.sampled_from([tame, wild]))
    chosen = {name: draw(values_of(FIELDS[name])) for name in names}
    chosen.setdefault("mode", draw(st.sampled_from(list(MODES))))
    if draw(st.booleans()):
        folders = st.sampled_from(["new", "trained", "trained"]) if values_of is tame else PATHS
        chosen.setdefault("logs_dir", draw(folders))
    return [f"--{name}={value}" for name, value in chosen.items()]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder to be in: a trained run as far as flags can tell, a broken one, a file, images."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("here") / "place"
    for name in ("trained/checkpoints", "broken", "empty", "pictures"):
        (folder / name).mkdir(parents=True)
    stored = resolve({**TINY_FLAGS, "logs_dir": "trained"}).flat()
    (folder / "trained" / "config.json").write_text(json.dumps(stored))
    (folder / "trained" / "checkpoints" / "iteration-00000001.npz").write_bytes(b"")
    (folder / "broken" / "config.json").write_text('{"z_dim": "7"')
    (folder / "file").write_text("mine")
    (folder / "link").symlink_to("link")
    Image.new("L", (20, 20)).save(folder / "pictures" / "grey.png")
    return folder


@pytest.fixture(scope="module")
def started():
    """Whether each of the fuzzed commands would have started."""
    return []


@pytest.fixture
def here(place, monkeypatch):
    monkeypatch.chdir(place)
    if "z_dim" not in flags.FLAGS:
        command_line.define_flags()
    return place


def configured(arguments):
    """The configuration of a command line, or the line that answers it.

    Whatever else comes out of it is a traceback to a user, and fails the test.
    """
    stderr = io.StringIO()
    with flagsaver.flagsaver(), contextlib.redirect_stderr(stderr):
        try:
            command_line.parse(["main.py", *arguments])
            return command_line.configure()
        except UserError as error:
            return str(error)
        except SystemExit as ended:
            assert ended.code == 2
            line = stderr.getvalue()
            assert line.startswith("error: ") and line.endswith("\n")
            return line.removeprefix("error: ")[:-1]
        finally:
            flags.FLAGS.unparse_flags()


def assert_one_line(line):
    assert line and line.isprintable() and len(line) < 1500, repr(line)
    assert "--" in line or os.sep in line, line


def listing(folder):
    return sorted(
        (str(path), path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*")
    )


@settings(REPEATABLE, max_examples=600)
@given(arguments=command_lines())
def test_any_flags_give_a_configuration_or_one_line(arguments, here, started):
    answer = configured(arguments)
    started.append(isinstance(answer, Config))
    if not started[-1]:
        assert_one_line(answer)


def test_they_were_of_both_kinds(started):
    assert len(started) >= 500
    assert 0.1 < sum(started) / len(started) < 0.6


def test_nothing_was_written_by_any_of_them(here):
    before = listing(here.parent)
    for mode in MODES:
        for logs_dir in ("new", "trained", "broken", "file", "file/below", "y/" * 2500):
            answer = configured([f"--mode={mode}", f"--logs_dir={logs_dir}"])
            if not isinstance(answer, Config):
                assert_one_line(answer)
    assert listing(here.parent) == before


@settings(REPEATABLE, max_examples=200)
@given(arguments=st.lists(ODD.map(lambda text: "--" + text) | ODD, max_size=3))
def test_what_is_no_flag_at_all_is_one_line(arguments, here):
    answer = configured(arguments)
    if not isinstance(answer, Config):
        assert answer and answer.isprintable()


@settings(REPEATABLE, max_examples=300)
@given(
    name=st.sampled_from(sorted(FIELDS)),
    value=st.recursive(
        st.none() | st.booleans() | WHOLE | REAL | ODD | PATHS | LISTS,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(ODD, inner, max_size=2),
    ),
    mode=st.sampled_from(list(MODES)),
)
def test_a_stored_field_of_any_value_gives_a_configuration_or_one_line(name, value, mode, here):
    stored = json.loads((here / "trained" / "config.json").read_text())
    folder = here.parent / "other"
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    (folder / "checkpoints" / "iteration-00000001.npz").touch()
    (folder / "config.json").write_text(json.dumps({**stored, name: value}))
    answer = configured([f"--mode={mode}", f"--logs_dir={folder}"])
    if not isinstance(answer, Config):
        assert_one_line(answer)


@pytest.mark.parametrize(
    ("flag", "word"),
    [
        ("--z_dim=1e9", "must be 1 to 65536"),
        ("--image_size=100000", "--image_size=100000"),
        ("--image_size=" + "9" * 5000, "--image_size"),
        ("--iterations=1e300", "must be at most 2147483647"),
        ("--iterations=1e9", "must be 0 to 10000000"),
        ("--seed=1e19", "--seed"),
        ("--learning_rate=1e300", "at most 1e+30"),
        ("--learning_rate=inf", "at most 1e+30"),
        ("--clip_value=nan", "--clip_value=nan"),
        ("--generator_widths=1000000,8,8", "1 to 65536 each"),
        ("--gen_dimension=1000000", "must be 1 to 4096"),
        ("--film_strip=" + "9" * 4000, "1 to 10000000 each"),
        ("--dataset=../../x", "must be a name, not a path"),
        ("--flagfile=/bin/sh", "decode"),
        ("--logs_dir=a\nb", "breaks lines"),
        ("--z_dim=\n\x1b[2J7", "--z_dim"),
    ],
)
def test_what_would_explode_later_is_refused_at_once(flag, word, here):
    line = configured(["--mode=train", *flag.split(" ")])
    assert isinstance(line, str) and word in line
    assert_one_line(line + " --")


@pytest.mark.parametrize(
    "flag",
    [
        "--critic_widths=65536,65536,65536",
        "--batch_size=65536 --image_size=256 --n_critic=1000 --layers=2",
    ],
)
def test_what_memory_cannot_hold_is_a_line_and_no_error(flag, here, capsys):
    config = configured(["--mode=train", *flag.split(" ")])
    assert isinstance(config, Config)
    line = capsys.readouterr().out
    assert "GiB at least and this machine has" in line and line.count("\n") == 1


def test_errors_show_no_character_that_is_not_plain():
    odd = "a\nb\rc\x1b[2Jd\u2028e\u202ef\udc80g\x00" + string.printable
    assert str(UserError(odd)).isprintable()
    assert str(UserError("ümlaut 日本 a  b")) == "ümlaut 日本 a  b"
    long = str(UserError("--x=" + "9" * 100_000 + ": choose another"))
    assert len(long) < 1300 and long.startswith("--x=9") and long.endswith("choose another")
