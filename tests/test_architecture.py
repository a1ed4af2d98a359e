"""The arrows of the house: who may import whom, and where a newcomer finds what."""

import ast
import collections
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT

PACKAGE = ROOT / "wgan_tf"
# From the ground up: a room imports from floors below its own. Rooms of one floor do not know each
# other.
FLOORS = (
    {"errors", "registry"},
    {"files", "machine", "optimizers"},
    {"data", "networks"},
    {"models", "visualize", "metrics"},
    {"refine"},
    {"config"},
    {"runs"},
    {"looks", "study", "training"},
    {"modes"},
    {"doors"},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def imports(path: Path) -> set[tuple[str, ...]]:
    """The modules of ours that a file imports, as parts after `wgan_tf`."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wgan_tf"):
            parts = tuple(node.module.split(".")[1:])
            for alias in node.names:
                is_module = PACKAGE.joinpath(*parts, f"{alias.name}.py").exists()
                modules.add((*parts, alias.name) if is_module or not parts else parts)
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("wgan_tf.")]
            modules |= {tuple(name.split(".")[1:]) for name in names}
    return modules


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.glob("*/**/*.py")), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_imports_go_one_way(path):
    room = path.relative_to(PACKAGE).parts[0]
    for target in imports(path):
        if target[0] != room:
            assert FLOOR[target[0]] < FLOOR[room], f"{path} must not import {'.'.join(target)}"


def test_no_file_imports_itself_through_others():
    graph = {}
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).with_suffix("").parts
        graph[name[:-1] if name[-1] == "__init__" else name] = imports(path)

    def visit(name, above):
        assert name not in above, f"a circle: {above} {name}"
        for target in graph.get(name, ()):
            if target != name:
                visit(target, (*above, name))

    for name in graph:
        visit(name, ())


def test_few_files_stand_at_the_top():
    assert len([path for path in PACKAGE.iterdir() if path.is_file()]) <= 5


def test_one_file_is_one_mode():
    from wgan_tf.modes import MODES

    assert {path.stem for path in (PACKAGE / "modes").glob("*.py")} - {"__init__"} == set(MODES)


def test_a_name_means_one_thing():
    rooms = collections.defaultdict(list)
    for path in PACKAGE.rglob("*.py"):
        # Modes have the flag's names, which may be those of what they compose.
        if path.name != "__init__.py" and path.parent.name != "modes":
            rooms[path.stem].append(str(path.relative_to(PACKAGE)))
    twice = {name: places for name, places in rooms.items() if len(places) > 1}
    assert not twice, twice


def test_each_room_has_a_map_of_its_files():
    # What Python leaves of a room that is gone is none; one in a room may have a map of its own.
    rooms = [path for path in PACKAGE.iterdir() if (path / "__init__.py").exists()]
    within = [path.parent for path in PACKAGE.glob("*/*/README.md")]
    for room in sorted(rooms + within):
        text = (room / "README.md").read_text(encoding="utf-8")
        named = {Path(name).name for name in re.findall(r"[\w/]+\.py", text)}
        files = (path for path in room.rglob("*.py") if path.name != "__init__.py")
        others = set(within) - {room}
        there = {path.name for path in files if not others & set(path.parents)}
        assert there <= named, f"{room.name}/README.md lacks {there - named}"


def test_what_the_maps_name_is_there():
    files = {path.name for path in ROOT.rglob("*.py") if ".venv" not in path.parts}
    for path in (ROOT / "README.md", ROOT / "tests/README.md", *PACKAGE.rglob("README.md")):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"[\w/.]*\w\.py\b", text):
            here = [top / name for top in (path.parent, PACKAGE, ROOT)]
            assert any(file.exists() for file in here) or name in files, f"{path}: {name}"


def test_only_the_command_line_reads_flags():
    for path in {*PACKAGE.rglob("*.py")} - {PACKAGE / "doors" / "command_line.py"}:
        assert "flags" not in {
            alias.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module == "absl"
            for alias in node.names
        }, path


def test_what_help_needs_does_not_import_tensorflow():
    code = (
        "import sys, wgan_tf, wgan_tf.config.resolve, wgan_tf.runs, wgan_tf.modes, wgan_tf.models, "
        "wgan_tf.data, wgan_tf.metrics; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"], done.stderr
