"""What two discriminators' figures say of each other."""

import numpy as np
import pytest

from wgan_tf.looks.comparison import (
    answer,
    comparison_report,
    findings,
    harder,
    low_frequency_share,
)


def wave(length, side=32):
    """Upright waves of a length in pixels, (1, side, side, 1)."""
    row = np.sin(2 * np.pi * np.arange(side) / length)
    return np.tile(row, (side, 1))[None, ..., None]


def test_waves_of_eight_pixels_and_longer_count_as_low():
    for length, share in ((32, 1.0), (8, 1.0), (4, 0.0), (3.2, 0.0)):
        assert low_frequency_share(wave(length))[0] == pytest.approx(share, abs=1e-3), length
    # Energy is the square of the height: 9 to 1.
    assert low_frequency_share(3 * wave(16) + wave(4))[0] == pytest.approx(0.9, abs=1e-6)
    noise = np.random.default_rng(0).normal(size=(200, 32, 32, 3))
    assert low_frequency_share(noise).mean() == pytest.approx(0.048, abs=0.002)
    assert np.isnan(low_frequency_share(np.zeros((1, 8, 8, 1)))[0])


def test_harder_is_counted_image_by_image():
    inf = np.inf
    figures = harder(np.array([3, 1, inf, inf, 2.0]), np.array([2, 2, 4, inf, 1.0]))
    # Larger, smaller, larger, as large, larger: signs 1, -1, 1, 0, 1 with mean 0.4.
    assert (figures["larger"], figures["smaller"]) == pytest.approx((0.6, 0.2))
    assert figures["difference"] == pytest.approx(0.4)
    assert figures["standard_error"] == pytest.approx(np.sqrt((4 / 5 - 0.16) / 5))


def side(right, smallest, gradients, recognised=0.5):
    return {
        "right": right,
        "smallest": {"targeted": smallest},
        "gradients": gradients,
        "recognised": recognised,
    }


def test_findings_and_their_words():
    rng = np.random.default_rng(0)
    right = np.arange(200) < 160
    size = rng.uniform(1, 2, 60)
    size[:3] = 0  # wrong from the start: left out for both
    fine, coarse = (rng.normal(1, 0.1, (60, 1, 1, 1)) * (wave(16) * k + wave(4)) for k in (0.1, 2))
    coarse = coarse + rng.normal(0, 0.1, coarse.shape)
    figures = findings(
        [side(right, 3 * size, coarse, 0.2), side(np.arange(200) < 180, size, fine, 0.9)]
    )
    assert figures["accuracy"]["difference"] == pytest.approx(-0.1)
    # 20 of 200 pairs differ, all by -1.
    assert figures["accuracy"]["standard_error"] == pytest.approx(np.sqrt(0.1 * 0.9 / 200))
    assert figures["fooled"]["targeted"]["images"] == 57
    assert figures["fooled"]["targeted"]["larger"] == 1
    text = " ".join(answer(figures, "A", "B", 16.0))
    assert "A answers 10.0 ± 2.1 % fewer test images rightly than B" in text
    assert "A is harder to fool than B, towards another class: with it 100% of 57 images" in text
    assert "A looks at coarser shapes than B" in text
    assert "B recognises 20%; the other way round 90%" in text


def test_no_difference_is_called_none():
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=(40, 16, 16, 1))
    one, two = (
        side(rng.uniform(size=300) < 0.8, rng.uniform(1, 2, 40), gradients) for _ in range(2)
    )
    text = " ".join(answer(findings([one, two]), "A", "B", 16.0))
    assert "as many test images rightly as" in text
    assert "no harder or easier to fool than" in text and "more than 16" not in text
    assert "shapes as coarse as" in text


def test_report_is_a_page_with_a_table_and_pictures():
    row = {
        "name": "run", "trained": "alone", "accuracy": 0.9, "standard_error": 0.01,
        "test_images": 1000, "epochs": None, "after_one_step": 0.15625,
        "medians": {"targeted": 1.5}, "largest": 16.0,
    }
    stubborn = {**row, "name": "two", "medians": {"targeted": np.inf}}
    rows, pictures = [row, stubborn], [("H", "images/h.png")]
    text = comparison_report("A and B", rows, ["One.", "Two."], pictures)
    assert text.startswith("# A and B\n\n- One.\n- Two.\n")
    assert "| run (alone) | 90.00% ± 1.00% of 1000 |  | 15.62% | 1.5 |" in text
    assert "| 15.62% | more than 16 |" in text
    assert "## H\n\n![H](images/h.png)" in text
