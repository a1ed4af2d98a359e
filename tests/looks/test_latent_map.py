"""Which z gives which class, of a given model by a given judge."""

import numpy as np
import pytest

from tests.fakes import Classless, Corners, with_known_generator
from tests.tiny import make_model, strong
from wgan_tf.errors import UsageError, UserError
from wgan_tf.looks.latent_map import latent_map


def test_classes_are_those_of_the_images(silent):
    model = with_known_generator(make_model(z_dim=2), [0.5, 0.5])
    z = model.sample_z(60, 3).numpy()
    # Rows 0 and 1 are in the upper half: its quarters are equal, and so are those of the lower.
    result = latent_map(model, Corners(), z, class_names=list("abcd"))
    upper = z.sum(1) > 0
    np.testing.assert_array_equal(result.classes < 2, upper)
    np.testing.assert_array_equal(result.z, z)
    assert result.images.shape == (60, 16, 16, 1)
    answers = Corners().probabilities(result.images)
    np.testing.assert_allclose(result.confidence, answers.max(1))
    figures = result.figures()
    assert figures["view"] == "exact" and figures["class_names"] == tuple("abcd")
    assert figures["shares"][:2].sum() == pytest.approx(upper.mean())
    # Halves of z are far purer than chance.
    assert result.purity.value > result.purity.chance + 0.2
    assert list(result.plots()) == ["latent_map"]
    assert result._repr_png_().startswith(b"\x89PNG")


def test_more_values_are_seen_from_two_sides(silent):
    result = latent_map(strong(make_model()), Corners(), samples=20, class_names=["few"])
    assert list(result.views) == ["latent_map_pca", "latent_map_tsne"] == list(result.plots())
    assert result.class_names == ("0", "1", "2", "3")
    values = np.sort(np.linalg.eigvalsh(np.cov(result.z.T)))[::-1]
    np.testing.assert_allclose(result.variance_explained, values[:2] / values.sum(), rtol=1e-4)
    assert all(view.points.shape == (20, 2) for view in result.views.values())


def test_what_makes_no_map(silent):
    with pytest.raises(UsageError, match="must be more than the 10 neighbours"):
        latent_map(make_model(), Corners(), samples=10)
    with pytest.raises(UserError, match="a single value, which is no map"):
        latent_map(make_model(z_dim=1), Corners())
    with pytest.raises(UserError, match="knows no classes"):
        latent_map(make_model(), Classless(), samples=11)
    with pytest.raises(ValueError, match=r"z must be \(n, 3\), not \(11, 2\)"):
        latent_map(make_model(), Corners(), np.zeros((11, 2)))
