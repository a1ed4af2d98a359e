"""Rates of both sides, and rates that fall."""

import keras
import numpy as np
import pytest

from tests.tiny import make_model, same, train, weights
from wgan_tf.models.rates import Rates, at_rate

_REAL = np.random.default_rng(0).uniform(-1, 1, (8, 1, 16, 16, 1)).astype(np.float32)


def _moved(before, network):
    pairs = zip(before, network.trainable_variables, strict=True)
    return np.concatenate([(v.numpy() - b).ravel() for b, v in pairs])


@pytest.mark.parametrize(
    ("decay", "expected"), [("none", [1, 1, 1, 1]), ("linear", [1, 0.75, 0.5, 0]),
                            ("cosine", [1, (1 + 2**-0.5) / 2, 0.5, 0])],
)
def test_factors(decay, expected):
    rates = Rates(2.0, decay, 8)
    factors = [float(rates.of_generator(iteration)) for iteration in (0, 2, 4, 9)]
    np.testing.assert_allclose(factors, expected, atol=1e-6)
    np.testing.assert_allclose([float(rates.of_critic(i)) for i in (0, 2, 4, 9)],
                               2 * np.array(expected), atol=1e-6)


def test_the_critic_alone_learns_at_its_rate():
    moved = {}
    for critic in (1.0, 3.0):
        model = make_model("dcgan", "sgd", 1e-3, {"rates": Rates(critic)})
        start = weights(model.critic), weights(model.generator)
        train(model, _REAL)
        moved[critic] = _moved(start[0], model.critic), _moved(start[1], model.generator)
        assert float(model.optimizer.learning_rate) == np.float32(1e-3)
    np.testing.assert_allclose(moved[3.0][0], 3 * moved[1.0][0], rtol=1e-2, atol=2e-7)
    # Another critic, so another gradient, but of the same size.
    assert 0.5 < np.linalg.norm(moved[3.0][1]) / np.linalg.norm(moved[1.0][1]) < 2


def test_a_rate_that_has_fallen_to_zero_moves_nothing():
    model = make_model("dcgan", compiled={"rates": Rates(1.0, "linear", 2)})
    train(model, _REAL, 2)
    before = weights(model.critic), weights(model.generator)
    train(model, _REAL)
    assert same(before[0], model.critic) and same(before[1], model.generator)


def test_the_optimizer_has_its_own_rate_again():
    optimizer = keras.optimizers.SGD(0.5)
    with at_rate(optimizer, 0.5):
        assert float(optimizer.learning_rate) == 0.25
    assert float(optimizer.learning_rate) == 0.5


def test_a_saved_model_keeps_its_rates(tmp_path):
    model = make_model(compiled={"rates": Rates(2.0, "cosine", 7)})
    model.save(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").rates == Rates(2.0, "cosine", 7)
