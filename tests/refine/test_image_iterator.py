"""Refining pixels."""

import numpy as np
import pytest

from tests.tiny import make_model, strong
from wgan_tf.refine.image_iterator import image_iterator


@pytest.mark.parametrize("kind", ["wgan", "gan"])
def test_image_iterator_raises_the_score_and_changes_no_weight(kind):
    model = strong(make_model(kind))
    z = model.sample_z(4, 0)
    real = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 1)).astype(np.float32)
    weights = [v.numpy().copy() for v in model.variables]
    result = image_iterator(model, model.generate(z), 60, 1e-2, real=real)
    assert result.loss[-1] < result.loss[0]
    assert np.abs(result.images_after).max() <= 1
    np.testing.assert_allclose(result.scores_after, model.score(result.images_after))
    np.testing.assert_array_equal(result.end, result.images_after)
    for before, variable in zip(weights, model.variables, strict=True):
        assert (before == variable.numpy()).all(), variable.path
