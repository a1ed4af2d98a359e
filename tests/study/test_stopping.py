"""Stopping rules on ways that are written out by hand."""

import numpy as np

from wgan_tf.study.stopping import bend, distance, real_level

# Rows are records, columns samples.
SCORES = np.array([[0.0, 5.0, -9.0], [2.0, 6.0, -8.0], [4.0, 1.0, -7.0], [4.5, 9.0, -6.0]])


def test_real_level_is_the_first_record_that_reaches_it():
    assert real_level(SCORES, 3.0).tolist() == [2, 0, 3]
    assert real_level(SCORES, 4.0).tolist() == [2, 0, 3]  # reaching is enough
    assert real_level(SCORES, 4.2).tolist() == [3, 0, 3]


def test_distance_is_the_last_record_before_the_limit():
    path = np.zeros((4, 3, 4))
    path[1:, 0, 0] = [0.1, 0.4, 0.5]  # root mean square: half of it
    path[1:, 1] = [[0.3] * 4, [0.0] * 4, [0.0] * 4]
    path += 7.0
    assert distance(path, 0.21).tolist() == [2, 0, 3]
    assert distance(path, 0.19).tolist() == [1, 0, 3]


def test_bend_is_where_the_mean_curve_is_highest_above_its_chord():
    steps = np.array([0, 1, 2, 10])
    scores = np.array([[0.0, 0.0], [6.0, 4.0], [7.0, 7.0], [10.0, 10.0]])
    # Above the chord: 0, 4, 5, 0.
    assert bend(scores, steps).tolist() == [2, 2]
    straight = steps[:, None] * np.ones(2)
    assert bend(straight, steps).tolist() == [0, 0]
