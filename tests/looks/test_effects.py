"""What each value of z changes, of a given model and around given latents."""

import numpy as np
import pytest
from PIL import Image

from tests.fakes import with_known_generator
from tests.tiny import make_model, strong
from wgan_tf.errors import UsageError
from wgan_tf.looks.effects import BASES, FRAMES, REST, traverse


def test_effects_of_a_known_generator(silent):
    model = with_known_generator(make_model(), [0.1, -0.8, 0.4])
    result = traverse(model, steps=5)
    assert [effect.name for effect in result.effects] == ["z 0", "z 1", "z 2"]
    assert [effect.place for effect in result.drawn] == [1, 2, 0]
    # One of 16 rows; eleven even points from -1 to 1 have a variance of 0.4.
    expected = np.array([0.1, 0.8, 0.4]) * np.sqrt(0.4 / 16)
    np.testing.assert_allclose([e.effect for e in result.effects], expected, rtol=1e-5)
    assert result.bases == BASES
    # Row 1 is moved by z 1, from 0.8 down to -0.8.
    way = result.images[0]
    assert way.shape == (5, 16, 16, 1)
    np.testing.assert_allclose(way[:, 1, 3, 0], [0.8, 0.4, 0, -0.4, -0.8], atol=1e-6)
    assert np.ptp(way[:, 2]) == 0
    assert len(result.frames) == 2 * FRAMES - 1 + REST and result.frames[0].shape == (3, 16, 16, 1)
    assert result.picture.dtype == np.uint8 and result._repr_png_().startswith(b"\x89PNG")


def test_given_latents_and_values(silent):
    model = strong(make_model("acgan"))
    z = model.sample_z(2, 5).numpy()
    result = traverse(model, z, [4], steps=3)
    assert [effect.name for effect in result.drawn] == ["class", "z 4"]
    of_class = model.generate(model.condition(z[:1].repeat(3, 0), [0, 1, 2])).numpy()
    np.testing.assert_allclose(result.images[0], of_class, atol=1e-5)
    assert result.figures()["drawn"] == ["class", "z 4"] and result.bases == 2
    # Of a single latent there is an effect and no error.
    alone = traverse(model, z[:1], [4], steps=3)
    assert alone.effects[0].effect > 0 and np.isnan(alone.effects[0].error)
    np.testing.assert_array_equal(alone.images[0], result.images[0])


def test_the_animation_is_written_where_it_is_asked_for(tmp_path, capsys):
    model = with_known_generator(make_model(), [0.1, -0.8, 0.4])
    traverse(model, steps=2).save_gif(tmp_path / "z.gif")
    with Image.open(tmp_path / "z.gif") as film:
        assert film.n_frames > FRAMES and film.height == 2 * 64 + 4
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("dims", [[3], [-1], []])
def test_values_that_are_none(dims, silent):
    with pytest.raises(UsageError, match="z has 3 values|at least one value"):
        traverse(make_model(), dims=dims)


@pytest.mark.parametrize("shape", [(3,), (2, 4), (0, 3)])
def test_latents_of_another_shape(shape, silent):
    with pytest.raises(ValueError, match=r"z must be \(n >= 1, 3\)"):
        traverse(make_model(), np.zeros(shape))
