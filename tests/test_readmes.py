"""What the READMEs say is there: lengths, links, anchors, pictures, and every command line."""

import ast
import re
import shlex

import pytest

from tests.processes import ROOT
from wgan_tf.config import Config, all_fields, field_type, reads
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.field import flag_of
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError
from wgan_tf.models import GAMES

TOP = ROOT / "README.md"
PAGES = [TOP, ROOT / "tests/README.md", *sorted((ROOT / "wgan_tf").rglob("README.md"))]
FIELDS = {flag_of(field): field for _, field in all_fields()}
ALIASES = {
    "mode": {command.alias: name for name, command in COMMANDS.items() if command.alias},
    "model": {game.alias: name for name, game in GAMES.items() if game.alias},
}
# What the program takes and is no field; what stands for words of the reader's own.
ITS_OWN = {"help", "helpfull", "verbosity"}
PLACEHOLDER = re.compile(r"[A-Z][A-Z_]*(:SETTING=VALUE)?$")
HARMLESS = {int: "2", float: "0.5", str: "word", bool: "true"}
PROGRAM = re.compile(r"(?:^|[\s/`$])(?:python3?\s+main\.py|wgan-tf)(?=\s|$)")
FENCE = re.compile(r"^(\s*)```(\w*)\n(.*?)^\s*```\s*$", re.MULTILINE | re.DOTALL)


def fences(text: str) -> list[tuple[str, str]]:
    """(language, content) of every block of code."""
    return [(match[2], match[3]) for match in FENCE.finditer(text)]


def prose(text: str) -> str:
    """All but the blocks of code."""
    return FENCE.sub("", text)


