"""What is known of images before they are read."""

import io
import os
import sys
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from wgan_tf import data
from wgan_tf.data import preprocess
from wgan_tf.data.first_look import of_folder
from wgan_tf.data.form import LOOKED_AT, Form
from wgan_tf.data.given import hold


def png(mode="RGB", size=(30, 20)):
    written = io.BytesIO()
    Image.new(mode, size).save(written, "PNG")
    return written.getvalue()


def fill(folder, *contents):
    folder.mkdir(parents=True, exist_ok=True)
    for index, content in enumerate(contents):
        (folder / f"{index}.png").write_bytes(content)
    return str(folder)


@pytest.mark.parametrize(
    ("mode", "channels"),
    [("L", 1), ("LA", 1), ("1", 1), ("I;16", 1), ("RGB", 3), ("RGBA", 3), ("P", 3)],
)
def test_grey_is_what_is_stored_as_grey(tmp_path, mode, channels):
    assert of_folder(None, fill(tmp_path, png(mode))) == Form(30, 20, channels)
    assert of_folder(None, str(tmp_path / "0.png")) == Form(30, 20, channels)


def test_the_largest_of_the_first_decide_and_one_in_colour_is_enough(tmp_path):
    folder = fill(tmp_path, png("L", (9, 50)), png("RGB", (70, 8)), png("L"), b"damaged")
    assert of_folder(None, folder) == Form(70, 50, 3)
    assert Form(70, 50).side == 70 and Form().side is None


def test_a_look_opens_a_few(tmp_path, monkeypatch):
    opened, form_of = [], preprocess.form_of
    monkeypatch.setattr(preprocess, "form_of", lambda path: opened.append(path) or form_of(path))
    assert of_folder(None, fill(tmp_path, *[png()] * 40)) == Form(30, 20, 3)
    assert len(opened) == LOOKED_AT


def test_what_is_celebas_is_the_originals(tmp_path):
    faces = fill(tmp_path / "faces", png("RGB", (178, 218)), png())
    layout = tmp_path / "layout"
    fill(layout / "img_align_celeba", png("L", (8, 8)))
    for place in (faces, str(layout), str(tmp_path / "nowhere"), "gs://x/img_align_celeba"):
        assert of_folder(None, place) == Form(178, 218, 3, as_original=True), place
    assert of_folder(None, "gs://x/faces") == Form()


def test_archives_and_arrays(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("notes.txt", "x")
        archive.writestr("in/1.png", png("L", (28, 28)))
    for name, kind in (("a.tar", "w"), ("a.tar.gz", "w:gz")):
        with tarfile.open(tmp_path / name, kind) as archive:
            for member, content in (("notes.txt", b"x"), ("in/1.png", png("L", (28, 28)))):
                info = tarfile.TarInfo(member)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    np.savez(tmp_path / "a.npz", labels=np.zeros(2), images=np.zeros((2, 28, 28), np.uint8))
    np.save(tmp_path / "a.npy", np.zeros((2, 28, 28), np.uint8))
    np.save(tmp_path / "colour.npy", np.zeros((2, 20, 30, 3), np.uint8))
    for name in ("a.zip", "a.tar", "a.tar.gz", "a.npz", "a.npy"):
        assert of_folder(None, str(tmp_path / name)) == Form(28, 28, 1), name
    assert of_folder(None, str(tmp_path / "colour.npy")) == Form(30, 20, 3)
    (tmp_path / "shards").mkdir()
    os.rename(tmp_path / "a.npz", tmp_path / "shards" / "part.npz")
    assert of_folder(None, str(tmp_path / "shards")) == Form(28, 28, 1)


def test_what_is_damaged_says_nothing(tmp_path):
    for name in ("a.png", "a.npz", "a.npy"):
        (tmp_path / name).write_bytes(b"damaged")
        assert of_folder(None, str(tmp_path / name)) == Form(), name
    assert of_folder(None, fill(tmp_path / "all", b"damaged")) == Form()
    assert of_folder(None, fill(tmp_path / "empty")) == Form()


def test_named_data_sets_by_their_own_description():
    assert data.form_of("fashion_mnist", None) == data.form_of("emnist/letters", None)
    assert data.form_of("kmnist", None) == Form(28, 28, 1)
    assert data.form_of("svhn_cropped", None) == Form(32, 32, 3)
    assert data.form_of("stl10", None) == Form(96, 96, 3)
    assert data.form_of("oxford_flowers102", None) == Form(None, None, 3)
    celeba = data.form_of("celeb_a", None)
    assert celeba.is_celeba and not celeba.as_original
    for name in ("no_such_set", "glue", "grid25", "array-0123456789ab"):
        assert data.form_of(name, None) == Form(), name
    assert data.form_of(hold(np.zeros((1, 5, 7, 1), np.uint8)), None) == Form(7, 5, 1)


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_what_is_known_is_what_is_described(name):
    from wgan_tf.data.tfds import form_of_tfds

    assert data.form_of(name, None) == form_of_tfds(name, None)


def test_looking_imports_no_tensorflow():
    import subprocess

    code = (
        "import sys; from wgan_tf import data; print(data.form_of('fashion_mnist', None)[:3], "
        "'tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split("\n")[0] == "(28, 28, 1) False", done.stderr
