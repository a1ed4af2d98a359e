"""Rows, squares and maps: every image in its place, classes in their colours."""

import io

import numpy as np
import pytest
from PIL import Image

from wgan_tf.visualize.class_map import class_map, thumbnails
from wgan_tf.visualize.walks import Row, draw_rows, draw_square


def images(*values, channels=1):
    """Images of 16 pixels, one value each."""
    return np.float32(values).reshape(-1, 1, 1, 1) * np.ones((1, 16, 16, channels), np.float32)


def test_rows_may_differ_in_length_and_have_names_beside_and_above():
    rows = [
        Row("short", images(-1, 0), ["a", "b"]),
        Row("long", images(1, -1, 1), ["1", "2", "3"]),
        Row("as above", images(-1, -1, -1)),
    ]
    picture = draw_rows(rows, "Title", "note", width=400)
    assert picture.dtype == np.uint8 and picture.shape[2] == 3
    black = (picture == 0).all(-1)
    # 1 image of the first row, 1 of the second, 3 of the third, each 64 x 64.
    assert black.sum() >= 5 * 64 * 64 and black.sum() < 5 * 64 * 64 + 50
    grey = (picture == 128).all(-1)
    assert grey.sum() >= 64 * 64
    # Beside the last row stands its name, in the middle of its height.
    ys = np.flatnonzero(black.sum(1) == 3 * 64)
    letters = (picture[ys, : np.flatnonzero(black[ys[0]])[0]] < 128).any((1, 2))
    assert len(ys) == 64 and letters[20:44].any() and not letters[:12].any()


def test_columns_need_as_many_names_as_images():
    with pytest.raises(ValueError, match="1 column names for 2"):
        draw_rows([Row("x", images(0, 1), ["a"])], "t")


def test_a_square_is_tight_and_has_names_at_its_corners():
    values = [-1, 0, 0, 0, 0, 0, 0, 0, 1]
    picture = draw_square(images(*values), ("A", "B", "C", "D"), "t", width=8 + 9 * 16)
    black = np.argwhere((picture == 0).all(-1))
    (y, x), (bottom, right) = black.min(0), black.max(0)
    assert (bottom - y, right - x) == (47, 47)
    assert (picture[y + 48 : y + 96, x + 48 : x + 96] == 128).all()
    assert (picture[y + 96 : y + 144, x + 96 : x + 144] == 255).all()
    for band in (picture[y - 30 : y], picture[y + 144 :]):
        letters = (band < 128).any((0, 2))
        assert letters[x : x + 30].any() and letters[x + 110 : x + 145].any()
        assert not letters[x + 40 : x + 100].any()


def test_a_map_has_the_colours_of_its_classes_and_names_them():
    points = np.stack([np.linspace(-1, 1, 60), np.zeros(60)], 1)
    classes = np.repeat([1, 4, 13], 20)
    names = [f"name {k}" for k in range(14)]
    figure = class_map(points, classes, names, "title", "note", ("z 0", "z 1"))
    with Image.open(io.BytesIO(figure._repr_png_())) as file:
        picture = np.asarray(file.convert("RGB")).astype(int)
    assert picture.shape[1] == 1440
    columns = {}
    for number, rgb in {1: (255, 127, 14), 4: (148, 103, 189), 3: (214, 39, 40)}.items():
        columns[number] = np.flatnonzero((np.abs(picture - rgb).max(-1) <= 2).any(0))
    # The points from left to right, and each colour again in the legend at the right.
    lefts = [columns[number].min() for number in (1, 4, 3)]
    assert lefts == sorted(lefts) and min(c.max() for c in columns.values()) > 1000
    with pytest.raises(ValueError, match="classes must be"):
        class_map(points, classes[:3], names, "t")


def test_thumbnails_are_means_over_squares():
    image = np.arange(64.0).reshape(1, 8, 8, 1)
    small = thumbnails(image, 4)
    assert small.shape == (1, 4, 4, 1)
    assert small[0, 0, 0, 0] == (0 + 1 + 8 + 9) / 4 and small[0, 1, 2, 0] == (20 + 21 + 28 + 29) / 4
    np.testing.assert_array_equal(thumbnails(image, 32), image)
    # 10 is no multiple of 3: half of it, rather than a third.
    assert thumbnails(np.zeros((2, 10, 10, 3)), 3).shape == (2, 5, 5, 3)
