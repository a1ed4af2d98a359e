"""The embedding is repeatable and keeps clusters; the scatter plot is opened."""

import numpy as np
import pytest
from PIL import Image

from wgan_tf.errors import UserError
from wgan_tf.visualize.tsne import tsne_embedding, tsne_scatter

SAMPLES, STEPS = 6, 5


def ways():
    """Six samples, far from each other, each on a short way of five steps."""
    generator = np.random.default_rng(0)
    start = generator.normal(0, 10, (SAMPLES, 8))
    direction = generator.normal(0, 0.2, (SAMPLES, 8))
    steps = np.repeat(np.arange(STEPS) * 10, SAMPLES)
    sample = np.tile(np.arange(SAMPLES), STEPS)
    return start[sample] + direction[sample] * steps[:, None] / 10, steps, sample


def test_scatter_returns_the_embedding_and_draws_it(tmp_path):
    points, steps, sample = ways()
    embedding = tsne_scatter(tmp_path / "new" / "tsne.png", points, steps, sample)
    assert embedding.shape == (SAMPLES * STEPS, 2)
    with Image.open(tmp_path / "new" / "tsne.png") as picture:
        assert picture.size == (1440, 1200)
        image = np.asarray(picture.convert("RGB")).astype(int)
    ends = np.abs(image - [0xD6, 0x33, 0x6C]).max(-1) <= 2
    assert ends.sum() > SAMPLES * 50
    first_step = np.abs(image - [68, 1, 84]).max(-1) <= 2  # viridis' darkest
    assert first_step.any()


def test_points_of_one_sample_stay_together():
    points, _, sample = ways()
    embedding = tsne_embedding(points)
    distance = np.linalg.norm(embedding[:, None] - embedding[None], axis=-1)
    np.fill_diagonal(distance, np.inf)
    assert np.mean(sample[distance.argmin(1)] == sample) > 0.9


def test_embedding_depends_on_points_and_seed_only():
    points, _, _ = ways()
    np.testing.assert_array_equal(tsne_embedding(points, seed=3), tsne_embedding(points, seed=3))


def test_the_fewest_points_and_one_dimension(tmp_path):
    embedding = tsne_scatter(tmp_path / "few.png", np.arange(4.0)[:, None], np.zeros(4))
    assert embedding.shape == (4, 2) and np.isfinite(embedding).all()


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((3, 2)), "at least 4 points"),
        (np.full((5, 2), np.nan), "not finite"),
        (np.ones((5, 2)), "one place"),
    ],
)
def test_points_that_cannot_be_embedded_are_the_users_error(tmp_path, points, message):
    with pytest.raises(UserError, match=message):
        tsne_scatter(tmp_path / "x.png", points, np.arange(len(points)))
    assert not list(tmp_path.iterdir())


def test_steps_and_samples_must_match_the_points(tmp_path):
    with pytest.raises(ValueError, match="steps"):
        tsne_scatter(tmp_path / "x.png", np.eye(5), np.arange(4))
    with pytest.raises(ValueError, match="sample"):
        tsne_scatter(tmp_path / "x.png", np.eye(5), np.arange(5), np.arange(6))
