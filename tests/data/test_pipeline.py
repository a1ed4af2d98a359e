import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.data.pipeline import training_batches
from wgan_tf.data.schedule import Schedule
from wgan_tf.data.source import ArraySource


def counting(count):
    """Image n is n everywhere."""
    images = np.broadcast_to(
        np.arange(count, dtype=np.uint8)[:, None, None, None], (count, 2, 2, 3)
    )
    return ArraySource(images, "counting")


class Varying(Schedule):
    """Four critic updates in every fifth iteration, two in the others."""

    def critic_updates_before(self, iteration):
        return 2 * iteration + 2 * -(-iteration // 5)


def schedule(batch_size, count):
    return Varying(batch_size, count, for_generator=True)


def run(source, start, stop, seed=1):
    chosen = schedule(3, source.count)
    dataset = training_batches(source, chosen, seed=seed, start=start, stop=stop)
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


class Workers:
    """As much of a strategy as the pipeline needs: workers with some replicas each."""

    def __init__(self, workers, replicas_each):
        self.workers, self.num_replicas_in_sync = workers, workers * replicas_each

    def distribute_datasets_from_function(self, function):
        contexts = [
            tf.distribute.InputContext(self.workers, index, self.num_replicas_in_sync)
            for index in range(self.workers)
        ]
        return [function(context) for context in contexts]


@pytest.mark.parametrize(("workers", "per_worker"), [(2, 1), (3, 1), (2, 3), (1, 2)])
def test_workers_share_every_batch_without_overlap(workers, per_worker):
    """What all replicas get together is, row by row, what one gets alone."""
    source, replicas = counting(24), workers * per_worker
    labelled = ArraySource(source.images, "counting", labels=np.arange(24) * 3)
    common = dict(schedule=schedule(6, 24), seed=1, labelled=True)
    whole = list(training_batches(labelled, start=1, stop=7, **common).as_numpy_iterator())
    strategy = Workers(workers, per_worker)
    shares = training_batches(labelled, start=1, stop=7, strategy=strategy, **common)
    for share in shares:
        assert share.element_spec[0].shape.as_list() == [6 // replicas, None, 2, 2, 3]
    shares = [list(share.as_numpy_iterator()) for share in shares]
    assert [len(share) for share in shares] == [6 * per_worker] * workers
    for iteration, (images, labels) in enumerate(whole):
        # A worker's replicas take its elements in turn.
        rows = [share[iteration * per_worker + i] for share in shares for i in range(per_worker)]
        np.testing.assert_array_equal(np.concatenate([x for x, _ in rows]), images)
        np.testing.assert_array_equal(np.concatenate([y for _, y in rows]), labels)


def test_three_workers_count_every_image_once_an_epoch():
    shares = training_batches(
        counting(24),
        Schedule(6, 24, n_critic=2),
        seed=1,
        start=0,
        stop=4,  # of two batches of six: two epochs
        strategy=Workers(3, 1),
    )
    shown = [[numbers(element) for element in share.as_numpy_iterator()] for share in shares]
    for epoch in (slice(0, 2), slice(2, 4)):
        seen = np.concatenate([element for share in shown for element in share[epoch]])
        np.testing.assert_array_equal(np.sort(seen), np.arange(24))


def test_each_worker_reads_its_own_rows_only():
    read = []

    class Noting(ArraySource):
        def read(self, indices):
            read.append(len(indices))
            return super().read(indices)

    shares = training_batches(
        Noting(counting(24).images, "noting"),
        Schedule(6, 24, n_critic=2),
        seed=1,
        start=0,
        stop=5,
        strategy=Workers(3, 1),
    )
    read.clear()  # one image tells the shape
    list(shares[1].as_numpy_iterator())
    assert read == [2 * 2] * 5
