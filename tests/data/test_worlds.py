"""The known worlds: densities that integrate to one, samples that follow them."""

import numpy as np
import pytest

from wgan_tf.data import WORLDS


@pytest.fixture(params=list(WORLDS))
def world(request):
    return WORLDS[request.param]()


def test_the_density_integrates_to_one(world):
    reach = np.abs(world.centres).max() + 5 * world.sigma
    line = np.arange(-reach, reach, world.sigma / 2)
    points = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)
    mass = np.exp(world.log_density(points)).sum() * (world.sigma / 2) ** 2
    assert mass == pytest.approx(1, abs=1e-3)


def test_samples_follow_the_density(world):
    points = world.sample(4000, np.random.default_rng(0))
    assert points.shape == (4000, 2) and points.dtype == np.float32
    # Mean log density of samples against the same integral over the plane.
    again = world.sample(4000, np.random.default_rng(1))
    first, second = (world.log_density(p).mean() for p in (points, again))
    assert first == pytest.approx(second, abs=0.1)
    if world.has_modes:
        # Far modes: minus the entropy of one Gaussian and of the choice among them.
        one = -np.log(2 * np.pi * np.e * world.sigma**2)
        assert first == pytest.approx(one - np.log(len(world.centres)), abs=0.06)


def test_what_is_specified():
    grid, ring, roll = (WORLDS[name]() for name in WORLDS)
    assert len(grid.centres) == 25 and grid.centres.max() == pytest.approx(4 / 2.828, rel=1e-5)
    assert sorted({round(float(x), 4) for x in grid.centres[:, 0]})[3] == pytest.approx(0.7072)
    assert grid.sigma == pytest.approx(0.01768, rel=1e-3)
    assert np.allclose(np.linalg.norm(ring.centres, axis=1), 1 / 1.414)
    radii = np.linalg.norm(roll.centres, axis=1) * 7.5
    assert radii[0] == pytest.approx(1.5 * np.pi, rel=2e-3)
    assert radii[-1] == pytest.approx(4.5 * np.pi, rel=2e-3)
    assert roll.sigma == pytest.approx(1 / 30) and not roll.has_modes
