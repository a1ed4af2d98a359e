"""The arrows of the house: who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "wgan_tf"
BASE = {"errors", "files", "foreign", "registry"}
# Room or file to what it may import, besides BASE and its own room's shared base.
ALLOWED = {
    "config": set(),
    "defaults": {"config"},
    "guards": {"config"},
    "presets": {"config", "defaults", "guards"},
    "losses": set(),
    "augmentation": set(),
    "clipping": set(),
    "optimizers": set(),
    "runtime": {"cluster"},
    "cluster": set(),
    "arithmetic": set(),
    "timing": set(),
    "comparison": set(),
    "latents": set(),
    "tf1": set(),
    "networks": {"losses", "clipping", "optimizers"},
    "models": {"networks", "losses", "clipping", "optimizers", "augmentation"},
    "data": set(),
    "visualize": {"data"},
    "refine": {"optimizers", "latents"},
    "metrics": {"networks"},
    "study": {"metrics", "refine"},
    "checkpoints": set(),
    "locking": set(),
    "callbacks": {"config", "checkpoints", "clipping", "visualize", "metrics"},
    "runs": {"config", "runtime", "models", "networks", "optimizers", "data", "checkpoints"},
    "modes": {
        "runs",
        "runtime",
        "arithmetic",
        "timing",
        "config",
        "presets",
        "models",
        "refine",
        "metrics",
        "study",
        "comparison",
        "latents",
        "visualize",
        "callbacks",
        "checkpoints",
        "locking",
        "data",
        "tf1",
    },
}
# What the files of a room may share.
ROOM_BASE = {
    "config": {
        "field",
        "basis",
        "training",
        "use",
        "inspection",
        "latent",
        "watching",
        "machines",
    },
    "networks": {"batch_norm", "layer_norm", "minibatch", "seeds"},
    "models": {"generative", "adversarial", "matching", "replicas", "wgan_gp", "dcgan"},
    "refine": {"loop", "latents", "pixels", "controls"},
    "data": {
        "opening",
        "preprocess",
        "scaling",
        "order",
        "network",
        "kept",
        "source",
        # What is skipped, and where and how folders and records are found.
        "skipped",
        "places",
        "walking",
        "parts",
        "records",
        "tfrecord",
    },
    "visualize": {"grid", "figure", "captioned"},
    "callbacks": {"iterations"},
    "modes": {
        "feedback",
        "filming",
        "fitting",
        "refining",
        "judging",
        "measuring",
        "discriminating",
        "sharing",
        "rollback",
    },
    "study": {"experiments", "findings", "stopping"},
    # `evaluation` is all metrics at once.
    "metrics": {
        "checks",
        "bootstrap",
        "sharing",
        "neighbours",
        "batches",
        "frechet",
        "network_file",
    },
}
# Modes made of modes.
COMPOSED = {
    "modes/demo.py",
    "modes/study.py",
    "modes/matched_study.py",
    "modes/compare_discriminators.py",
}


def imports(path: Path) -> set[tuple[str, ...]]:
    """The modules of ours that a file imports, as parts after `wgan_tf`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wgan_tf"):
            parts = tuple(node.module.split(".")[1:])
            found |= {parts} if parts else {(alias.name,) for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {
                tuple(alias.name.split(".")[1:])
                for alias in node.names
                if alias.name.startswith("wgan_tf.")
            }
    return found


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_imports_go_one_way(path):
    relative = path.relative_to(PACKAGE)
    room = relative.parts[0].removesuffix(".py")
    if room == "__init__":
        return
    for target in imports(path):
        if target[0] in BASE:
            continue
        if target[0] == room:
            if len(target) > 1 and relative.as_posix() not in COMPOSED:
                assert target[1] in ROOM_BASE[room], f"{relative} imports its sibling {target}"
            continue
        assert target[0] in ALLOWED[room], f"{relative} must not import {'.'.join(target)}"


def test_only_main_reads_flags():
    for path in PACKAGE.rglob("*.py"):
        assert "flags" not in {
            alias.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module == "absl"
            for alias in node.names
        }, path


def test_what_help_needs_does_not_import_tensorflow():
    code = (
        "import sys, wgan_tf, wgan_tf.presets, wgan_tf.runs, wgan_tf.modes, wgan_tf.models, "
        "wgan_tf.data, wgan_tf.metrics; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"], done.stderr
