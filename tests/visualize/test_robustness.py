"""The plots of perturbed images: curves are where the numbers are."""

import numpy as np
import pytest
from PIL import Image

from wgan_tf.visualize.figure import save_figure
from wgan_tf.visualize.robustness import CURVES, plot_accuracy, plot_smallest

SIZES = np.linspace(0, 16, 33)
BLUE, ORANGE, GREY = (47, 109, 179), (224, 123, 40), (138, 144, 153)


def where(path, color):
    """Rows and columns of a colour in a picture, the legend below left out."""
    image = np.asarray(Image.open(path).convert("RGB")).astype(int)
    image = image[: int(0.8 * len(image))]
    return np.nonzero(np.abs(image - color).sum(-1) < 30)


def test_accuracy_falls_where_it_falls(tmp_path):
    falling = np.linspace(1, 0, 33)
    curves = {
        "targeted": (falling, np.full(33, 0.03)),
        "random_signs": (np.ones(33), np.zeros(33)),
    }
    path = tmp_path / "accuracy.png"
    save_figure(path, plot_accuracy(SIZES, {"a": curves}, "Accuracy"))
    rows, columns = where(path, BLUE)
    assert np.corrcoef(rows, columns)[0, 1] > 0.99
    rows, _ = where(path, GREY)
    flat = rows[rows < np.asarray(Image.open(path)).shape[0] / 3]
    assert len(flat) > 200


def test_two_discriminators_are_two_panels(tmp_path):
    high, low = (np.full(33, value) for value in (0.9, 0.1))
    error = np.zeros(33)
    panels = {
        name: {key: (values, error) for key in CURVES if key == "untargeted"}
        for name, values in (("a", high), ("b", low))
    }
    path = tmp_path / "accuracy.png"
    save_figure(path, plot_accuracy(SIZES, panels, "Accuracy"))
    rows, columns = where(path, ORANGE)
    middle = np.asarray(Image.open(path)).shape[1] / 2
    assert rows[columns < middle].mean() < rows[columns > middle].mean() - 100


@pytest.mark.parametrize("never", [0.25, 0.75])
def test_smallest_with_images_that_never_flip(tmp_path, never):
    smallest = np.where(np.arange(100) < 100 * never, np.inf, 4.0)
    path = tmp_path / "smallest.png"
    save_figure(path, plot_smallest(SIZES, {"a": {"targeted": smallest}}, "Smallest"))
    # The median is a line of full colour where there is one.
    rows, columns = where(path, BLUE)
    assert (len(rows) > 300) == (never < 0.5)
    if never < 0.5:
        width = np.asarray(Image.open(path)).shape[1]
        assert 0.2 * width < np.median(columns) < 0.4 * width
