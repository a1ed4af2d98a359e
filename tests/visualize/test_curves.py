"""Plots are opened; their colours show whether what was asked for is drawn."""

import gc
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from wgan_tf.visualize.curves import error_plot, score_plot
from wgan_tf.visualize.figure import BLUE, GREEN, ORANGE


def pixels(path):
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB")).astype(int)


def places(image, color):
    """Rows and columns of the pixels that have this colour."""
    near = np.abs(image - np.round(np.array(to_rgb(color)) * 255)).max(-1) <= 2
    return np.nonzero(near)


def test_the_loss_falls_from_left_to_right(tmp_path):
    error_plot(tmp_path / "error.png", np.linspace(3, -1, 50), "z iterator")
    image = pixels(tmp_path / "error.png")
    assert image.shape == (800, 1440, 3)
    rows, columns = places(image, BLUE)
    assert np.corrcoef(rows, columns)[0, 1] > 0.99
    assert np.ptp(columns) > 1000 and np.ptp(rows) > 400
    assert len(places(image, GREEN)[0]) == 0


def test_real_images_are_a_level_line_at_their_loss(tmp_path):
    error_plot(tmp_path / "error.png", np.linspace(3, -1, 50), "z iterator", real_loss=1.0)
    image = pixels(tmp_path / "error.png")
    level = np.median(places(image, GREEN)[0])
    loss_rows = places(image, BLUE)[0]
    # 1 is half-way between 3 and -1.
    assert level == pytest.approx((loss_rows.min() + loss_rows.max()) / 2, abs=4)


@pytest.mark.parametrize("losses", [[0.5], [0.5, 0.5], [1.0, np.nan, np.nan]])
def test_short_flat_and_diverged_losses_are_drawn(tmp_path, losses):
    error_plot(tmp_path / "error.png", losses, "odd")
    assert len(places(pixels(tmp_path / "error.png"), BLUE)[0]) > 20


def test_losses_must_be_a_list(tmp_path):
    for losses in ([], [[1.0, 2.0]]):
        with pytest.raises(ValueError, match="losses"):
            error_plot(tmp_path / "error.png", losses, "none")
    assert not list(tmp_path.iterdir())


def test_scores_stand_left_to_right_by_their_means(tmp_path):
    generator = np.random.default_rng(0)
    before, after, real = (generator.normal(mean, 0.1, 64) for mean in (-1, 2, 0.5))
    score_plot(tmp_path / "scores.png", before, after, real)
    image = pixels(tmp_path / "scores.png")[150:]  # without the legend
    left, middle, right = (
        np.median(places(image, color)[1]) for color in (BLUE, GREEN, ORANGE)
    )
    # Real lies half-way between before and after.
    assert left < middle < right
    assert middle == pytest.approx((left + right) / 2, abs=40)


def test_scores_without_real_and_all_equal(tmp_path):
    score_plot(tmp_path / "scores.png", np.zeros(4), np.zeros(4))
    image = pixels(tmp_path / "scores.png")
    assert len(places(image, ORANGE)[0]) > 20 and len(places(image, GREEN)[0]) == 0


def test_scores_that_are_not_finite_are_refused(tmp_path):
    with pytest.raises(ValueError, match="'after'"):
        score_plot(tmp_path / "scores.png", np.zeros(4), np.full(4, np.nan))


def test_figures_are_freed(tmp_path):
    def figures():
        gc.collect()
        return sum(type(thing) is Figure for thing in gc.get_objects())

    held = figures()
    for _ in range(3):
        error_plot(tmp_path / "error.png", [1.0, 0.5], "again")
        score_plot(tmp_path / "scores.png", [1.0, 0.5], [2.0, 3.0])
    assert figures() == held


def test_neither_pyplot_nor_tensorflow_is_imported():
    code = (
        "import sys; from wgan_tf.visualize import animation, curves, difference, figure, grid, "
        "projector, tsne; print([m for m in ('matplotlib.pyplot', 'tensorflow', 'keras', "
        "'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
