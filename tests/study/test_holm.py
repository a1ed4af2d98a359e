"""Student's p-values and Holm's correction against numbers worked out by hand."""

import pytest

from wgan_tf.study.holm import holm, p_of_mean


def test_p_of_a_mean_by_hand():
    # Mean 2, standard error 1, one degree of freedom (Cauchy): 1 - 2 / pi * atan(2).
    assert p_of_mean([1.0, 3.0]) == pytest.approx(0.295167, abs=1e-6)
    assert p_of_mean([-1.0, -3.0]) == pytest.approx(0.295167, abs=1e-6)
    # Mean 2, standard error 1 / sqrt(3), two degrees of freedom: 1 - t / sqrt(t^2 + 2), t^2 = 12.
    assert p_of_mean([1.0, 2.0, 3.0]) == pytest.approx(1 - (12 / 14) ** 0.5, abs=1e-9)


def test_p_of_values_without_a_spread():
    assert p_of_mean([2.0]) is None
    assert p_of_mean([]) is None
    assert p_of_mean([2.0, 2.0, 2.0]) == 0.0
    assert p_of_mean([0.0, 0.0]) == 1.0


def test_holm_by_hand():
    # Sorted 0.01 0.02 0.03 0.04, times 4 3 2 1: 0.04 0.06 0.06 0.04, none below the one before.
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.001, 0.5, 0.9]) == pytest.approx([0.003, 1.0, 1.0])
    assert holm([0.02]) == pytest.approx([0.02])
    assert holm([]) == []
