"""What categories that were found without labels stand for."""

import numpy as np

from wgan_tf.metrics.accuracy import best_matching, share, share_right


def test_best_matching_is_the_best_of_all_ways_not_the_greedy_one():
    # Category 0 holds 5 of label 0 and 4 of label 1, category 1 holds 4 of label 0 and none else:
    # the largest cell first would leave category 1 with nothing.
    answers = np.array(9 * [0] + 4 * [1])
    labels = np.array(5 * [0] + 4 * [1] + 4 * [0])
    meaning = best_matching(answers, labels, 2)
    np.testing.assert_array_equal(meaning, [1, 0])
    assert share_right(meaning[answers], labels)["accuracy"] == 8 / 13


def test_categories_that_are_left_over_stand_for_nothing():
    answers, labels = np.array([2, 2, 0, 1]), np.array([0, 0, 1, 1])
    meaning = best_matching(answers, labels, 4)
    assert meaning[2] == 0 and sorted(meaning) == [-1, -1, 0, 1]
    assert share_right(meaning[answers], labels)["accuracy"] == 3 / 4


def test_shares_along_the_last_axis():
    shares, errors = share(np.array([[True, True, False, True], [False] * 4]))
    np.testing.assert_allclose(shares, [0.75, 0])
    np.testing.assert_allclose(errors, [np.sqrt(0.75 * 0.25 / 4), 0])
