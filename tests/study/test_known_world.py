"""The true ratio, and steps that fit how steep a guide is."""

import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.data import WORLDS
from wgan_tf.study import oracle, point_samples
from wgan_tf.training.toy_game import make_game


class Scaled:
    """A game whose generator gives 0.3 z: a Gaussian of that deviation."""

    z_dim, z_prior, one_hot, codes = 2, "normal", 0, 0

    def __init__(self):
        self.generator = make_game("wgan").generator
        for layer in self.generator.layers:
            layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
        # relu(z) - relu(-z) through all layers.
        first, *middle, last = (layer for layer in self.generator.layers if layer.get_weights())
        for layer in (first, *middle):
            kernel, bias = layer.get_weights()
            start = [[1, -1, 0, 0], [0, 0, 1, -1]] if layer is first else np.eye(4)
            kernel[: len(start), :4] = start
            layer.set_weights([kernel, bias])
        kernel, bias = last.get_weights()
        kernel[:4] = 0.3 * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
        last.set_weights([kernel, bias])

    def sample_z(self, count, seed=0):
        return tf.random.stateless_normal((count, 2), [seed, 1])

    def within_prior(self, z, asked):
        return z

    def generate(self, z, batch_size=256):
        return self.generator(z)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(oracle, "CELLS", 256)
    monkeypatch.setattr(oracle, "_SIDE", 300)
    monkeypatch.setattr(oracle, "_FRESH", 50_000)


def test_the_oracle_knows_the_ratio(small):
    model, world = Scaled(), WORLDS["ring8"]()
    real = world.sample(500, np.random.default_rng(0))
    guide = oracle.Oracle(model, world, real)
    places = np.float32([[0.1, 0.2], [0.707, 0.0], [-0.5, 0.5], [0.3, -0.6]])
    generated = -np.square(places).sum(1) / (2 * 0.09) - np.log(2 * np.pi * 0.09)
    wide = -np.square(places).sum(1) / 2 - np.log(2 * np.pi) + np.log(1e-3)
    true = np.logaddexp(world.log_density(places) + np.log(0.999), wide) - np.logaddexp(
        generated + np.log(0.999), wide
    )
    assert guide.of_points(places) == pytest.approx(true, abs=0.12)
    facts = guide.facts
    assert facts["mean_ratio"] == pytest.approx(
        facts["mean_ratio_of_table"], abs=0.02 + 3 * facts["mean_ratio_error"]
    )
    assert facts["log_loss"] < facts["log_loss_chance"]
    images = tf.constant(places[:, None, None])
    with tf.GradientTape() as tape:
        tape.watch(images)
        values = guide(images)
    slopes = tape.gradient(values, images).numpy()[:, 0, 0]
    # On the way to a mode it rises towards it.
    assert np.isfinite(slopes).all() and slopes[2] @ np.array([-1, 1]) > 0
    beyond = guide.of_points(np.float32([[40.0, 1.0]]))
    assert beyond == pytest.approx(0, abs=1e-3)


def test_the_density_of_a_generator(small):
    density = oracle.generator_density(Scaled())
    assert density.sum() * (2 * oracle.REACH / oracle.CELLS) ** 2 == pytest.approx(1, abs=1e-3)
    middles = oracle.cell_middles()
    true = np.exp(-np.square(middles).sum(2) / 0.18) / (2 * np.pi * 0.09)
    inside = np.linalg.norm(middles, axis=2) < 0.6
    assert np.abs(np.log(density[inside] / true[inside])).mean() < 0.08


def test_steep_values_have_short_steps():
    model = Scaled()
    slope = point_samples.median_square_slope(model, lambda images: 5 * images[:, 0, 0, 0])
    assert slope == pytest.approx((5 * 0.3) ** 2, rel=1e-3)

    assert point_samples.rate_for("gradient", 1e4) == pytest.approx(1e-4)
    assert point_samples.rate_for("gradient", 1.0) == pytest.approx(0.01)
    assert point_samples.rate_for("transport", 1e4) is None
    assert point_samples.rate_for("rejection", 1e4) is None
