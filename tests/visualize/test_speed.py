import numpy as np
from PIL import Image

from wgan_tf.visualize.speed import duration, plot_scaling, plot_speed

BLUE = np.array([0x2F, 0x6D, 0xB3])


def blue_rows(path):
    """Blue pixels of each row of a picture that has any."""
    blue = (np.asarray(Image.open(path).convert("RGB")).astype(int) == BLUE).all(-1)
    return blue.sum(1)[blue.any(1)], blue.sum(0)[blue.any(0)]


def test_bars_are_as_long_as_the_speeds(tmp_path):
    rows = {
        "fast": {"median": 0.5, "gflop_per_second": 100.0},
        "slow": {"median": 2.0, "gflop_per_second": 25.0},
        "no arithmetic": {"median": 1.0},
    }
    plot_speed(tmp_path / "speed.png", rows, peak=200.0)
    lengths, _ = blue_rows(tmp_path / "speed.png")
    # Two bars, and the lengths of their full rows are as 4 to 1.
    assert 3.8 < lengths.max() / np.median(lengths[-20:]) < 4.2


def test_scaling_has_a_bar_for_every_value(tmp_path):
    groups = {
        "image size": {"32": {"median": 0.1, "gflop": 10.0}, "64": {"median": 1.0, "gflop": 90.0}},
        "batch": {"16": {"median": 10.0, "gflop": 900.0}},
    }
    plot_scaling(tmp_path / "scaling.png", groups, peak=100.0)
    blue = np.asarray(Image.open(tmp_path / "scaling.png").convert("RGB")).astype(int) == BLUE
    columns = blue.all(-1).any(0)
    assert np.count_nonzero(np.diff(columns.astype(int)) == 1) == 3


def test_durations():
    assert [duration(x) for x in (0.000123, 0.0456, 1.2345, 12.0)] == [
        "0.123 ms",
        "45.6 ms",
        "1.23 s",
        "12 s",
    ]
