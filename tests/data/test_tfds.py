import io
import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import requests
from PIL import Image

from tests.scenarios.bare_system import guarded, is_open
from wgan_tf import data
from wgan_tf.data import tfds
from wgan_tf.data.reachable import is_reachable
from wgan_tf.errors import UsageError, UserError

PREPARED = Path(__file__).parents[3] / "shared" / "data" / "tfds"
needs_data = pytest.mark.skipif(
    not (PREPARED / "cifar10").is_dir(), reason=f"no prepared data sets in {PREPARED}"
)


@pytest.fixture
def no_network(monkeypatch):
    """Every question fails at once, and nothing may go on to a download."""
    asked = []

    def head(url, **options):
        asked.append(url)
        raise requests.ConnectionError("no route to host")

    monkeypatch.setattr(requests, "head", head)
    return asked


def open_set(name, data_dir, cache, size=32, channels=3, split="train", crop=None):
    return data.open_source(name, str(data_dir), str(cache), crop, size, channels, split)


def direct(name, split, count):
    """The first images and labels as tfds itself decodes them."""
    import tensorflow_datasets as tfds

    builder = tfds.builder(name, data_dir=str(PREPARED))
    examples = list(builder.as_dataset(split=split).take(count).as_numpy_iterator())
    images = np.stack([example["image"] for example in examples])
    return images, np.array([example["label"] for example in examples])


@needs_data
def test_cifar10_is_what_tfds_decodes(tmp_path):
    source = open_set("cifar10", PREPARED, tmp_path, split="test")
    assert source.count == 10_000 and source.labels.dtype == np.int64
    assert np.bincount(source.labels).tolist() == [1000] * 10
    assert source.class_names[:3] == ["airplane", "automobile", "bird"]
    images, labels = direct("cifar10", "test", 300)
    np.testing.assert_array_equal(source.labels[:300], labels)
    difference = source.read(np.arange(300)) - images.astype(int)
    # tfds' fast DCT is off by about one in red and blue.
    assert abs(difference).mean() < 1.5 and abs(difference).max() < 20
    assert abs(difference.mean((0, 1, 2))).max() < 2


@needs_data
def test_mnist_is_exact_and_kept(tmp_path, monkeypatch):
    source = open_set("mnist", PREPARED, tmp_path, 28, 1, split="test[:500]")
    images, labels = direct("mnist", "test", 500)
    np.testing.assert_array_equal(source.read(np.arange(500)), images)
    np.testing.assert_array_equal(source.labels, labels)
    assert isinstance(source.images, np.memmap)

    monkeypatch.setattr(tfds, "_write_cache", None)  # the second time it is not called
    again = open_set("mnist", PREPARED, tmp_path, 28, 1, split="test[:500]")
    np.testing.assert_array_equal(again.read(np.arange(500)), images)
    assert len(list((tmp_path / "tfds").iterdir())) == 1


@needs_data
def test_a_broken_cache_is_rebuilt(tmp_path):
    first = open_set("mnist", PREPARED, tmp_path, 16, 1, split="test[:50]").read(np.arange(50))
    (path,) = tmp_path.glob("tfds/*/images.npy")
    path.write_bytes(path.read_bytes()[:3000])
    again = open_set("mnist", PREPARED, tmp_path, 16, 1, split="test[:50]")
    np.testing.assert_array_equal(again.read(np.arange(50)), first)


def test_no_file_is_open_in_a_folder_that_is_moved_or_removed(tmp_path, monkeypatch):
    """Windows refuses both."""
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 1), np.uint8)
    splits = {"train": SimpleNamespace(num_examples=3)}
    builder = SimpleNamespace(info=SimpleNamespace(splits=splits))
    request = SimpleNamespace(split="train", shape=(4, 4, 1), cache_dir=str(tmp_path))
    monkeypatch.setattr(tfds, "_examples", lambda *args: zip(images, [2, 0, 1], strict=True))
    monkeypatch.setattr(os, "rename", guarded(os.rename))
    removed, rmtree = [], shutil.rmtree

    def remove(path, **options):
        assert not is_open(path)
        removed.append(path)
        rmtree(path, **options)

    monkeypatch.setattr(shutil, "rmtree", remove)
    tfds._write_cache(tmp_path / "kept", builder, "image", True, request)
    read, labels = tfds._read_cache(tmp_path / "kept", 3, (4, 4, 1))
    assert is_open(tmp_path / "kept"), "mapped, as large sets have to be"
    np.testing.assert_array_equal(read, images)
    assert labels.tolist() == [2, 0, 1]
    del read
    assert tfds._read_cache(tmp_path / "kept", 4, (4, 4, 1)) is None
    assert tmp_path / "kept" in removed and not (tmp_path / "kept").exists()


