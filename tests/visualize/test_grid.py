"""Grids cell by cell, and files that are written whole or not at all."""

import numpy as np
import pytest
from PIL import Image

from wgan_tf.errors import UserError
from wgan_tf.files.writing import written_whole
from wgan_tf.visualize.grid import enlarge, grid, layout, save_png


def random_images(count, height=5, width=7, channels=3, seed=0):
    """Images and the uint8 values that they must be shown as."""
    generator = np.random.default_rng(seed)
    shown = generator.integers(0, 256, (count, height, width, channels), np.uint8)
    return (shown / 127.5 - 1).astype(np.float32), shown


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("padding", [0, 1, 3])
def test_every_image_stands_in_its_cell(channels, padding):
    images, shown = random_images(6, channels=channels)
    sheet = grid(images, rows=2, columns=3, padding=padding)
    assert sheet.dtype == np.uint8
    assert sheet.shape == (2 * 5 + padding, 3 * 7 + 2 * padding, channels)
    for index in range(6):
        top, left = (index // 3) * (5 + padding), (index % 3) * (7 + padding)
        np.testing.assert_array_equal(sheet[top : top + 5, left : left + 7], shown[index])


def test_gaps_and_blank_cells_are_black():
    sheet = grid(np.ones((5, 4, 4, 1), np.float32), rows=2, columns=3, padding=2)
    assert sheet.sum() == 5 * 16 * 255
    assert not sheet[4:6].any() and not sheet[:, 4:6].any() and not sheet[6:, 12:].any()


@pytest.mark.parametrize(
    ("count", "given", "expected"),
    [
        (64, {}, (4, 16)),
        (4, {}, (4, 1)),
        (1, {}, (1, 1)),
        (10, {}, (3, 4)),
        (25, {}, (5, 5)),
        (10, {"rows": 2}, (2, 5)),
        (10, {"columns": 3}, (4, 3)),
    ],
)
def test_layout(count, given, expected):
    assert layout(count, **given) == expected


def test_layout_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match="2 x 3 cells are too few for 7"):
        layout(7, rows=2, columns=3)


@pytest.mark.parametrize("shape", [(0, 4, 4, 3), (4, 4, 3), (2, 4, 4, 2)])
def test_arrays_that_are_no_images_are_refused(shape):
    with pytest.raises(ValueError, match="images must be"):
        grid(np.zeros(shape, np.float32))


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_png_holds_the_pixels_exactly(tmp_path, channels, mode):
    images, _ = random_images(4, channels=channels)
    path = tmp_path / "new" / "folder" / "grid.png"
    save_png(path, grid(images))
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("PNG", mode)
        pixels = np.asarray(picture).reshape(picture.height, picture.width, channels)
    np.testing.assert_array_equal(pixels, grid(images))


def test_enlarge_repeats_pixels():
    image = np.array([[[10], [20]]], np.uint8)
    expected = [[10] * 3 + [20] * 3] * 3
    np.testing.assert_array_equal(enlarge(image, 3)[..., 0], expected)
    with pytest.raises(ValueError, match="at least 1"):
        enlarge(image, 0)


def test_png_of_floats_is_refused(tmp_path):
    with pytest.raises(ValueError, match="uint8"):
        save_png(tmp_path / "x.png", np.zeros((2, 2, 1), np.float32))
    assert not list(tmp_path.iterdir())


def test_failure_keeps_the_old_file_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "kept.txt"
    path.write_text("old")
    with pytest.raises(KeyError), written_whole(path) as unfinished:
        unfinished.write_text("half")
        raise KeyError
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.txt"]
    assert path.read_text() == "old"


def test_folder_that_is_a_file_is_the_users_error(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        save_png(tmp_path / "taken" / "x.png", np.zeros((2, 2, 1), np.uint8))
