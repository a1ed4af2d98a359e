"""The picture of a ratio, by the colours of its pixels."""

import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image

from wgan_tf.refine.ratio.diagnostics import reliability
from wgan_tf.visualize.figure import BLUE, ORANGE
from wgan_tf.visualize.ratio_plot import plot_ratio


def test_real_images_stand_to_the_right_and_true_odds_on_the_diagonal(tmp_path):
    rng = np.random.default_rng(0)
    # Of two normal laws with means 2 apart the log ratio is twice the place.
    real, generated = (2 * rng.normal(mean, 1, 4000) for mean in (1, -1))
    plot_ratio(tmp_path / "ratio.png", real, generated, reliability(real, generated), "labels")
    with Image.open(tmp_path / "ratio.png") as picture:
        image = np.asarray(picture.convert("RGB")).astype(int)
    half = image.shape[1] // 2

    def columns(part, colour):
        """Of the pixels of this colour, at the strength that bars have."""
        mixed = 0.55 * np.array(to_rgb(colour)) * 255 + 0.45 * 255
        return np.nonzero(np.abs(part - mixed).max(-1) <= 3)[1]

    # The legend has a patch of each, small beside the bars.
    left = image[:, :half]
    assert np.median(columns(left, BLUE)) > np.median(columns(left, ORANGE)) + 100
    line = np.nonzero(np.abs(image[:, half:] - np.array(to_rgb(BLUE)) * 255).max(-1) <= 3)
    assert np.corrcoef(*line)[0, 1] < -0.99
