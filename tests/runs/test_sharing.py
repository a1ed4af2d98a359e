"""Work that several processes share."""

import multiprocessing
import time

import pytest

from wgan_tf.errors import UserError
from wgan_tf.runs import sharing
from wgan_tf.runs.sharing import claimed, share


def work_of(folder, count=6):
    paths = [folder / f"{number}.txt" for number in range(count)]

    def do(path):
        assert not path.exists(), f"{path} is done twice"
        time.sleep(0.05)
        path.write_text(f"{path.stem} by {multiprocessing.current_process().name}")

    return paths, do


def do_all(folder):
    paths, do = work_of(folder)
    share(paths, lambda path: path, lambda path: path.exists(), do, "files", "file")


def test_what_is_done_is_not_done_again(tmp_path, capsys):
    paths, do = work_of(tmp_path)
    paths[2].write_text("before")
    share(paths, lambda path: path, lambda path: path.exists(), do, "files", "file")
    assert [path.exists() for path in paths] == [True] * 6
    assert paths[2].read_text() == "before"
    assert "6/6" in capsys.readouterr().err


def test_two_processes_do_each_piece_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=do_all, args=(tmp_path,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert len(list(tmp_path.glob("*.txt"))) == 6


def test_a_piece_that_another_process_is_at_is_left_to_it(tmp_path, monkeypatch):
    """The first is held; once the others are done, it is waited for."""
    paths, do = work_of(tmp_path, 3)
    waits = []

    def other_ends(seconds):
        waits.append([path.exists() for path in paths])
        paths[0].write_text("by another")

    monkeypatch.setattr(sharing.time, "sleep", lambda seconds: None)
    with claimed(paths[0]):
        monkeypatch.setattr(sharing.time, "sleep", other_ends)
        share(paths, lambda path: path, lambda path: path.exists(), lambda path: path.touch(),
              "files", "file")
    assert waits == [[False, True, True]]
    assert paths[0].read_text() == "by another"


def test_after_an_error_the_piece_is_free(tmp_path):
    def fails(path):
        raise UserError("no")

    path = tmp_path / "a.txt"
    with pytest.raises(UserError, match="no"):
        share([path], lambda p: p, lambda p: p.exists(), fails, "files", "file")
    share([path], lambda p: p, lambda p: p.exists(), lambda p: p.touch(), "files", "file")
    assert path.exists()


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"), claimed(tmp_path / "file" / "a"):
        pass
