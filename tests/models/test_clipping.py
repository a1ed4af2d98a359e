"""Variables are clipped, and how many are at the bound is counted."""

import numpy as np
import pytest
import tensorflow as tf

from wgan_tf.models.clipping import clip_variables, share_at_bound


def test_clipping_of_a_matrix():
    variable = tf.Variable([[0.2, -0.3], [0.05, -0.01]])
    other = tf.Variable([0.1, -0.1, 0.0, 7.0])
    clip_variables([variable, other], 0.1)
    np.testing.assert_allclose(variable, [[0.1, -0.1], [0.05, -0.01]])
    np.testing.assert_allclose(other, [0.1, -0.1, 0.0, 0.1])
    assert float(share_at_bound([variable, other], 0.1)) == pytest.approx(5 / 8)
