"""Latents of images that a given model can draw, and of others."""

import numpy as np
import pytest

from tests.tiny import make_model, strong
from wgan_tf.looks.nearest import nearest


def test_an_image_of_the_model_is_found(silent):
    model = strong(make_model())
    targets = model.generate(model.sample_z(2, 9)).numpy()
    result = nearest(model, targets, starts=4, steps=150)
    np.testing.assert_allclose(result.images, model.generate(result.z), atol=1e-5)
    far = np.abs(result.images - targets).mean((1, 2, 3))
    np.testing.assert_allclose(result.projection.after, far, rtol=1e-4, atol=1e-6)
    assert (far < 0.5 * result.projection.before).all()
    squares = ((result.images - targets).astype(np.float64) ** 2).mean((1, 2, 3))
    np.testing.assert_allclose(result.psnr_db, 10 * np.log10(4 / squares), rtol=1e-5)
    changed, gain = result.difference
    bright = np.abs(changed) < 1
    np.testing.assert_allclose(
        changed[bright], (gain * (result.images - targets))[bright], rtol=1e-4, atol=1e-5
    )
    figures = result.figures()
    assert (figures["steps"], figures["starts"], figures["learning_rate"]) == (150, 4, 0.05)
    assert result.picture.dtype == np.uint8 and result._repr_png_().startswith(b"\x89PNG")
    (plot,) = result.plots().values()
    assert plot.axes[0].get_ylabel() == "mean absolute difference"


def test_targets_and_distances_that_are_none(silent):
    model = make_model()
    for shape in ((16, 16, 1), (1, 16, 16, 3), (0, 16, 16, 1)):
        with pytest.raises(ValueError, match=r"targets must be \(n >= 1, 16, 16, 1\), not"):
            nearest(model, np.zeros(shape))
    with pytest.raises(ValueError, match="one of l1, l2, features, not 'l3'"):
        nearest(model, np.zeros((1, 16, 16, 1)), "l3")
