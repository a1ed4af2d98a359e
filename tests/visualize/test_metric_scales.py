"""The plot of an evaluation: marks are where the numbers are."""

import numpy as np
import pytest
from PIL import Image

from wgan_tf.visualize.metric_scales import _span, plot_evaluation

INF, NAN = np.inf, np.nan


def row(value, low, high, reference, limits=(0.0, INF), better="lower"):
    return {
        "title": "a distance",
        "value": value,
        "low": low,
        "high": high,
        "real_against_real": reference,
        "better": better,
        "limits": limits,
    }


def columns(image, color):
    """Where a colour is in a picture, in pixels from the left."""
    return np.flatnonzero((np.abs(image.astype(int) - color).sum(-1) < 30).any(0))


def test_marks_lie_in_the_order_of_the_numbers(tmp_path):
    for name, value, reference in (("worse", 8.0, 2.0), ("better", 2.0, 8.0)):
        path = tmp_path / f"{name}.png"
        plot_evaluation(path, [row(value, 1.0, 12.0, reference)], "2 against 3 images")
        image = np.asarray(Image.open(path).convert("RGB"))
        band = image[: image.shape[0] // 2, image.shape[1] // 6 : int(0.9 * image.shape[1])]
        dot, mark = columns(band, (47, 109, 179)), columns(band, (224, 123, 40))
        assert len(dot) > 5 and len(mark) > 2
        assert (dot.mean() > mark.mean()) == (value > reference)


def test_scales_hold_everything_and_shares_end_at_one():
    low, high = _span(row(5.0, 4.0, 6.0, 0.5))
    assert low <= 0 < 6 < high < 7
    low, high = _span(row(0.2, 0.1, 0.3, 0.4, (0.0, 1.0)))
    assert low <= 0 and 1 <= high < 1.1
    low, high = _span(row(-0.2, -0.3, -0.1, -0.01))
    assert low < -0.3 and high > 0


@pytest.mark.parametrize("value", [0.0, NAN])
def test_no_interval_and_nothing_to_show(tmp_path, value):
    plot_evaluation(tmp_path / "x.png", [row(value, NAN, NAN, 0.0, better=None)] * 2, "nothing")
    assert (tmp_path / "x.png").stat().st_size > 1000
