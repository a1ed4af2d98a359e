"""The confusion matrix as a picture."""

import numpy as np
import pytest
from PIL import Image

from wgan_tf.visualize.confusion import plot_confusion


def test_dark_cells_are_where_the_counts_are(tmp_path):
    # Cats are taken for dogs, dogs for birds, birds for cats: turned over it would be another.
    counts = np.array([[0, 90, 0], [2, 3, 80], [70, 0, 0]])
    path = tmp_path / "images" / "confusion.png"
    plot_confusion(path, counts, ["cat", "dog", "bird"], "Cats, dogs and birds")
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    dark = (pixels[..., 2] - pixels[..., 0] > 60) & (pixels[..., 0] < 30)
    rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    matrix = dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    shares = [
        [cell.mean() for cell in np.array_split(row, 3, axis=1)]
        for row in np.array_split(matrix, 3)
    ]
    np.testing.assert_allclose(shares, counts > 50, atol=0.1)


def test_names_must_fit(tmp_path):
    with pytest.raises(ValueError, match="3 names"):
        plot_confusion(tmp_path / "x.png", np.eye(2), ["a", "b", "c"], "x")
