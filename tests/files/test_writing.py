"""Folders that are there whole or not at all."""

import ctypes
import os

import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.files import writing
from wgan_tf.files.writing import folder_written_whole


def write(path, text):
    with folder_written_whole(path) as unfinished:
        unfinished.mkdir()
        (unfinished / "file").write_text(text)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_new_one_takes_the_place_of_the_old(tmp_path):
    path = tmp_path / "new" / "model"
    write(path, "one")
    (path / "old").write_text("")
    write(path, "two")
    assert names(path) == ["file"] and (path / "file").read_text() == "two"
    assert names(path.parent) == ["model"]


def test_a_failure_leaves_the_old(tmp_path):
    path = tmp_path / "model"
    write(path, "one")
    with pytest.raises(ZeroDivisionError):
        with folder_written_whole(path) as unfinished:
            unfinished.mkdir()
            raise ZeroDivisionError
    with pytest.raises(UserError, match="model cannot be written"):
        with folder_written_whole(path) as unfinished:
            pass  # nothing is there to take its place
    assert (path / "file").read_text() == "one" and names(tmp_path) == ["model"]


def test_links_are_replaced_and_what_they_lead_to_stays(tmp_path):
    elsewhere, path = tmp_path / "elsewhere", tmp_path / "run" / "model"
    write(elsewhere, "theirs")
    path.parent.mkdir()
    path.symlink_to(elsewhere)
    (path.parent / ".999999999.model").symlink_to(elsewhere)
    write(path, "ours")
    assert not path.is_symlink() and (path / "file").read_text() == "ours"
    assert (elsewhere / "file").read_text() == "theirs" and names(path.parent) == ["model"]


def test_what_killed_processes_left_is_removed_and_nothing_else(tmp_path, monkeypatch):
    alive = ".7.model"
    monkeypatch.setattr(writing, "_is_another", lambda process: process == 7)
    for name in (".8.model", ".8.model.before", alive, ".8.other", ".2024.model.kept", "model.8"):
        (tmp_path / name).mkdir()
    write(tmp_path / "model", "one")
    assert names(tmp_path) == [".2024.model.kept", alive, ".8.other", "model", "model.8"]


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        write(tmp_path / "file" / "model", "one")
    assert os.listdir(tmp_path) == ["file"]


def test_the_home_folder_is_meant_by_a_tilde_wherever_the_library_takes_a_path(
    tmp_path, monkeypatch
):
    import wgan_tf
    from wgan_tf.data.image_set import read_image, read_images
    from wgan_tf.files.keras_file import load_network
    from wgan_tf.visualize.grid import save_png

    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path / "elsewhere")
    save_png("~/pictures/a.png", np.zeros((16, 16, 1), np.uint8))
    assert (tmp_path / "pictures/a.png").exists()
    assert read_images("~/pictures", 5).shape == (1, 16, 16, 1)
    assert read_image("~/pictures/a.png", crop=None, size=16, channels=1).shape == (1, 16, 16, 1)
    assert wgan_tf.images("~/pictures", size=16, split="train").count == 1
    with folder_written_whole("~/model") as unfinished:
        unfinished.mkdir()
    assert (tmp_path / "model").is_dir() and not list((tmp_path / "elsewhere").iterdir())
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        load_network("~/none.keras")


class Kernel:
    """What Windows answers of processes: 7 lives, 8 has ended, 9 is somebody else's."""

    def __init__(self):
        self.closed = []
        self.OpenProcess = self.open  # an attribute, for its type is set

    @staticmethod
    def open(access, inherit, process):
        assert access == 0x100000 and not inherit
        return {7: 70, 8: 80}.get(process)

    def WaitForSingleObject(self, handle, milliseconds):
        assert milliseconds == 0
        return {70: 258, 80: 0}[handle.value]

    def CloseHandle(self, handle):
        self.closed.append(handle.value)


@pytest.mark.parametrize(
    ("process", "error", "alive", "closed"),
    [(7, 0, True, [70]), (8, 0, False, [80]), (9, 5, True, []), (10, 87, False, [])],
)
def test_windows_is_asked_without_a_signal(process, error, alive, closed, monkeypatch):
    """There `os.kill(process, 0)` is a Ctrl-C to everybody."""
    kernel = Kernel()
    monkeypatch.setattr(ctypes, "WinDLL", lambda name, use_last_error: kernel, raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: error, raising=False)
    monkeypatch.setattr(writing, "_WINDOWS", True)
    monkeypatch.setattr(os, "kill", lambda *args: pytest.fail("a signal"))
    assert writing._is_another(process) is alive
    assert kernel.closed == closed
    assert writing._is_another(os.getpid()) is False