def code_spans(text: str) -> list[str]:
    """What stands between single backticks, also over the end of a line."""
    return [" ".join(span.split()) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", prose(text))]


def slugs(text: str) -> set[str]:
    """The anchors of a page, as GitHub makes them of its headings."""
    found = {}
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", prose(text), re.MULTILINE):
        heading = re.sub(r"!?\[([^]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
        if found[slug]:
            found[f"{slug}-{found[slug]}"] = 0
    return set(found)


def link_problems(path, text: str) -> list[str]:
    """Links and pictures that lead nowhere, from a page at this path."""
    wrong = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        if not target.exists():
            wrong.append(f"{link}: is not there")
        elif anchor:
            there = text if target == path else target.read_text(encoding="utf-8")
            if anchor not in slugs(there):
                wrong.append(f"{link}: no such heading")
    return wrong


def form_problems(text: str) -> list[str]:
    """Blocks of code that do not end, and tables that GitHub would not draw as such."""
    wrong = []
    if len(re.findall(r"^\s*```", text, re.MULTILINE)) % 2:
        wrong.append("a block of code begins or ends alone")
    lines = prose(text).splitlines()
    cells = [re.sub(r"`[^`]*`", "", line).count("|") for line in lines]
    for number, line in enumerate(lines):
        follows = bool(number) and lines[number - 1].startswith("|")
        if line.startswith("|"):
            ruled = lines[number + 1 : number + 2] and re.match(r"\|[-:|]+$", lines[number + 1])
            if not follows and not ruled:
                wrong.append(f"a table without a head: {line}")
            if follows and cells[number] != cells[number - 1]:
                wrong.append(f"other columns than the row above: {line}")
    return wrong


def split(line: str) -> tuple[list[str], str]:
    """Words of a shell's line up to the end of its command, and its comment."""
    line, _, comment = re.sub(r"\s#\s", "\0", line, count=1).partition("\0")
    try:
        words = shlex.split(line)
    except ValueError:
        words = shlex.split(line.rstrip().removesuffix("'"))  # the end of a script in quotes
    ends = [number for number, word in enumerate(words) if word in ("&&", "||", "|", ";", "&", ">")]
    return words[: min(ends, default=len(words))], comment


def given(words: list[str]) -> dict[str, str | None]:
    """Flag to value; None where it has none."""
    flags = {}
    for number, word in enumerate(words):
        if re.match(r"--\w", word):
            name, equals, value = word[2:].partition("=")
            follows = words[number + 1] if number + 1 < len(words) else "--"
            takes_next = name in FIELDS and field_type(FIELDS[name]) is not bool
            if not equals:
                value = follows if takes_next and not follows.startswith("-") else None
            flags[name] = value
    return flags


def converted(name: str, text: str | None):
    """A flag's value as the program would have it.

    Raises:
        ValueError: it cannot be one.
    """
    field = FIELDS[name]
    kind = field_type(field)
    if text is not None and PLACEHOLDER.match(text):
        text = {"method": "gradient", "dataset": "cifar10"}.get(name, HARMLESS[kind])
    if kind is bool:
        return {None: True, "true": True, "false": False}[text]
    if text is None:
        raise ValueError("has no value")
    if kind is int:
        if float(text) != int(float(text)):
            raise ValueError("is no whole number")
        return int(float(text))
    text = ALIASES.get(name, {}).get(text, text)
    return kind(text)


def known(flags: dict) -> tuple[dict, list[str]]:
    """The values of the flags that exist, and what is wrong with the others."""
    values, wrong = {}, []
    for name, text in flags.items():
        positive = name.removeprefix("no")
        if name not in FIELDS and positive in FIELDS and text is None:
            name, text = positive, "false"
        if name in ITS_OWN or name == "mode" and text and PLACEHOLDER.match(text):
            continue
        if name not in FIELDS:
            wrong.append(f"--{name}: there is no such flag")
            continue
        try:
            values[FIELDS[name].name] = converted(name, text)
        except (KeyError, ValueError) as error:
            wrong.append(f"--{name}={text}: {error}")
    return values, wrong


def command_problems(flags: dict) -> list[str]:
    """What the program would say against a command with these flags."""
    values, wrong = known(flags)
    mode = values.get("mode", "train")
    if mode not in COMMANDS:
        return [*wrong, f"--mode={mode}: there is no such mode"]
    idle = [name for name in values if not reads(mode, name)]
    wrong += [f"--{name}: --mode={mode} does not read it" for name in idle]
    try:
        notes = []
        resolve(values, None, notes)
        wrong += notes
    except UsageError as error:
        wrong.append(str(error))
    return wrong


def flag_problems(flags: dict) -> list[str]:
    """What is wrong with flags that are named outside of a command, perhaps without a value."""
    values, wrong = known({name: value for name, value in flags.items() if value})
    unknown = set(flags) - set(FIELDS) - ITS_OWN - set(values)
    wrong += [f"--{name}: there is no such flag" for name in unknown if not flags[name]]
    for name, value in values.items():
        try:
            Config.from_flat({name: value})
        except UsageError as error:
            wrong.append(str(error))
    return wrong


def text_problems(text: str) -> list[str]:
    """What is wrong with the commands and flags of a page, each with its line."""
    wrong = []
    for language, content in fences(text):
        if language == "python":
            continue
        for line in re.sub(r"\\\n", " ", content).splitlines():
            found = PROGRAM.search(line)
            if found:
                words, comment = split(line[found.end() :])
                flags = given(words)
                problems = command_problems(flags)
                # What a comment adds, each by itself.
                for name, value in given(re.findall(r"--\w+(?:=[^\s;]+)?", comment)).items():
                    problems += command_problems({**flags, name: value})
                wrong += [f"{problem} ({line.strip()})" for problem in problems]
    for span in code_spans(text):
        found = PROGRAM.search(span)
        if found:
            problems = command_problems(given(split(span[found.end() :])[0]))
        elif span.startswith("--"):
            flags = given([word.rstrip(":;") for word in span.split()])
            whole = flags.get("mode") and len(flags) > 1
            problems = command_problems(flags) if whole else flag_problems(flags)
        else:
            problems = []
        wrong += [f"{problem} ({span})" for problem in problems]
    return wrong


def name(path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_can_be_read_at_one_go(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= (250 if path == TOP else 300)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_blocks_and_tables_are_whole(path):
    assert not form_problems(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path):
    assert not link_problems(path, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_commands_mean_what_they_say(path):
    assert not text_problems(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_code_is_code_and_modules_are_there(path):
    text = path.read_text(encoding="utf-8")
    for language, content in fences(text):
        if language == "python":
            ast.parse(content)
    for module in re.findall(r"python -m\s+(tests\.[\w.]+\w)", text):
        assert (ROOT / module.replace(".", "/")).with_suffix(".py").exists(), module


def test_the_pages_have_commands_links_and_pictures():
    """Else nothing above would have been looked at."""
    texts = [path.read_text(encoding="utf-8") for path in PAGES]
    lines = [line for text in texts for _, code in fences(text) for line in code.splitlines()]
    assert sum(bool(PROGRAM.search(line)) for line in lines) > 60
    assert sum(span.startswith("--") for text in texts for span in code_spans(text)) > 80
    assert sum(len(re.findall(r"\]\([^)\s]*#", text)) for text in texts) > 20


def test_the_first_page_names_every_mode_and_the_tests():
    text = TOP.read_text(encoding="utf-8")
    missing = [name for name in COMMANDS if f"`{name}`" not in text]
    assert not missing
    # CI runs what a reader is told to run.
    command = ".venv/bin/python -m pytest -n 2 --dist loadfile\n"
    assert command in text and command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_picture_is_shown():
    shown = set()
    for path in PAGES:
        for link in re.findall(r"!\[[^]]*\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            shown.add((path.parent / link).resolve())
    pictures = set((ROOT / "logs" / "images").iterdir())
    assert len(pictures) > 10 and not pictures - shown


def block(line: str) -> str:
    return f"```bash\n{line}\n```\n"


@pytest.mark.parametrize(
    "text, problem",
    [
        (block("python main.py --mode=train --itertions=5"), "no such flag"),
        (block("X=1 .venv/bin/python main.py --mode=train \\\n    --itertions=5"), "no such flag"),
        (block("wgan-tf --mode=z_iterator --film"), "does not read it"),
        (block("python main.py --mode=train  # --dims=3"), "does not read it"),
        (block("python main.py --model=wgan_gp --clip_value=0.1"), "no effect with --model"),
        (block("python main.py --mode=trian"), "no such mode"),
        (block("python main.py --iterations=many"), "--iterations=many"),
        (block("python main.py --iterations=1.5"), "no whole number"),
        (block("python main.py --image_size=63"), "--image_size"),
        (block("  bash -c '\n  exec python main.py --mod=train'"), "no such flag"),
        ("see `python main.py --mode=traverse --film`.", "does not read it"),
        ("`--mode=traverse --count=3`", "does not read it"),
        ("`--mode=traverse\n--count=3`", "does not read it"),
        ("`--learning_rte=3`", "no such flag"),
        ("`--guide=nobody`", "--guide"),
        ("`--guidance`", "no such flag"),
    ],
)
def test_a_wrong_command_is_found(text, problem):
    assert any(problem in found for found in text_problems(text)), text_problems(text)


@pytest.mark.parametrize(
    "text",
    [
        block("python main.py --mode=demo && ls --all  # --seed=3; or so"),
        block("python main.py --iterations 1e5 --nofilm --data_dir=PICTURES --image_size=64"),
        block("CUDA_VISIBLE_DEVICES= python main.py --mode=z_iterator_visualize --help"),
        block("tensorboard --logdir logs"),
        block("srun bash -c '\n  python main.py --mode=train \\\n      --logs_dir=/shared/run'"),
        "`--matched_batches=K`, `--mode=NAME`, `--method=NAME:SETTING=VALUE`, `pytest --dist file`",
        "`--film`, `--film_every`, `--mode=`, `--model=1`, `--mode=z_iterator_visualize`",
    ],
)
def test_a_right_command_is_not(text):
    assert not text_problems(text)


@pytest.mark.parametrize(
    "link, problem",
    [
        ("[a](#the-secnd)", "no such heading"),
        ("[a](#in-code)", "no such heading"),
        ("[a](#twice-2)", "no such heading"),
        ("[a](tests/README.md#nothing-of-the-kind)", "no such heading"),
        ("[a](tests/REDME.md)", "not there"),
        ("![a](logs/images/generatd.png)", "not there"),
    ],
)
def test_a_dead_link_is_found(link, problem):
    text = f"# One\n{link}\n## The `second`: *one*\n## Twice\n## Twice\n```\n# in code\n```\n"
    assert [problem in found for found in link_problems(TOP, text)] == [True]
    live = "[a](#one) [b](#the-second-one) [c](#twice) [d](#twice-1) [e](tests/README.md#tests)"
    assert not link_problems(TOP, text.replace(link, live))


@pytest.mark.parametrize(
    "text, problem",
    [
        ("```bash\nls\n", "alone"),
        ("|---|---:|\n| a | b |\n", "without a head"),
        ("| a | b |\n| c | d |\n", "without a head"),
        ("| a | b |\n|---|---|\n| `c|d` |\n", "other columns"),
    ],
)
def test_a_broken_form_is_found(text, problem):
    assert any(problem in found for found in form_problems(text))
    assert not form_problems("| a | b |\n|---|---:|\n| `c|d` | |\n\n" + block("ls | sort"))
