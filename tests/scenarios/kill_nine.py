"""A training that is killed again and again ends as one that never was.

python -m tests.scenarios.kill_nine --kills=50 --seed=0

Trains a tiny model on the embedded digits once without interruption, and once with `kill -9` at
moments of five kinds, each followed by the same command: while it starts, between two
iterations, while a checkpoint is being written, between a checkpoint and what follows it, and
while the pictures of the finished training are made. After every tenth kill the newest checkpoint
is damaged besides. Then both folders are compared: weights, optimizer slots, TensorBoard's values,
rows of losses, the film's frames, pictures and JSON files.
"""

import argparse
import collections
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.processes import ROOT
from wgan_tf.files.csv_rows import read_columns
from wgan_tf.runs.checkpoints import list_checkpoints

FLAGS = (
    *("--dataset=mnist5k", "--image_size=16", "--layers=2", "--z_dim=8", "--batch_size=16"),
    *("--gen_dimension=8", "--disc_dimension=8", "--n_critic=2", "--critic_boost=false"),
    *("--optimizer=keras_rmsprop", "--learning_rate=0.01", "--seed=3", "--deterministic"),
    *("--film", "--film_grid=3", "--watch_every=3", "--summary_every=7", "--image_every=25"),
    *("--histogram_every=40", "--evaluate_every=10", "--evaluate_samples=64"),
    *("--features=random", "--keep_best=frechet", "--checkpoint_every=5"),
)
# What a clock says is never the same.
CLOCK_TAGS, CLOCK_FIELDS = {"training/images_per_second"}, {"seconds", "logs_dir"}
MOMENTS = ("start-up", "between iterations", "writing a checkpoint", "between files")
LAST = "after the last checkpoint"
_LOOK = 0.0005  # seconds between two looks at the folder


class Killer:
    """Starts a training again and again and kills it.

    Args:
        folder: of the run.
        iterations: of the whole training.
        seed: of the moments.
    """

    def __init__(self, folder: Path, iterations: int, seed: int):
        self.folder, self.random = folder, random.Random(seed)
        self.command, self.iterations = command(folder, iterations), iterations
        self.checkpoints = folder / "checkpoints"
        self.fell, self.found, self.damaged = collections.Counter(), 0, 0
        self.starts, self.mended = 0, 0

    def kill_once(self, moment: str) -> bool:
        """Starts the training and kills it at a moment of a kind; False if it ended before."""
        before = self._newest()
        self.starts += 1
        with tempfile.TemporaryFile("w+") as said:
            process = subprocess.Popen(self.command, cwd=ROOT, stdout=said, stderr=said)
            try:
                while not self._is_now(moment, before, process):
                    if process.poll() is not None:
                        said.seek(0)
                        text = said.read()
                        self._note(text)
                        if process.returncode:
                            raise SystemExit(f"the training failed:\n{text[-2000:]}")
                        return False
                    time.sleep(_LOOK)
            finally:
                process.send_signal(signal.SIGKILL)
                process.wait()
            said.seek(0)
            self._note(said.read())
        self.fell[moment] += 1
        return True

    def damage(self) -> None:
        """Cuts off or alters the newest checkpoint, if there is one before it."""
        paths = list_checkpoints(self.checkpoints)
        if len(paths) < 2:
            return
        content = bytearray(paths[-1].read_bytes())
        if self.random.random() < 0.5:
            content = content[: self.random.randrange(len(content))]
        else:
            content[self.random.randrange(len(content))] ^= 1 + self.random.randrange(255)
        paths[-1].write_bytes(content)
        self.damaged += 1

    def _is_now(self, moment: str, before: int, process) -> bool:
        """Whether the moment has come; where it is one between others, after a random wait."""
        if moment == "start-up":
            time.sleep(self.random.uniform(0.05, 7))
            return process.poll() is None
        if moment == LAST:
            if self._newest() == self.iterations:
                time.sleep(self.random.uniform(0, 0.5))
            return self._newest() == self.iterations and process.poll() is None
        # Something is to be reached in every round, or there would be no end.
        if self._newest() <= before + 5 * self.random.randrange(3):
            return False
        if moment == "between iterations":
            time.sleep(self.random.uniform(0, 0.3))
        elif moment == "between files":
            newest = self._newest()
            while self._newest() == newest and process.poll() is None:
                time.sleep(_LOOK)
        else:
            # The unfinished file lies there for some milliseconds.
            while not list(self.checkpoints.glob(".*")) and process.poll() is None:
                time.sleep(_LOOK)
            time.sleep(self.random.uniform(0, 0.003))
        return process.poll() is None

    def _newest(self) -> int:
        paths = list_checkpoints(self.checkpoints)
        return int(paths[-1].stem.split("-")[1]) if paths else 0

    def _note(self, text: str) -> None:
        self.found += "going on at iteration" in text or "nothing to do" in text
        self.mended += text.count("is damaged; the checkpoint before")


def command(folder: Path, iterations: int) -> list[str]:
    """The command line of a training into a folder."""
    cache = f"--cache_dir={folder.parent / 'cache'}"
    where = [f"--logs_dir={folder}", cache, f"--iterations={iterations}"]
    # -u: what a killed process has said is in its file.
    return [sys.executable, "-u", "main.py", "--mode=train", *FLAGS, *where]


