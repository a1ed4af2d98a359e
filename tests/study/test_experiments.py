"""What is done to samples under each condition, on a tiny model."""

import numpy as np
import pytest

from tests.tiny import make_model, strong
from wgan_tf.study import experiments
from wgan_tf.study.experiments import RATE, STEPS, Condition, Samples, conditions


class Brightness:
    """A judge: the brighter an image, the more real; two classes, dark and bright."""

    name, width = "brightness", 1

    def realism(self, images):
        return images.mean((1, 2, 3))

    def probabilities(self, images):
        bright = (self.realism(images) > 0).astype(np.float32)
        return np.stack([1 - bright, bright], 1)


@pytest.fixture(scope="module")
def samples():
    model = strong(make_model())
    z = model.sample_z(20, 1)
    real = np.random.default_rng(0).uniform(-1, 1, (12, 16, 16, 1)).astype(np.float32)
    asked = []

    def train_more(steps):
        asked.append(steps)
        return np.full((20, 16, 16, 1), 0.5, np.float32)

    made = Samples(model, z, real, train_more)
    made.asked = asked
    return made


def test_conditions_have_names_of_their_own_and_begin_with_nothing():
    keys = [condition.key for condition in conditions()]
    assert len(set(keys)) == len(keys) == 44
    assert keys[0] == "nothing" and "z_iterator 0.03 100" in keys and "bend 0.01" in keys


def test_nothing_changes_nothing(samples):
    images, z = samples.under(Condition("nothing"))
    stats = samples.describe(images, z, Brightness(), Brightness().realism(images))
    assert stats["score_gain"] == stats["pixel_change"] == stats["z_change"] == 0
    assert stats["class_changed"] == 0 and np.isinf(stats["psnr_db"])
    assert stats["gain_against_start"] is None


def test_the_iterators_raise_the_score_and_random_moves_have_their_length(samples):
    for method, chance, before in (
        ("z_iterator", "random_z", samples.z),
        ("image_iterator", "random_pixels", samples.images),
    ):
        moved, random = (
            samples.under(Condition(name, RATE, STEPS[2])) for name in (method, chance)
        )
        score = np.asarray(samples.model.score(moved[0]))
        assert score.mean() > samples.scores.mean()
        after, control = (x[1] if method == "z_iterator" else x[0] for x in (moved, random))
        lengths = [np.linalg.norm((x - before).reshape(20, -1), axis=1) for x in (after, control)]
        # The range may cut a random move short.
        assert (lengths[1] <= lengths[0] + 1e-5).all()
        assert lengths[1].mean() == pytest.approx(lengths[0].mean(), rel=0.2)
        assert np.abs(after).max() <= 1 and np.abs(control).max() <= 1
        # Adam's first steps are as long as the rate, whatever the gradient.
        first = samples.under(Condition(method, RATE, 1))[method == "z_iterator"]
        assert np.abs(first - before).max() == pytest.approx(RATE, rel=0.02)


def test_best_of_twice_the_steps_is_one_of_the_candidates(samples, monkeypatch):
    seen = []
    monkeypatch.setattr(
        experiments, "best_of", lambda model, candidates: seen.append(candidates) or candidates[1]
    )
    images, z = samples.under(Condition("best_of", RATE, 3))
    assert seen[0].shape == (6, 20, 3) and z is None
    np.testing.assert_array_equal(seen[0][0], samples.z)
    np.testing.assert_allclose(images, samples.model.generate(seen[0][1]), atol=1e-6)


def test_rules_take_each_sample_from_its_own_record(samples):
    path, at = samples._latents(RATE)
    assert at[0] == 0 and at[-1] == STEPS[-1]
    scores = samples._scores(RATE)
    _, z = samples.under(Condition("real_level", RATE))
    for index in range(20):
        reached = np.flatnonzero(scores[:, index] >= samples.real_score)
        stop = reached[0] if len(reached) else len(scores) - 1
        np.testing.assert_array_equal(z[index], path[stop, index])
    _, z = samples.under(Condition("distance", RATE))
    moves = np.sqrt(np.mean((z - samples.z) ** 2, 1))
    assert (moves <= experiments.DISTANCE_LIMIT).all() and moves.max() > 0


def test_more_training_gets_its_number_of_steps(samples):
    images, z = samples.under(Condition("more_training", RATE, 100))
    assert samples.asked == [100] and z is None and (images == 0.5).all()


def test_description_by_score(samples):
    judge = Brightness()
    images = np.clip(samples.images + 0.125, -1, 1)
    before = judge.realism(samples.images)
    stats = samples.describe(images, None, judge, before)
    gain = judge.realism(images) - before
    assert stats["realism_gain"] == pytest.approx(gain.mean(), rel=1e-5)
    assert stats["pixel_change"] == pytest.approx(np.abs(images - samples.images).mean(), rel=1e-5)
    groups = stats["by_score"]
    assert len(groups) == 5
    lowest = np.argsort(samples.scores)[:4]
    assert groups[0]["score_before"] == pytest.approx(samples.scores[lowest].mean(), rel=1e-5)
    assert groups[0]["realism_gain"] == pytest.approx(gain[lowest].mean(), rel=1e-5)
    error = gain[lowest].std(ddof=1) / 2
    assert groups[0]["realism_gain_error"] == pytest.approx(error, rel=1e-4)
    changed = np.mean((before > 0) != (judge.realism(images) > 0))
    assert stats["class_changed"] == pytest.approx(changed)
