"""What a critic tells apart, and when that is junk, against numbers by hand."""

import numpy as np
import pytest

from wgan_tf.metrics.discrimination import SIGNS, Watch, accuracies, best_threshold
from wgan_tf.metrics.variety import Variety, variety_of

RNG = np.random.default_rng(3)


def test_accuracies_at_a_threshold():
    # Of real 3, -2, 1, 0.5 three are above 0; of the five fakes two are below, and one is met.
    real, fake = [3, -2, 1, 0.5], [-1, 2, 0, 4, -0.1]
    assert accuracies(real, fake, 0.0) == (3 / 4, pytest.approx(2.5 / 5))
    assert accuracies(real, fake, 0.75) == (2 / 4, pytest.approx(3 / 5))
    # High is real: with the sides exchanged as much is told wrongly as rightly before.
    assert accuracies(fake, real, 0.0) == (pytest.approx(2.5 / 5), 1 / 4)


def test_accuracies_of_a_critic_in_two_folds():
    # First halves 5, 6 | 1, 2: between 2 and 5, at 3.5. Second halves 4, 3 | 3.2, 0, with the
    # best between 0 and 3 (both real, one fake) or 3.2 and 4 (one real, both fakes): the middle
    # of the two in order is the upper one, 3.6.
    real, fake = [5, 6, 4, 3], [1, 2, 3.2, 0]
    assert best_threshold([5, 6], [1, 2]) == 3.5
    assert best_threshold([4, 3], [3.2, 0]) == pytest.approx(3.6)
    # At 3.5 the second halves are told 1 of 2 and 2 of 2, at 3.6 the first halves all.
    assert accuracies(real, fake, None) == (3 / 4, 1.0)
    # Scores have no zero point and no unit.
    moved = [100 + 7 * np.array(x) for x in (real, fake)]
    assert accuracies(*moved, None) == (3 / 4, 1.0)
    # What takes real images for generated ones is no better than guessing.
    assert np.mean(accuracies(fake, real, None)) <= 0.5


def test_the_best_threshold_by_trying_all():
    for _ in range(20):
        real, fake = RNG.integers(-4, 6, 7).astype(float), RNG.integers(-5, 5, 12).astype(float)
        tried = [np.mean(real > t) + np.mean(fake < t) for t in np.arange(-6, 7, 0.5)]
        chosen = best_threshold(real, fake)
        assert np.mean(real > chosen) + np.mean(fake < chosen) == pytest.approx(max(tried))


def test_nothing_to_tell_is_half():
    means, chosen_on_test = [], []
    for _ in range(200):
        real, fake = RNG.normal(5, 2, 64), RNG.normal(5, 2, 64)
        means.append(np.mean(accuracies(real, fake, None)))
        best = best_threshold(real, fake)
        chosen_on_test.append((np.mean(real > best) + np.mean(fake < best)) / 2)
    assert abs(np.mean(means) - 0.5) < 0.01
    # What the two folds are for.
    assert np.mean(chosen_on_test) > 0.55
    assert np.mean(accuracies(np.ones(6), np.ones(6), None)) == 0.5
    assert accuracies(np.ones(6), np.ones(6), 1.0) == (0.5, 0.5)


def test_what_is_no_number_is_told_by_nobody():
    assert np.isnan(accuracies([1.0, np.nan], [0.0, 0.5], 0.0)).all()
    assert np.isnan(accuracies([1.0, 2.0], [0.0, -np.inf], None)).all()


def test_variety_of_is_the_metric_without_its_refusals():
    images = RNG.uniform(-1, 1, (90, 4, 3, 1)).astype(np.float32)
    assert variety_of(images) == pytest.approx(Variety(images, images).estimate()[0], rel=1e-3)
    assert variety_of(images[:11]) == pytest.approx(Variety(images, images[:11]).estimate()[0])
    assert variety_of(np.ones((5, 2, 2, 1))) == 0
    assert np.isnan(variety_of(np.full((5, 2, 2, 1), np.nan)))


def look(real=0.7, fake=0.8, variety=0.9):
    return {
        "accuracy_real": real,
        "accuracy_fake": fake,
        "accuracy": (real + fake) / 2,
        "variety": variety,
    }


def said(looks, critic=False):
    """(number of the look from 1 on, sign) of all that a fresh watch says."""
    watch = Watch(critic)
    return [(n, name) for n, one in enumerate(looks, 1) for name in watch.see(one)]


GOOD, GUESS, SURE = look(), look(0.9, 0.1), look(0.99, 1.0)
SAME, BROKEN = look(variety=0.099), look(float("nan"), float("nan"))


def test_a_healthy_game_is_not_warned_of():
    assert said([GOOD] * 100) == []
    # Near one half at nine looks, and near it at all but never on average.
    assert said([GUESS] * 9) == []
    assert said([look(0.5, 0.57)] * 50) == []
    # One side told, or nearly everything.
    assert said([look(0.2, 1.0), look(0.98, 1.0)] * 20) == []
    assert said([SURE] * 9 + [look(0.98, 1.0)] + [SURE] * 9) == []
    assert said([look(variety=0.11)] * 20 + [SAME, SAME, GOOD] * 5) == []


def test_each_sign_is_told_once_per_episode():
    assert said([GOOD] + [SURE] * 30) == [(11, "tells_everything")]
    assert said([GOOD] + [SURE] * 50, critic=True) == [(41, "tells_everything")]
    for critic in (False, True):
        assert said([GUESS] * 30, critic) == [(10, "cannot_tell")]
    # The mean counts: 0.6 and 0.4 in turn are guesses, too.
    assert said([look(0.5, 0.7), look(0.3, 0.5)] * 20) == [(10, "cannot_tell")]
    assert said([GOOD, SAME, SAME, SAME, SAME]) == [(4, "collapse")]
    assert said([GOOD, BROKEN, BROKEN]) == [(2, "not_a_number")]
    # Two signs at once; a collapsed generator's images are easily told.
    both = look(1.0, 1.0, 0.01)
    assert said([both] * 12) == [(3, "collapse"), (10, "tells_everything")]


def test_an_episode_ends_and_the_next_begins():
    # Away for two looks the sign is still the same; away for six it is a new one.
    assert said([SAME] * 3 + [GOOD] * 2 + [SAME] * 5) == [(3, "collapse")]
    assert said([SAME] * 3 + [GOOD] * 6 + [SAME] * 3) == [(3, "collapse"), (12, "collapse")]
    assert said([BROKEN, GOOD, GOOD, BROKEN]) == [(1, "not_a_number"), (4, "not_a_number")]


def test_the_texts_can_be_filled_in():
    for sign in SIGNS.values():
        text = sign.text.format(critic="judge", looks=sign.looks)
        assert "{" not in text and "\n" not in text and "--" in text
