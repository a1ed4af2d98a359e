"""Decoded images that are kept in a file."""

import errno
import os

import numpy as np
import pytest

from wgan_tf.data import cache as module
from wgan_tf.data.cache import ImageCache
from wgan_tf.data.source import DecodingSource

IMAGES = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 3), np.uint8)


@pytest.fixture
def loaded():
    return []


@pytest.fixture
def load(loaded):
    def load_it(index):
        loaded.append(index)
        return IMAGES[index]

    return load_it


def test_each_image_is_loaded_once_and_stays_the_same(tmp_path, load, loaded):
    cache = ImageCache(load, 20, (4, 4, 3), tmp_path / "cache")
    for index in (7, 0, 19, 7, 7, 0):
        np.testing.assert_array_equal(cache(index), IMAGES[index])
    assert loaded == [7, 0, 19]
    assert not any((tmp_path / "cache").iterdir())


def test_a_source_gives_the_same_with_several_threads(tmp_path, load, loaded):
    cache = ImageCache(load, 20, (4, 4, 3), tmp_path)
    source = DecodingSource(cache, [str(n) for n in range(20)], (4, 4, 3), "twenty")
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(20)
        np.testing.assert_array_equal(source.read(order), IMAGES[order])
    assert sorted(loaded) == list(range(20))


def test_what_cannot_be_loaded_is_not_kept(tmp_path):
    def broken(index):
        raise OSError("no image")

    cache = ImageCache(broken, 3, (4, 4, 3), tmp_path)
    for _ in range(2):
        with pytest.raises(OSError, match="no image"):
            cache(1)


def test_no_more_than_allowed_is_kept(tmp_path, load, loaded, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 5 * 48 + 47)
    cache = ImageCache(load, 20, (4, 4, 3), tmp_path)
    assert cache.most == 5
    for index in (4, 5, 4, 5):
        np.testing.assert_array_equal(cache(index), IMAGES[index])
    assert loaded == [4, 5, 5]


def test_a_full_disk_ends_keeping_and_nothing_else(tmp_path, load, loaded, monkeypatch):
    cache = ImageCache(load, 20, (4, 4, 3), tmp_path)
    cache(0)

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    for index in (3, 0, 3, 4):
        np.testing.assert_array_equal(cache(index), IMAGES[index])
    assert cache.most == 0 and loaded == [0, 3, 3, 4]


def test_half_an_image_is_not_taken_for_one(tmp_path, load, loaded, monkeypatch):
    cache, real = ImageCache(load, 20, (4, 4, 3), tmp_path), os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, pixels, at: real(file, pixels[:10], at))
    for _ in range(2):
        np.testing.assert_array_equal(cache(3), IMAGES[3])
    assert loaded == [3, 3]


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path, load, loaded):
    (tmp_path / "file").write_text("")
    cache = ImageCache(load, 20, (4, 4, 3), tmp_path / "file" / "cache")
    for _ in range(2):
        np.testing.assert_array_equal(cache(3), IMAGES[3])
    assert cache.most == 0 and loaded == [3, 3]


def test_without_pread_it_is_kept_all_the_same(tmp_path, load, loaded, monkeypatch):
    """As on Windows, where threads share one place in a file."""
    monkeypatch.delattr(os, "pread")
    monkeypatch.delattr(os, "pwrite")
    cache = ImageCache(load, 20, (4, 4, 3), tmp_path)
    assert cache.most == 20
    source = DecodingSource(cache, [str(n) for n in range(20)], (4, 4, 3), "twenty")
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(20)
        np.testing.assert_array_equal(source.read(order), IMAGES[order])
    assert sorted(loaded) == list(range(20))
