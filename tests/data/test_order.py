import numpy as np
import pytest

from wgan_tf.data.order import batch, fixed_indices, training_indices
from wgan_tf.data.source import ArraySource


def test_every_epoch_shows_every_image_once():
    epochs = training_indices(0, 30, 10, seed=3).reshape(3, 10)
    np.testing.assert_array_equal(np.sort(epochs, 1), np.tile(np.arange(10), (3, 1)))
    assert not (epochs[0] == epochs[1]).all() and not (epochs[1] == epochs[2]).all()


def test_any_part_of_the_stream_can_be_asked_for():
    whole = training_indices(0, 70, 7, seed=5)
    for start, length in [(0, 1), (6, 2), (13, 57), (20, 50), (69, 1)]:
        np.testing.assert_array_equal(
            training_indices(start, length, 7, seed=5), whole[start : start + length]
        )


def test_seeds_and_streams_differ():
    first = training_indices(0, 100, 100, seed=0)
    for other in (
        training_indices(0, 100, 100, seed=1),
        training_indices(0, 100, 100, seed=-1),
        training_indices(100, 100, 100, seed=0),
        fixed_indices(100, 100, seed=0),
    ):
        assert (first == other).sum() < 20


def test_fixed_batches_are_pure_and_disjoint():
    batches = [fixed_indices(100, 25, seed=2, index=index) for index in range(4)]
    assert len(set(np.concatenate(batches).tolist())) == 100
    np.testing.assert_array_equal(batches[3], fixed_indices(100, 25, seed=2, index=3))


def test_batch_has_the_images_of_its_indices():
    images = np.arange(12, dtype=np.uint8).reshape(12, 1, 1, 1)
    chosen = batch(ArraySource(images, "counting"), 5, seed=1)
    assert chosen.shape == (5, 1, 1, 1) and chosen.dtype == np.float32
    np.testing.assert_allclose(chosen.ravel(), fixed_indices(12, 5, seed=1) / 127.5 - 1, atol=1e-6)
    assert batch(ArraySource(images, "counting"), 30, seed=1).shape == (30, 1, 1, 1)


@pytest.mark.parametrize("start", [0, 7, 10])
def test_no_images_are_no_images(start):
    assert training_indices(start, 0, 10, 0).shape == (0,)
