"""The square, the plane and the ways, of a given model and between given latents."""

import numpy as np
import pytest

from tests.tiny import make_model, strong
from wgan_tf.errors import UserError
from wgan_tf.looks.interpolation import POINTS, manifold
from wgan_tf.refine import latents


def test_a_plane_through_given_latents_and_the_ways_between_them(silent):
    model = strong(make_model())
    z = model.sample_z(3, 4).numpy() / 3
    result = manifold(model, z, 4, names=(7, 8, 9))
    assert result.kind == "plane" and result.z.shape == (16, 3)
    np.testing.assert_allclose(result.z[[0, 3, 12]], z, atol=1e-6)
    np.testing.assert_allclose(result.z[15], z[1] + z[2] - z[0], atol=1e-6)
    np.testing.assert_allclose(result.images, model.generate(result.z), atol=1e-5)
    names = [(way.first, way.last, way.name) for way in result.ways]
    assert names[:2] == [(7, 8, "linear"), (7, 8, "spherical")] and len(names) == 6
    straight = model.generate(latents.linear(z[1], z[2], POINTS)).numpy()
    np.testing.assert_allclose(result.ways[4].images, straight, atol=1e-5)
    figures = result.figures()
    changes = np.sqrt((np.diff(straight, axis=0) ** 2).mean((1, 2, 3)))
    assert figures["ways"][4]["length"] == pytest.approx(changes.sum(), rel=1e-4)
    assert figures["rows"] == 4 and figures["share_clipped"] == 0
    for picture in (result.picture, result.interpolation):
        assert picture.dtype == np.uint8 and picture.shape[2] == 3


def test_two_values_are_a_square(silent):
    result = manifold(strong(make_model(z_dim=2)), grid=3)
    assert result.kind == "square"
    np.testing.assert_array_equal(result.z[[0, 2, 4, 8]], [[-1, 1], [1, 1], [0, 0], [1, -1]])
    assert result._repr_png_().startswith(b"\x89PNG")


def test_what_is_no_manifold(silent):
    with pytest.raises(UserError, match="a single value, which is a line"):
        manifold(make_model(z_dim=1))
    with pytest.raises(ValueError, match=r"z must be \(3, 3\), not \(2, 3\)"):
        manifold(make_model(), np.zeros((2, 3)))