def differences(one: Path, other: Path) -> list[str]:
    """What is not the same in two folders of runs, one line for each."""
    lines = []
    for part, of in PARTS.items():
        a, b = of(one), of(other)
        for name in sorted(a.keys() | b.keys()):
            if name not in a or name not in b:
                lines.append(f"{part}: {name} is in one folder only")
            elif a[name] != b[name]:
                lines.append(f"{part}: {name} differs")
    return lines


def _checkpoints(run: Path) -> dict:
    """Every variable of the newest checkpoint and of the best one, bit for bit."""
    variables = {}
    for path in (list_checkpoints(run / "checkpoints")[-1], run / "checkpoints" / "best.npz"):
        with np.load(path) as arrays:
            for name in arrays.files:
                if not name.startswith(("beside/", "sha256")):
                    array = arrays[name]
                    variables[f"{path.name}/{name}"] = (array.dtype, array.shape, array.tobytes())
    return variables


def _events(run: Path) -> dict:
    """Tag to the list of (step, value) in the order of the files, the clock's left out."""
    import tensorflow as tf

    tags = collections.defaultdict(list)
    for path in sorted((run / "train").glob("events*")):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                if value.tag not in CLOCK_TAGS:
                    content = value.tensor.SerializeToString() or value.metadata.SerializeToString()
                    tags[value.tag].append((event.step, hashlib.sha256(content).hexdigest()))
    # The folder's name is part of the configuration.
    return {tag: sorted(values) for tag, values in tags.items() if "config" not in tag} | {
        "config, times": len(tags["config"])
    }


def _rows(run: Path) -> dict:
    """The columns of `losses.csv`, the clock's left out."""
    columns = read_columns(run / "losses.csv")
    clock = CLOCK_TAGS | CLOCK_FIELDS
    return {name: values.tobytes() for name, values in columns.items() if name not in clock}


def _film(run: Path) -> dict:
    """Number and hash of every decoded frame of the film, and of every picture."""
    from tests.reading import read_film

    frames = read_film(run / "images" / "film.mp4")[0]
    hashes = {f"frame {i}": hashlib.sha256(f.tobytes()).hexdigest() for i, f in enumerate(frames)}
    for path in [*run.rglob("*.png"), *run.rglob("film/*.mp4")]:
        name = str(path.relative_to(run))
        hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return hashes


def _json(run: Path) -> dict:
    def timeless(value):
        if isinstance(value, dict):
            return {k: timeless(v) for k, v in value.items() if k not in CLOCK_FIELDS}
        return [timeless(item) for item in value] if isinstance(value, list) else value

    return {
        str(path.relative_to(run)): timeless(json.loads(path.read_text(encoding="utf-8")))
        for path in run.rglob("*.json")
    }


def _files(run: Path) -> dict:
    """Names of all files; those of events have the time in them."""
    names = [str(path.relative_to(run)) for path in run.rglob("*") if path.is_file()]
    return {name: True for name in names if "tfevents" not in name}


PARTS = {
    "checkpoint": _checkpoints,
    "events": _events,
    "losses.csv": _rows,
    "film and pictures": _film,
    "JSON": _json,
    "files": _files,
}


def kill_nine(folder: Path, kills: int, iterations: int, seed: int = 0) -> dict:
    """Both trainings and what differs between them.

    Args:
        folder: empty.
        kills: at least so many.
        iterations: of each training.
        seed: of the moments.

    Returns:
        "kills" by moment, "starts", "starts that found a checkpoint", "damaged" (by this script)
        and "recognised" checkpoints, and "differences", a list.
    """
    whole, parts = folder / "whole", folder / "parts"
    subprocess.run(command(whole, iterations), cwd=ROOT, check=True, capture_output=True)
    killer, began = Killer(parts, iterations, seed), time.perf_counter()
    moments = [MOMENTS[index % len(MOMENTS)] for index in range(kills)]
    killer.random.shuffle(moments)
    for index, moment in enumerate(moments):
        if not killer.kill_once(moment):
            raise SystemExit(f"it ended after {index} kills: more --iterations")
        seconds = time.perf_counter() - began
        print(f"{seconds:5.0f} s: kill {index + 1}, {moment}: iteration {killer._newest()} saved")
        if index % 10 == 9:
            killer.damage()
    # Twice while it completes its pictures, and then it is left alone.
    for moment in (LAST, LAST):
        killer.kill_once(moment)
    last = subprocess.run(killer.command, cwd=ROOT, check=True, capture_output=True, text=True)
    killer._note(last.stdout + last.stderr)
    return {
        "kills": dict(killer.fell),
        "starts": killer.starts + 1,
        "starts that found a checkpoint": killer.found,
        "damaged": killer.damaged,
        "recognised": killer.mended,
        "differences": differences(whole, parts),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--iterations", type=int, help="default: 25 for each kill")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="kept; default: a temporary one")
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        iterations = arguments.iterations or 25 * arguments.kills
        figures = kill_nine(folder, arguments.kills, iterations, arguments.seed)
    different = figures.pop("differences")
    for name, value in figures.items():
        print(f"{name}: {value}")
    same = "equal: weights, slots, events, rows, film, pictures, JSON, files"
    print("\n".join(different) or same)
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
