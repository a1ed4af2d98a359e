"""Values far from 0 are drawn again."""

import numpy as np
import pytest
from scipy.stats import kstest, truncnorm, uniform

from tests.identity import Identity, Linear, starts
from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.truncation import Truncation


@pytest.mark.parametrize(
    ("prior", "bound", "law"),
    [
        ("normal", 0.8, truncnorm(-0.8, 0.8)),
        ("normal", 2.0, truncnorm(-2, 2)),
        ("uniform", 0.5, uniform(-0.5, 1)),
    ],
)
def test_what_is_drawn_is_the_prior_within_the_bound(prior, bound, law):
    model = Identity(prior)
    z = starts(model, 1500)
    refined = Truncation(model, Linear([0, 0]), bound)(z, 1, 4)
    assert np.abs(refined.z).max() <= bound
    assert kstest(refined.z.reshape(-1), law.cdf).pvalue > 1e-3
    far = np.abs(z) > bound
    np.testing.assert_array_equal(refined.z[~far], z[~far])
    assert kstest(refined.z[far], law.cdf).pvalue > 1e-3
    assert refined.diagnostics["redrawn"] == pytest.approx(far.mean())


def test_classes_and_codes_stay():
    model = Identity("uniform", 6, one_hot=2, codes=2)
    z = starts(model, 40)
    moved = Truncation(model, Linear(np.zeros(6)), 0.1)(z, 1).z
    np.testing.assert_array_equal(moved[:, :4], z[:, :4])
    assert np.abs(moved[:, 4:]).max() <= 0.1


def test_a_bound_of_nothing():
    with pytest.raises(UsageError, match="a bound of 0: it must be above 0"):
        Truncation(Identity(), Linear([0, 0]), 0.0)
