"""Results and plots that a notebook shows: a PNG of the same pixels."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from wgan_tf.visualize.figure import new_figure, save_figure
from wgan_tf.visualize.pictured import Pictured


@dataclasses.dataclass(frozen=True)
class Result(Pictured):
    picture: np.ndarray
    value: float


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_is_shown_as_it_is(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, channels), np.uint8)
    with Image.open(io.BytesIO(Result(pixels, 0.5)._repr_png_())) as shown:
        np.testing.assert_array_equal(np.asarray(shown).reshape(5, 7, channels), pixels)


def test_a_plot_is_shown_as_it_is_saved(tmp_path):
    figure, axes = new_figure("Title")
    axes.plot([0, 1, 3])
    shown = figure._repr_png_()
    save_figure(tmp_path / "plot.png", figure)
    assert shown == (tmp_path / "plot.png").read_bytes()
    with Image.open(io.BytesIO(shown)) as picture:
        assert np.asarray(picture.convert("L")).std() > 5
