"""A folder of as many files as a subset of ImageNet has: `pytest -m slow FILE`."""

import os
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from wgan_tf import data
from wgan_tf.data.pipeline import training_batches
from wgan_tf.data.schedule import Schedule

COUNT, FOLDERS, FILES = 150_000, 500, 10


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Names of COUNT images in sub-folders; as links, since names are what there are many of."""
    root = tmp_path_factory.mktemp("large")
    for value in range(FILES):
        Image.new("RGB", (64, 64), (20 * value, 0, 0)).save(root / f".{value}.png")
    for folder in range(FOLDERS):
        place = root / f"n{folder:04d}"
        place.mkdir()
        for number in range(folder, COUNT, FOLDERS):
            os.link(root / f".{number % FILES}.png", place / f"{number:06d}.png")
    return root


@pytest.mark.slow
def test_it_opens_and_gives_batches_in_little_memory(large, tmp_path):
    tracemalloc.start()
    try:
        source = data.open_source(None, str(large), str(tmp_path), None, 64, 3)
        batches = training_batches(source, Schedule(64, source.count), seed=3, start=0, stop=10)
        images = np.concatenate([batch[:, 0] for batch in batches.as_numpy_iterator()])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert source.count == COUNT and "on the fly" in source.description
    assert images.shape == (10 * 64, 64, 64, 3) and np.isfinite(images).all()
    red = np.rint((images[:, 0, 0, 0] + 1) * 127.5).astype(int)
    assert sorted(np.unique(red)) == [20 * value for value in range(FILES)]
    # Names, order and the batches, twice 31 MB; all images would be 1.8 GB.
    assert peak < 150e6


@pytest.mark.slow
def test_its_order_is_that_of_the_sorted_names(large, tmp_path):
    source = data.open_source(None, str(large), str(tmp_path), None, 64, 3)
    wanted = np.array([0, 1, 299, 300, COUNT - 1])  # 300 files in each sub-folder
    numbers = [0, 500, 149_500, 1, 149_999]
    red = source.read(wanted)[:, 5, 5, 0]
    assert red.tolist() == [20 * (number % FILES) for number in numbers]
    np.testing.assert_array_equal(source.read(wanted)[:, 5, 5, 0], red)
