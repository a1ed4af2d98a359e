"""The confusion matrix as a picture."""

import numpy as np
import pytest
from PIL import Image

from wgan_tf.visualize.confusion import plot_confusion


def test_dark_cells_are_where_the_counts_are(tmp_path):
    counts = np.array([[0, 90], [80, 3]])
    path = tmp_path / "images" / "confusion.png"
    plot_confusion(path, counts, ["cat", "dog"], "Cats and dogs")
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    dark = (pixels[..., 2] - pixels[..., 0] > 60) & (pixels[..., 0] < 30)
    rows, columns = np.nonzero(dark)
    # Two dark squares, from the lower left to the upper right.
    assert np.corrcoef(rows, columns)[0, 1] < -0.5


def test_names_must_fit(tmp_path):
    with pytest.raises(ValueError, match="3 names"):
        plot_confusion(tmp_path / "x.png", np.eye(2), ["a", "b", "c"], "x")
