"""What images are known by, wherever they lie."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from wgan_tf.data import file_systems
from wgan_tf.data.identity import are_there, difference, identity_of, is_identity


@pytest.fixture
def folder(tmp_path):
    """Thirty pictures in two sub-folders with names that are no words of a shell."""
    rng = np.random.default_rng(0)
    for index in range(30):
        path = tmp_path / "here" / f"é '{index % 2}'" / f"{index:02d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(path)
    return tmp_path / "here"


def test_a_moved_folder_holds_the_same(folder, tmp_path):
    known = identity_of(str(folder))
    assert known["count"] == 30 and len(known["samples"]) == 16 and is_identity(known)
    (folder / "Thumbs.db").touch()
    (folder / ".DS_Store").touch()
    shutil.copytree(folder, tmp_path / "there")
    assert difference(known, identity_of(str(tmp_path / "there"))) is None
    assert are_there(str(tmp_path / "there"), known)


def test_what_differs_is_named(folder):
    known = identity_of(str(folder))
    first = sorted(folder.rglob("*.png"))[0]
    pixels = first.read_bytes()
    first.write_bytes(pixels[:-1] + b"x")
    relative = first.relative_to(folder).as_posix()
    assert difference(known, identity_of(str(folder))) == f"{relative!r} is another"
    assert not are_there(str(folder), known)
    first.write_bytes(pixels)
    first.rename(first.with_name("renamed.png"))
    assert difference(known, identity_of(str(folder))) == "as many files, 30, of other names"
    first.with_name("renamed.png").unlink()
    assert difference(known, identity_of(str(folder))) == "29 files, not 30"


def test_records_and_single_files_are_known_by_what_is_in_them(tmp_path):
    for number in range(3):
        (tmp_path / f"x.tfrecord-0000{number}-of-00003").write_bytes(bytes([number]) * 100)
    pattern = identity_of(str(tmp_path / "x.tfrecord-*"))
    assert pattern["count"] == 3
    assert difference(pattern, identity_of(str(tmp_path))) is None
    one = identity_of(str(tmp_path / "x.tfrecord-00001-of-00003"))
    os.rename(tmp_path / "x.tfrecord-00001-of-00003", tmp_path / "other")
    assert difference(one, identity_of(str(tmp_path / "other"))) is None
    (tmp_path / "other").write_bytes(b"else")
    assert difference(one, identity_of(str(tmp_path / "other"))) == "another file"


def test_of_many_files_a_few_are_opened_and_of_long_ones_the_beginning(tmp_path, monkeypatch):
    for index in range(100):
        (tmp_path / f"{index}.png").write_bytes(b"a" * 10)
    (tmp_path / "0.png").write_bytes(b"a" * 3 * 2**20)
    opened = []
    original = file_systems.reading
    monkeypatch.setattr(
        file_systems, "reading", lambda path: opened.append(path) or original(path)
    )
    known = identity_of(str(tmp_path))
    assert known["count"] == 100 and len(opened) == 16
    with open(tmp_path / "0.png", "r+b") as file:
        file.seek(2 * 2**20)
        file.write(b"b")
    assert difference(known, identity_of(str(tmp_path))) is None


def test_files_that_somebody_else_names_are_not_opened(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").write_bytes(b"x")
    known = identity_of(str(tmp_path / "out"))
    (beginning,) = known["samples"].values()
    for name in ("../out", str(tmp_path / "out")):
        assert not are_there(str(tmp_path / "in"), {**known, "samples": {name: beginning}})


def test_remote_folders(tmp_path):
    import tensorflow as tf

    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(name.encode())
        with tf.io.gfile.GFile(f"ram://identity/{name}", "wb") as file:
            file.write(name.encode())
    assert difference(identity_of("ram://identity"), identity_of(str(tmp_path))) is None
