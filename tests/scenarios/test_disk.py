"""A disk that is full, folders that disappear, two trainings in one folder: nothing is lost."""

import contextlib
import json
import logging
import os
import resource
import shutil
import subprocess
import sys

import keras
import pytest
import tensorflow as tf

from tests.processes import ROOT, run_main
from tests.reading import events
from tests.tiny import make_model
from wgan_tf.errors import UserError
from wgan_tf.files.writing import remove_unfinished
from wgan_tf.runs import checkpoints
from wgan_tf.runs.locking import alone_in
from wgan_tf.training import game
from wgan_tf.training.callbacks.control import Checkpoints
from wgan_tf.training.callbacks.events import Events
from wgan_tf.training.callbacks.iterations import Iterations
from wgan_tf.training.fit import fit


@contextlib.contextmanager
def files_up_to(size):
    """As if the disk were full: no file can be longer."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


class Meanwhile(Iterations):
    """Does something after chosen iterations."""

    def __init__(self, **actions):
        super().__init__()
        self.actions = {int(name[1:]): action for name, action in actions.items()}

    def after(self, iteration, logs):
        self.actions.get(iteration, lambda: None)()


def fitted(model, folder, steps, every=2, **actions):
    images = tf.zeros((8, 6, 16, 16, 1))
    batches = tf.data.Dataset.from_tensors(images).repeat()
    saver = Checkpoints(folder, every, stop=steps)
    return fit(model, batches, steps, [Meanwhile(**actions)], saver)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_full_disk_on_the_way_is_a_warning_and_the_next_checkpoint_is_tried(tmp_path, caplog):
    held = contextlib.ExitStack()
    with held, caplog.at_level(logging.WARNING):
        fitted(
            make_model(),
            tmp_path,
            6,
            n3=lambda: held.enter_context(files_up_to(2000)),
            n5=held.close,
        )
    assert names(tmp_path) == ["iteration-00000002.npz", "iteration-00000006.npz"]
    (warning,) = (record.getMessage() for record in caplog.records)
    assert "iteration 4 is not saved, training goes on" in warning and "File too large" in warning
    assert checkpoints.restore_latest(tmp_path, make_model()) == 6


def test_an_end_that_cannot_be_saved_is_an_error_and_what_was_saved_stays(tmp_path):
    whole = {}

    def fill():
        whole.update({path.name: path.read_bytes() for path in tmp_path.iterdir()})
        held.enter_context(files_up_to(2000))

    with contextlib.ExitStack() as held:
        with pytest.raises(UserError, match="iteration 6 is not saved.* goes on from iteration 4"):
            fitted(make_model(), tmp_path, 6, n5=fill)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == whole


def test_a_folder_that_disappears_comes_back_and_one_that_is_a_file_is_a_warning(tmp_path, caplog):
    folder = tmp_path / "checkpoints"

    def in_the_way():
        shutil.rmtree(folder)
        folder.write_text("in the way")

    fitted(make_model(), folder, 4, every=1, n2=lambda: shutil.rmtree(folder))
    assert names(folder) == [f"iteration-0000000{i}.npz" for i in (2, 3, 4)]
    with caplog.at_level(logging.WARNING):
        fitted(make_model(), folder, 4, every=1, n2=in_the_way, n4=folder.unlink)
    assert names(folder) == ["iteration-00000004.npz"]
    assert caplog.text.count("is not saved, training goes on") == 2


def test_what_is_half_done_is_not_saved(tmp_path):
    class Fails(keras.callbacks.Callback):  # none of ours, so it may end the training
        def on_train_batch_end(self, batch, logs=None):
            if batch == 4:
                raise UserError("no more")

    batches = tf.data.Dataset.from_tensors(tf.zeros((8, 6, 16, 16, 1))).repeat()
    with pytest.raises(UserError, match="no more"):
        fit(make_model(), batches, 6, [Fails()], Checkpoints(tmp_path, 2, stop=6))
    assert names(tmp_path)[-1] == "iteration-00000004.npz"


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    try:
        if subprocess.run(mounted, capture_output=True).returncode:
            pytest.skip("nothing can be mounted here")
    except FileNotFoundError:
        pytest.skip("there is no mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_training_on_a_full_disk(small_disk, cache_dir):
    """With everything that writes: one line at the end, nothing broken, and it goes on later."""
    flags = [
        *("--image_size=16", "--layers=2", "--z_dim=3", "--gen_dimension=4", "--disc_dimension=4"),
        *("--batch_size=8", "--critic_boost=false", "--n_critic=1", "--film", "--watch_every=2"),
        *("--checkpoint_every=4", "--keep_checkpoints=50", "--image_every=1", "--summary_every=1"),
        *("--evaluate_every=3", "--evaluate_samples=64", "--features=random"),
        *(f"--cache_dir={cache_dir}", f"--logs_dir={small_disk / 'run'}", "--iterations=60"),
    ]
    done = run_main(*flags, check=False)
    assert done.returncode == 1
    lines = done.stderr.replace("\r", "\n").splitlines()
    assert lines[-1].startswith("error: iteration 60 is not saved, the same command goes on from")
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert any("TensorBoard's events are not written" in line for line in lines)
    folder = small_disk / "run" / "checkpoints"
    paths = checkpoints.list_checkpoints(folder)
    assert len(paths) > 2 and not list(folder.glob(".*"))
    # Room is made, and the same command ends.
    for path in paths[:-1]:
        path.unlink()
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    assert "going on at iteration" in run_main(*flags).stdout
    assert checkpoints.list_checkpoints(folder)[-1].stem == "iteration-00000060"


def test_two_trainings_in_one_folder(tmp_path):
    code = (
        "import sys, wgan_tf.runs.locking as locking\n"
        "with locking.alone_in(sys.argv[1]):\n    print('in', flush=True)\n    input()"
    )
    run = tmp_path / "new" / "run"
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(run)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout.readline() == "in\n"
    with pytest.raises(UserError, match=f"is being trained in by process {first.pid}:"):
        with alone_in(run):
            raise AssertionError("both are in")
    first.kill()
    first.communicate()
    with alone_in(run):
        (run / "config.json").write_text("{}")
    assert names(run) == [".lock", "config.json"]


def test_a_refused_training_leaves_no_folder(tmp_path):
    with pytest.raises(ValueError), alone_in(tmp_path / "new" / "run"):
        raise ValueError
    assert names(tmp_path) == []
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match="cannot be written"), alone_in(tmp_path / "file" / "r"):
        raise AssertionError


def test_a_lock_that_takes_its_file_along_leaves_no_folder_either(tmp_path):
    """As on Windows."""
    with pytest.raises(ValueError), alone_in(tmp_path / "new" / "run"):
        (tmp_path / "new" / "run" / ".lock").unlink()
        raise ValueError
    assert names(tmp_path) == []


def test_what_killed_processes_left_is_removed(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    for name in (f".{ended.pid}.a.npz", f".{os.getpid()}.b.npz", ".1.c.npz", ".12", ".lock", "1.d"):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / f".{ended.pid}.folder").mkdir()
    remove_unfinished(tmp_path)
    # Of process 1, which lives, it may be needed yet.
    assert names(tmp_path) == sorted([".1.c.npz", ".12", ".lock", "1.d", f".{ended.pid}.folder"])
    remove_unfinished(tmp_path / "nowhere")


def steps(folder):
    return [step for step, _ in events(folder).get("x", [])]


def written(folder, first, last, start=0, stored=None):
    writer = Events(folder, start, stored)
    for step in range(first, last):
        with writer.as_default(step):
            tf.summary.scalar("x", 0.5 * step)
    return writer


def test_events_are_cut_to_what_the_checkpoint_knows(tmp_path):
    first = written(tmp_path, 1, 5)
    stored = first.state()
    for step in (5, 6):
        with first.as_default(step):
            tf.summary.scalar("x", 0.0)
    first.close()
    # A second command, killed before its first checkpoint, in the middle of a record.
    second = written(tmp_path, 5, 9, 4, stored)
    (late,) = second.state().keys() - stored.keys()
    os.truncate(tmp_path / late, (tmp_path / late).stat().st_size - 3)
    (tmp_path / "notes.txt").write_text("mine")
    third = written(tmp_path, 5, 7, 4, stored)
    known = third.state()
    assert steps(tmp_path) == [1, 2, 3, 4, 5, 6] and late not in known
    assert (tmp_path / "notes.txt").read_text() == "mine"
    # Those of a version that stored nothing stay; those of a training that never saved do not.
    Events(tmp_path, 4, None)
    assert steps(tmp_path) == [1, 2, 3, 4, 5, 6]
    Events(tmp_path, 0, None)
    assert names(tmp_path) == ["notes.txt"]


def test_events_that_were_deleted_are_no_reason_to_stop(tmp_path):
    folder = tmp_path / "train"
    writer = written(folder, 1, 3)
    stored = writer.state()
    shutil.rmtree(folder)
    assert writer.state() == {}
    with writer.as_default(3):
        tf.summary.scalar("x", 1.5)
    writer.close()
    assert steps(folder) == [3]
    shutil.rmtree(folder)
    written(folder, 4, 6, 3, stored).close()
    assert steps(folder) == [4, 5]


def test_events_go_on_when_there_is_room_again(tmp_path, caplog):
    writer = Events(tmp_path)
    for step in range(40):
        with files_up_to(100 if 10 <= step < 30 else 10**9), writer.as_default(step):
            tf.summary.scalar("x", 0.5 * step)
            tf.summary.text("t", "long" * 30)
        if step == 9:
            writer.flush()
    writer.close()
    assert caplog.text.count("TensorBoard's events are not written, training goes on") == 1
    seen = sorted(steps(tmp_path))
    # Whole records before and after, each once.
    assert seen == sorted(set(seen)) and set(range(10)) | {39} < set(seen) < set(range(40))


def test_a_list_that_could_not_be_written_comes_from_the_checkpoint(resolve_tiny, tmp_path):
    flags = {"n_critic": 1, "critic_boost": False, "watch_every": 1, "checkpoint_every": 2}
    game.train(resolve_tiny(**flags, iterations=4))
    path = tmp_path / "run" / "feedback.json"
    path.unlink()
    game.train(resolve_tiny(**flags, iterations=6))
    looks = json.loads(path.read_text())["looks"]
    assert [look["iteration"] for look in looks] == [1, 2, 3, 4, 5, 6]
