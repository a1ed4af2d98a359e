"""What fine-tuning is compared with: random moves and the best of several."""

import numpy as np
import pytest

from tests.tiny import make_model, strong
from wgan_tf.refine import REFINERS
from wgan_tf.refine.controls import best_of, lengths_of, random_move


def test_random_moves_have_the_length_asked_for():
    start = np.zeros((5, 4, 4, 1), np.float32)
    lengths = np.array([0.0, 0.1, 0.2, 0.3, 0.4])
    moved = random_move(start, lengths, seed=3)
    assert moved.shape == start.shape and moved.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(moved.reshape(5, -1), axis=1), lengths, atol=1e-6)
    np.testing.assert_array_equal(moved, random_move(start, lengths, seed=3))
    assert (moved[1:] != random_move(start, lengths, seed=4)[1:]).all()
    directions = moved[1:].reshape(4, -1) / lengths[1:, None]
    assert np.abs(directions @ directions.T - np.eye(4)).max() < 0.9


def test_random_moves_stay_in_the_range():
    start = np.full((3, 50), 0.95, np.float32)
    moved = random_move(start, np.full(3, 4.0))
    assert moved.max() == 1.0 and moved.min() >= -1
    assert (np.linalg.norm(moved - start, axis=1) < 4).all()
    free = random_move(start, np.full(3, 4.0), limit=np.inf)
    np.testing.assert_allclose(np.linalg.norm(free - start, axis=1), 4, rtol=1e-5)


def test_best_of_takes_the_highest_score_of_each():
    model = strong(make_model())
    candidates = np.asarray(model.sample_z(12, 5)).reshape(3, 4, -1)
    scores = np.asarray(model.score(model.generate(candidates.reshape(12, -1)))).reshape(3, 4)
    best = best_of(model, candidates)
    expected = candidates[scores.argmax(0), range(4)]
    np.testing.assert_array_equal(best, expected)
    assert len(set(scores.argmax(0))) > 1  # else the test could not fail


@pytest.mark.parametrize("name", REFINERS)
def test_every_refiner_has_one_call_and_one_result(name):
    model, refiner = strong(make_model("acgan", z_prior="uniform")), REFINERS[name]
    z = model.sample_z(4, 0)
    start = np.asarray(z if refiner.moves == "z" else model.generate(z))
    result = refiner(model, start, 5, 1e-2, optimizer="keras_adam", seed=3)
    np.testing.assert_array_equal(result.start, start)
    assert result.path.shape[1:] == start.shape and result.path_steps.tolist() == [0, 5]
    assert np.abs(result.end).max() <= 1 and (result.end != start).any()
    if refiner.moves == "z":
        np.testing.assert_array_equal(result.end[:, :3], start[:, :3])  # The class asked for.
        np.testing.assert_array_equal(result.images_after, model.generate(result.end))
    np.testing.assert_array_equal(result.scores_after, model.score(result.images_after))


def test_random_refiners_go_as_far_as_the_iterators():
    model = strong(make_model(z_prior="normal"))
    z = np.asarray(model.sample_z(4, 0))
    tuned, control = (REFINERS[n](model, z, 5, 1e-3, seed=3) for n in ("z_iterator", "random_z"))
    far = lengths_of(z, tuned.end)
    np.testing.assert_allclose(lengths_of(z, control.end), far, rtol=1e-5)
    assert far.min() > 0 and np.abs(control.end - tuned.end).max() > 0.1 * far.min()
