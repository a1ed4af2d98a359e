"""How small networks learn."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.refine.ratio import learning
from wgan_tf.refine.ratio.learning import learn

X = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
Y = X @ np.float32([2.0, -1.0, 0.5]) + 0.3


def line():
    weights = keras.initializers.Zeros()
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer=weights)])


def square(network):
    return lambda key, x, y: tf.reduce_mean((network(x, training=True)[:, 0] - y) ** 2)


@pytest.mark.parametrize("batch_size", [16, 500])
def test_a_line_is_learnt(batch_size):
    network = line()
    learn(network, square(network), (X, Y), 400, batch_size=batch_size, rate=0.05, title="a line")
    kernel, bias = network.get_weights()
    # Weight decay pulls a little.
    np.testing.assert_allclose(kernel[:, 0], [2.0, -1.0, 0.5], atol=0.06)
    np.testing.assert_allclose(bias, 0.3, atol=0.06)


def test_the_same_seed_gives_the_same_weights():
    def learnt(seed):
        network = line()

        def loss(key, x, y):
            noise = tf.random.stateless_normal(tf.shape(x), key)
            return tf.reduce_mean((network(x + noise)[:, 0] - y) ** 2)

        learn(network, loss, (X, Y), 20, batch_size=8, seed=seed, title="noise")
        return network.get_weights()[0]

    first = learnt(1)
    np.testing.assert_array_equal(first, learnt(1))
    assert (first != learnt(2)).all()


def test_every_row_comes_once_before_any_comes_again(monkeypatch):
    network, seen, keys = line(), [], []
    monkeypatch.setattr(learning.tf, "function", lambda **_: lambda function: function)

    def loss(key, x, numbers):
        keys.append(key.numpy().tolist())
        seen.append(numbers.tolist())
        np.testing.assert_array_equal(x, X[numbers])  # Arrays stay together.
        return tf.reduce_sum(network(tf.constant(x)))

    learn(network, loss, (X, np.arange(50)), 10, batch_size=10, seed=7, title="rows")
    for half in (seen[:5], seen[5:]):
        assert sorted(np.concatenate(half)) == list(range(50))
    assert seen[:5] != seen[5:]
    assert keys == [[7, step] for step in range(10)]


def test_the_rate_rises_and_falls_to_nothing(monkeypatch):
    rates = []
    adam = keras.optimizers.AdamW

    def spied(schedule, **settings):
        rates.extend(float(schedule(step)) for step in range(101))
        return adam(schedule, **settings)

    monkeypatch.setattr(keras.optimizers, "AdamW", spied)
    network = line()
    learn(network, square(network), (X, Y), 100, rate=0.2, title="rates")
    assert rates[0] == pytest.approx(0.02) and np.argmax(rates) == 10
    assert rates[10] == pytest.approx(0.2) and rates[100] == pytest.approx(0, abs=1e-7)
    assert rates[55] == pytest.approx(0.1, rel=1e-3)
