"""Points against a mixture, by numbers that can be computed by hand."""

import numpy as np
import pytest

from wgan_tf.metrics import modes_of_mixture as mixture

CENTRES, SIGMA = np.array([[0.0, 0.0], [10.0, 0.0]]), 0.5
# Three at the first mode, one at the second, one at none.
POINTS = np.array([[1.0, 0], [-1, 0], [0, 1.9], [10, 1], [5, 5]])


def test_places_and_shares():
    assert mixture.places(POINTS, CENTRES, SIGMA).tolist() == [0, 0, 0, 1, 2]
    assert mixture.share_good(POINTS, CENTRES, SIGMA) == pytest.approx(0.8)
    # Of shares 3/4 and 1/4, a quarter would have to move.
    assert mixture.total_variation(POINTS, CENTRES, SIGMA) == pytest.approx(0.25)


def test_recovered_scales_with_the_count():
    many = np.concatenate([np.tile(CENTRES[:1], (1990, 1)), np.tile(CENTRES[1:], (2, 1))])
    assert mixture.recovered(many, CENTRES, SIGMA) == 2
    few = np.concatenate([many[:-1], np.full((500, 2), 5.0)])
    assert mixture.recovered(few, CENTRES, SIGMA) == 1


def test_width_is_about_the_mean_of_each_mode():
    # Modes that are shifted as a whole are as wide as before; a single point says nothing.
    points = np.array([[1.0, 0], [-1, 0], [10, 1]])
    assert mixture.width(points, CENTRES, SIGMA) == pytest.approx(1 / SIGMA)
    assert mixture.width(points + [0, 0.3], CENTRES, SIGMA) == pytest.approx(1 / SIGMA)
    assert np.isnan(mixture.width(POINTS[-1:], CENTRES, SIGMA))
    assert np.isnan(mixture.total_variation(POINTS[-1:], CENTRES, SIGMA))


def test_the_mixture_itself_is_right():
    rng = np.random.default_rng(0)
    points = CENTRES[rng.integers(2, size=20_000)] + SIGMA * rng.normal(size=(20_000, 2))
    assert mixture.width(points, CENTRES, SIGMA) == pytest.approx(1, abs=0.01)
    assert mixture.share_good(points, CENTRES, SIGMA) == pytest.approx(1 - np.exp(-8), abs=5e-4)
    assert mixture.jensen_shannon(points, CENTRES, SIGMA) < 1e-4
    drawn_together = CENTRES[0] + 0.3 * SIGMA * rng.normal(size=(1000, 2))
    assert mixture.share_good(drawn_together, CENTRES, SIGMA) == 1
    assert mixture.width(drawn_together, CENTRES, SIGMA) == pytest.approx(0.3, abs=0.02)


def test_jensen_shannon_in_bits():
    assert mixture.jensen_shannon(POINTS[-1:], CENTRES, SIGMA) == pytest.approx(1, abs=3e-3)
    one_of_two = mixture.jensen_shannon(CENTRES[:1], CENTRES, SIGMA)
    by_hand = (np.log2(4 / 3) + 0.5 * np.log2(2 / 3) + 0.5) / 2
    assert one_of_two == pytest.approx(by_hand, abs=1e-3)


def test_distances():
    others = np.array([[0.0, 0], [3, 0]])
    # The best assignment crosses no ways: 1 and 3, not 4 and 2.
    assert mixture.earth_movers(np.array([[1.0, 0], [6, 0]]), others) == pytest.approx(2)
    assert mixture.earth_movers(others[::-1], others) == 0
    assert mixture.to_nearest(np.array([[1.0, 0], [6, 4]]), others) == pytest.approx(3)
