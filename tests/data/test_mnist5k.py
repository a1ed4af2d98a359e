import subprocess
import sys

import numpy as np
import pytest

from wgan_tf import data
from wgan_tf.data import mnist5k
from wgan_tf.errors import UserError


@pytest.fixture(scope="module")
def parsed():
    return mnist5k._parse()


@pytest.fixture
def quick(parsed, monkeypatch):
    """Counts how often the text is parsed, without waiting for it."""
    calls = []
    monkeypatch.setattr(mnist5k, "_parse", lambda: calls.append(1) or parsed)
    return calls


def open_digits(cache, size=28, channels=1, split="all"):
    return data.open_source("mnist5k", None, str(cache), None, size, channels, split)


def test_the_digits(tmp_path, quick, parsed):
    source = open_digits(tmp_path)
    assert source.count == 5000 and source.class_names == list("0123456789")
    assert source.labels.dtype == np.int64
    assert np.bincount(source.labels).tolist() == [500] * 10
    images = source.read(np.array([0, 4999, 700]))
    assert images.shape == (3, 28, 28, 1) and images.dtype == np.uint8
    np.testing.assert_array_equal(images[..., 0], parsed[0][[0, 4999, 700]])
    assert parsed[0].max() == 255 and parsed[0].min() == 0


def test_size_and_channels(tmp_path, quick):
    source = open_digits(tmp_path, size=32, channels=3)
    images = source.read(np.arange(0, 5000, 500)).astype(int)
    assert images.shape == (10, 32, 32, 3)
    np.testing.assert_array_equal(images[..., 0], images[..., 2])
    small = open_digits(tmp_path).read(np.arange(0, 5000, 500)).astype(int)
    assert abs(images.mean() - small.mean()) < 1


def test_it_is_parsed_once(tmp_path, quick):
    first, second = open_digits(tmp_path / "new"), open_digits(tmp_path / "new")
    assert len(quick) == 1
    np.testing.assert_array_equal(first.images, second.images)
    np.testing.assert_array_equal(first.labels, second.labels)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mnist5k.npz"]


@pytest.mark.parametrize("length", [0, 100, 100_000])
def test_a_broken_cache_file_is_rebuilt(tmp_path, quick, length):
    open_digits(tmp_path)
    path = tmp_path / "mnist5k.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[:length])
    assert open_digits(tmp_path).count == 5000
    assert len(quick) == 2
    assert len(path.read_bytes()) == len(whole)


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, quick):
    (tmp_path / "file").write_text("")
    assert open_digits(tmp_path / "file").count == 5000


def test_training_and_test_digits_share_none(tmp_path, quick):
    train, test = (open_digits(tmp_path, split=split) for split in ("train", "test"))
    assert np.bincount(train.labels).tolist() == [400] * 10
    assert np.bincount(test.labels).tolist() == [100] * 10
    whole = open_digits(tmp_path).images
    np.testing.assert_array_equal(train.images[400:800], whole[500:900])
    np.testing.assert_array_equal(test.images[100:200], whole[900:1000])


def test_an_unknown_split_is_refused(tmp_path):
    with pytest.raises(UserError, match="no split 'validation', only train, test, all"):
        open_digits(tmp_path, split="validation")


def test_checks_and_opening_leave_tensorflow_alone(tmp_path, quick):
    open_digits(tmp_path)
    code = (
        "import sys; from wgan_tf import data; data.check_source('mnist5k', None);"
        f"data.open_source('mnist5k', None, {str(tmp_path)!r}, None, 28, 1);"
        "data.check_source('mnist', None);"
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