@needs_data
def test_an_interrupted_preparation_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*arguments):
        yield np.zeros((16, 16, 1), np.uint8), 0
        raise KeyboardInterrupt

    monkeypatch.setattr(tfds, "_examples", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_set("mnist", PREPARED, tmp_path, 16, 1, split="test[:50]")
    assert list((tmp_path / "tfds").iterdir()) == []


@needs_data
def test_unknown_split(tmp_path):
    with pytest.raises(UserError, match="no split 'validation', only train, test"):
        open_set("mnist", PREPARED, tmp_path, split="validation")


def test_unknown_name_gets_the_closest(tmp_path):
    with pytest.raises(UsageError, match="did you mean cifar10"):
        data.check_source("cifar-10", None)
    with pytest.raises(UsageError, match="no such data set"):
        open_set("nothing_like_it", tmp_path, tmp_path)
    data.check_source("celeb_a", None)


def test_a_data_set_without_images_lists_its_features(tmp_path):
    with pytest.raises(UserError, match=r"sentence \(Text\)"):
        open_set("glue", tmp_path / "data", tmp_path / "cache")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["cifar10", "celeb_a"])
def test_without_network_it_fails_at_once_and_writes_nothing(tmp_path, no_network, name):
    begun = time.monotonic()
    with pytest.raises(UserError, match="cannot be reached") as error:
        open_set(name, tmp_path / "data", tmp_path / "cache")
    assert time.monotonic() - begun < 10
    assert "\n" not in str(error.value)
    assert len(no_network) == 1 and no_network[0].startswith("https://")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_download_is_one_line(tmp_path, monkeypatch):
    import tensorflow_datasets as tfds

    def fail(self):
        raise ValueError("checksum\n  differs")

    monkeypatch.setattr(requests, "head", lambda url, **options: None)
    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", fail)
    with pytest.raises(UserError, match="checksum differs"):
        open_set("mnist", tmp_path / "data", tmp_path / "cache")


def test_reachable(monkeypatch):
    def answer(result):
        def head(url, **options):
            if isinstance(result, Exception):
                raise result
            if callable(result):
                result()

        monkeypatch.setattr(requests, "head", head)

    answer(None)
    assert is_reachable("https://example.org/a/b.zip")
    answer(requests.ReadTimeout())
    assert is_reachable("https://example.org/")
    answer(requests.exceptions.ProxyError())
    assert not is_reachable("https://example.org/")
    answer(lambda: time.sleep(2))  # a look-up that hangs longer than any timeout of requests
    begun = time.monotonic()
    assert not is_reachable("https://example.org/", seconds=0.1)
    assert time.monotonic() - begun < 1


def test_emnist_stands_upright(tmp_path, monkeypatch):
    """Its images are stored with rows and columns exchanged."""
    from wgan_tf.data.source import Request

    lying = np.arange(16, dtype=np.uint8).reshape(4, 4) * 10
    written = io.BytesIO()
    Image.fromarray(lying).save(written, "PNG")
    batch = {"image": np.array([written.getvalue()], object), "label": np.array([3])}
    monkeypatch.setattr(
        tfds, "_encoded", lambda *args: SimpleNamespace(as_numpy_iterator=lambda: [batch])
    )
    (tmp_path / "dataset_info.json").write_text("{}")
    folders = {}
    for name, expected in (("emnist", lying.T), ("kmnist", lying)):
        builder = SimpleNamespace(
            name=name,
            data_dir=str(tmp_path),
            info=SimpleNamespace(
                splits={"train": SimpleNamespace(num_examples=1)}, full_name=f"{name}/x/1.0.0"
            ),
        )
        request = Request(f"{name}/x", None, str(tmp_path), None, 4, 1, "train", "squeeze")
        ((image, label),) = tfds._examples(builder, "image", True, request)
        np.testing.assert_array_equal(image[..., 0], expected)
        assert label == 3
        folders[name] = tfds._cache_folder(builder, request).name
    # What was kept lying is not taken for upright.
    assert folders["emnist"].endswith("-upright") and "upright" not in folders["kmnist"]
