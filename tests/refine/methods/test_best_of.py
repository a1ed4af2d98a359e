"""The best of several."""

import numpy as np

from tests.identity import Identity, Linear, starts
from wgan_tf.refine.methods.best_of import BestOf


def test_of_each_start_the_candidate_with_the_highest_value():
    model, guide = Identity(), Linear([1.0, -2.0])
    method, z = BestOf(model, guide), starts(model, 50)
    pool, values = method.candidates(z, 6, 4, lambda *_: None)
    refined = method(z, 6, 4)
    np.testing.assert_array_equal(refined.z, pool[values.argmax(0), np.arange(50)])
    np.testing.assert_array_equal(refined.origin, values.argmax(0) * 50 + np.arange(50))
    np.testing.assert_allclose(refined.values_after, values.max(0), rtol=1e-5)
    assert refined.diagnostics["different"] == 1
