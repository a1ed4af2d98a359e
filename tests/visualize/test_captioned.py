"""Sheets of images with text: the pixels are the images', the text stays in its place."""

import numpy as np
import pytest

from wgan_tf.visualize.captioned import PAGE, sheet, side_by_side

MARGIN = 8


def images(count, size=16, channels=1):
    rng = np.random.default_rng(0)
    return rng.choice(np.float32([-1, 0, 1]), (count, size, size, channels))


def test_images_are_enlarged_by_whole_numbers_and_stay_what_they_are():
    pixels = images(3)
    picture = sheet(pixels, columns=2, width=2 * (32 + 8) + 8)
    assert picture.shape == (2 * 40 + MARGIN, 2 * 40 + MARGIN, 3) and picture.dtype == np.uint8
    cell = picture[MARGIN : MARGIN + 32, 48 : 48 + 32]
    expected = np.rint((pixels[1, ..., 0] + 1) * 127.5)
    np.testing.assert_array_equal(cell[::2, ::2, 0], expected)
    np.testing.assert_array_equal(cell[1::2, 1::2, 2], expected)
    # The cell without an image is white.
    assert (picture[48 : 48 + 32, 48 : 48 + 32] == 255).all()


def test_colours_stay(tmp_path):
    pixels = np.full((1, 16, 16, 3), -1, np.float32)
    pixels[..., 0] = 1
    picture = sheet(pixels, columns=1)
    assert (picture[20, 20] == [255, 0, 0]).all()


@pytest.mark.parametrize("text", ["x", "a very long name that cannot fit into any cell"])
def test_text_stays_within_its_cell(text):
    white = np.ones((4, 16, 16, 1), np.float32)
    empty = ["", "", "", ""]
    with_text = sheet(white, ["", text, "", ""], columns=4, width=4 * 72 + 8)
    assert (with_text == 255).all(axis=(0, 2))[: 8 + 72].all()
    assert not (with_text == 255).all()
    inside = (with_text < 255).any((0, 2))
    assert not inside[8 + 2 * 72 - 8 :].any()
    assert (sheet(white, empty, columns=4) == 255).all()


def test_lines_of_captions_rows_and_columns_have_their_place():
    white = np.ones((4, 16, 16, 1), np.float32)
    plain = sheet(white, columns=2, width=300)
    higher = sheet(white, ["a\nb", "a", "c", "d"], columns=2, width=300)
    one = sheet(white, list("abcd"), columns=2, width=300)
    assert len(plain) < len(one) < len(higher)
    named = sheet(
        white, columns=2, width=300, column_names=["left", "right"], row_names=["up", "down"],
        title="A title",
    )
    assert named.shape[1] == plain.shape[1]
    dark = (named < 200).any((1, 2))
    # Title, then a row's name and the columns' names, twice.
    assert np.sum(np.diff(dark.astype(int)) == 1) == 5


def test_beside_pads_the_lower_one_with_white():
    low, high = np.zeros((10, 5, 3), np.uint8), np.zeros((20, 7, 3), np.uint8)
    both = side_by_side([low, high])
    assert both.shape == (20, 5 + 24 + 7, 3)
    assert (both[10:, :5] == 255).all() and (both[:, 5:29] == 255).all() and both[:, 29:].max() == 0


def test_a_page_is_as_wide_as_a_plot():
    # Ten digits with captions, as max_class draws them.
    picture = sheet(images(10, 32), list("0123456789"), columns=10, column_names=list("abcdefghij"))
    assert 0.85 * PAGE < picture.shape[1] < 1.15 * PAGE


def test_numbers_of_names_must_fit():
    with pytest.raises(ValueError, match="1 captions for 2"):
        sheet(images(2), ["a"], columns=2)
    with pytest.raises(ValueError, match="3 column names for 2"):
        sheet(images(2), columns=2, column_names=["a", "b", "c"])
    with pytest.raises(ValueError, match="2 row names for 1"):
        sheet(images(2), columns=2, row_names=["a", "b"])
