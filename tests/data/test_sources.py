"""The table of sources: what a row alone does."""

import numpy as np

from wgan_tf import data, runs
from wgan_tf.config.resolve import resolve
from wgan_tf.data.source import ArraySource


def open_stripes(request):
    images = np.zeros((6, *request.shape), np.uint8)
    images[:, ::2] = 255
    return ArraySource(images, f"stripes {request.split}")


def test_a_source_is_a_file_and_a_row(monkeypatch):
    row = data.Row(f"{__name__}:open_stripes", "stripes")
    monkeypatch.setitem(data.SOURCES, "stripes", row)
    assert data.source_kind("stripes") == "stripes" and data.source_kind("stripe") == "tfds"
    config = resolve({"mode": "train", "dataset": "stripes", "image_size": "16", "channels": 1})
    data.check_source(config.data.dataset, config.data.data_dir)
    source = runs.open_images(config)
    assert source.description == "stripes train" and source.count == 6
    assert source.read(np.array([5]))[0, :3, 0, 0].tolist() == [255, 0, 255]


def test_what_is_meant_without_a_name():
    assert data.source_kind(None) == "mnist5k"
    assert data.source_kind(None, "pictures") == "folder"
    assert [data.is_in_data_dir(name) for name in ("folder", "mnist5k", "cifar10")] == [
        True,
        False,
        False,
    ]
