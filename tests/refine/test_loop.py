"""The refinement loop."""

import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.optimizers import make_optimizer
from wgan_tf.optimizers.steps import SignDescent
from wgan_tf.refine.loop import refine


def test_loop_on_a_known_function():
    """TensorFlow 1's RMSProp on sum((x - 3)^2), followed in NumPy."""
    x, mean_square, losses = np.array([0.0, 1.0]), np.ones(2), []
    for _ in range(7):
        losses.append(((x - 3) ** 2).sum())
        gradient = 2 * (x - 3)
        mean_square = 0.9 * mean_square + 0.1 * gradient**2
        x = x - 0.5 * gradient / np.sqrt(mean_square + 1e-10)
    records, at, loss, seconds = refine(
        lambda value: tf.reduce_sum((value - 3.0) ** 2),
        [0.0, 1.0],
        make_optimizer("RMSProp", 0.5, 0.9),
        7,
        record_every=3,
    )
    assert at.tolist() == [0, 3, 6, 7]
    np.testing.assert_allclose(loss, losses, rtol=1e-5)
    np.testing.assert_allclose(records[-1], x, rtol=1e-5)
    assert records.shape == (4, 2) and seconds > 0


def test_records_do_not_change_the_way():
    def run(**kwargs):
        return refine(
            lambda value: tf.reduce_sum(value**4),
            np.array([1.0, -2.0]),
            make_optimizer("Adam", 0.1, 0.5),
            10,
            **kwargs,
        )

    seen = []
    often = run(record_every=1, on_record=lambda done, loss: seen.append((done, loss)))
    np.testing.assert_array_equal(often[0][-1], run()[0][-1])
    assert [done for done, _ in seen] == list(range(1, 11))
    assert seen[4][1] == often[2][4]


def test_records_after_given_numbers_of_steps():
    def run(record_every):
        return refine(
            lambda value: tf.reduce_sum(value**4),
            np.array([1.0, -2.0]),
            make_optimizer("Adam", 0.1, 0.5),
            10,
            record_every=record_every,
        )

    every, some = run(1), run((2, 5, 10, 30))
    assert some[1].tolist() == [0, 2, 5, 10]
    np.testing.assert_array_equal(some[0], every[0][[0, 2, 5, 10]])
    np.testing.assert_array_equal(some[2], every[2])
    assert run((3, 4))[1].tolist() == [0, 3, 4, 10]


def test_projection_holds_values_and_their_gradients():
    records, _, loss, _ = refine(
        lambda value: -tf.reduce_sum(value),
        np.array([0.95, 2.0, -1.0]),
        make_optimizer("keras_rmsprop", 0.1, 0.9),
        20,
        projection=lambda value: tf.clip_by_value(value, -1.0, 1.0),
    )
    assert records[0].tolist() == pytest.approx([0.95, 1.0, -1.0])
    assert np.abs(records).max() <= 1
    assert records[-1][0] == 1.0


def test_constraint_holds_the_variable_itself():
    """A clipped variable turns back at once; a projected one first has to come back."""

    def run(**kwargs):
        count = tf.Variable(0.0)

        def objective(value):
            # Up for five steps of a half, then down.
            return tf.reduce_sum(value) * tf.where(count.assign_add(1.0) <= 5.0, -1.0, 1.0)

        records, *_ = refine(objective, [0.0], SignDescent(0.5), 7, record_every=1, **kwargs)
        return records[:, 0].tolist()

    def clip(value):
        return tf.clip_by_value(value, -1.0, 1.0)

    assert run(constraint=clip) == [0, 0.5, 1, 1, 1, 1, 0.5, 0]
    assert max(run(projection=clip)) == 1
    assert run() == [0, 0.5, 1, 1.5, 2, 2.5, 2, 1.5]
