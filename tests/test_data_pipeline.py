import numpy as np
import pytest

from wgan_tf.data.pipeline import training_batches
from wgan_tf.data.source import ArraySource


def counting(count):
    """Image n is n everywhere."""
    images = np.broadcast_to(
        np.arange(count, dtype=np.uint8)[:, None, None, None], (count, 2, 2, 3)
    )
    return ArraySource(images, "counting")


def schedule(iteration):
    return 4 if iteration % 5 == 0 else 2


def run(source, start, stop, steps=schedule, batch_size=3, seed=1, extra=1):
    dataset = training_batches(
        source,
        batch_size=batch_size,
        seed=seed,
        critic_steps=steps,
        extra_batches=extra,
        start=start,
        stop=stop,
    )
    return dataset, list(dataset.as_numpy_iterator())


def numbers(element):
    """The images of an element in the order of the stream, as the numbers they show."""
    return np.rint((element[:, :, 0, 0, 0].T.ravel() + 1) * 127.5).astype(int)


def test_elements():
    dataset, elements = run(counting(10), 0, 7)
    assert dataset.element_spec.shape.as_list() == [3, None, 2, 2, 3]
    assert [element.shape[1] for element in elements] == [5, 3, 3, 3, 3, 5, 3]
    assert all(element.dtype == np.float32 for element in elements)


def test_shape_is_static_where_the_number_of_steps_is_constant():
    dataset, elements = run(counting(10), 1, 5)
    assert dataset.element_spec.shape.as_list() == [3, 3, 2, 2, 3]
    assert elements[0].shape == (3, 3, 2, 2, 3)


@pytest.mark.parametrize("count", [2, 10, 200])
def test_starting_later_equals_the_tail_of_an_uninterrupted_run(count):
    _, whole = run(counting(count), 0, 13)
    _, tail = run(counting(count), 7, 13)
    assert len(tail) == 6
    for one, other in zip(whole[7:], tail, strict=True):
        np.testing.assert_array_equal(one, other)


def test_every_epoch_shows_every_image_once():
    _, elements = run(counting(10), 0, 12)
    stream = np.concatenate([numbers(element) for element in elements])
    epochs = stream[: len(stream) // 10 * 10].reshape(-1, 10)
    assert len(epochs) == 12
    np.testing.assert_array_equal(np.sort(epochs, 1), np.tile(np.arange(10), (12, 1)))
    assert len(np.unique(epochs, axis=0)) > 6


def test_batches_of_an_iteration_have_no_image_in_common():
    _, elements = run(counting(200), 0, 1)
    assert len(set(numbers(elements[0]).tolist())) == 15


def test_values():
    source = ArraySource(np.array([0, 51, 255], np.uint8).reshape(3, 1, 1, 1), "three")
    _, elements = run(source, 0, 2)
    assert np.unique(np.round(elements[0], 4)).tolist() == pytest.approx([-1, -0.6, 1])


def test_seed_decides_the_order():
    one, same, other = (run(counting(100), 0, 1, seed=seed)[1][0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not (one == other).all()


def test_nothing_left_to_do():
    assert run(counting(5), 9, 9)[1] == []
    assert run(counting(5), 9, 4)[1] == []


def test_a_late_start_is_cheap():
    _, elements = run(counting(100), 1_000_000, 1_000_001)
    assert elements[0].shape[1] == 5
