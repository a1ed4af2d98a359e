"""Class balance by hand."""

import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.metrics.class_balance import ClassBalance


def probabilities(classes):
    """Of whom each class is the likeliest, if not surely."""
    return (0.25 + 0.25 * np.eye(3)[classes]).astype(np.float32)


def test_total_variation_of_shares():
    real, fake = probabilities([0, 0, 1, 2]), probabilities([0, 1, 1, 1, 1])
    # Shares 1/2, 1/4, 1/4 and 1/5, 4/5, 0.
    assert ClassBalance(real, fake).estimate() == pytest.approx([(0.3 + 0.55 + 0.25) / 2])
    assert ClassBalance(real, real[::-1]).estimate() == pytest.approx([0])
    others = np.array([[0.6, 0.2, 0.2], [0.5, 0.3, 0.2]], np.float32)
    assert ClassBalance(real[2:], others).estimate() == pytest.approx([1])


def test_resamples():
    real, fake = probabilities([0, 1]), probabilities([0, 1])
    drawn = ClassBalance(real, fake).estimate(
        np.array([[2, 0], [1, 1]]), np.array([[0, 2], [2, 0]])
    )
    assert drawn == pytest.approx([1, 0.5])


def test_what_are_no_probabilities():
    with pytest.raises(UserError, match="probabilities"):
        ClassBalance(np.full((3, 2), np.nan, np.float32), probabilities([0, 1]))
