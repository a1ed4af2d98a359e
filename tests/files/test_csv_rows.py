"""Rows of a CSV file: whole ones, in order, each once."""

import os
import resource

import numpy as np
import pytest

from wgan_tf.errors import UserError
from wgan_tf.files.csv_rows import Rows, read_columns

FOUR = "iteration,a/b\n2,0.5\n4,\n6,-3\n8,1e+20\n"


def fill(path):
    rows = Rows(path)
    for iteration, value in ((2, 0.5), (4, np.nan), (6, -3.0), (8, 1e20)):
        rows.add({"iteration": iteration, "a/b": value})


def test_rows_and_what_they_are_read_as(tmp_path):
    path = tmp_path / "new" / "rows.csv"
    fill(path)
    assert path.read_text() == FOUR
    columns = read_columns(path)
    np.testing.assert_array_equal(columns["iteration"], [2, 4, 6, 8])
    np.testing.assert_array_equal(columns["a/b"], [0.5, np.nan, -3, 1e20])


def test_float32_comes_back_as_it_was(tmp_path):
    values = np.float32([np.pi, 1 / 3, 1e-7, 16777217, -2.3509887e-38])
    rows = Rows(tmp_path / "rows.csv")
    for index, value in enumerate(values):
        rows.add({"iteration": index, "x": float(value)})
    read = read_columns(tmp_path / "rows.csv")["x"].astype(np.float32)
    np.testing.assert_array_equal(read, values)


@pytest.mark.parametrize(
    ("spoilt", "last", "left"),
    [
        (FOUR, 4, 2),
        (FOUR, 5, 2),
        (FOUR, 100, 4),
        (FOUR + "10,3", 100, 4),  # killed while it wrote
        (FOUR[:-3], 100, 3),
        (FOUR + "9,1\n9,2\n", 100, 5),
        (FOUR + "3,1\n", 100, 4),
        (FOUR + "ten,1\n12,1\n", 100, 4),
        (FOUR + "9" * 10 + ",1\n", 2**31, 4),
        (FOUR + "x" * 100_000, 100, 4),
    ],
)
def test_what_comes_again_or_is_no_row_is_cut_off(tmp_path, spoilt, last, left):
    path = tmp_path / "rows.csv"
    path.write_text(spoilt)
    rows = Rows(path, last)
    assert path.read_text() == "".join((spoilt).splitlines(True)[: 1 + left])
    rows.add({"iteration": 200, "a/b": 7.0})
    assert path.read_text().endswith("\n200,7\n")


def test_a_new_beginning_has_none_of_the_rows_before(tmp_path):
    path = tmp_path / "rows.csv"
    fill(path)
    Rows(path)
    assert not path.exists()
    path.write_text("iteration,a")  # not even a whole head
    Rows(path, 5).add({"iteration": 6, "b": 1.0})
    assert path.read_text() == "iteration,b\n6,1\n"


def test_a_file_that_is_gone_begins_anew(tmp_path):
    path = tmp_path / "rows.csv"
    rows = Rows(path)
    rows.add({"iteration": 1, "x": 1.0})
    path.unlink()
    rows.add({"iteration": 2, "x": 2.0})
    assert path.read_text() == "iteration,x\n2,2\n"


def test_other_columns_are_left_alone(tmp_path):
    path = tmp_path / "rows.csv"
    fill(path)
    with pytest.raises(UserError, match="has other columns"):
        Rows(path, 8).add({"iteration": 10, "b": 1.0})
    assert path.read_text() == FOUR


def test_what_is_no_file_is_one_line_and_nobody_waits(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="pipe is no file"):
        Rows(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="folder is no file"):
        Rows(tmp_path / "folder", 3)


def test_a_full_disk_leaves_no_half_row(tmp_path):
    path = tmp_path / "rows.csv"
    fill(path)
    rows, limits = Rows(path, 8), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(FOUR) + 4, limits[1]))
    try:
        with pytest.raises(UserError, match="rows.csv cannot be written"):
            rows.add({"iteration": 10, "a/b": 0.123456789})
        assert path.read_text() == FOUR
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    rows.add({"iteration": 12, "a/b": 1.0})
    assert path.read_text() == FOUR + "12,1\n"


@pytest.mark.parametrize("text", ["", "a,b\n1\n", "a\nx\n", "a,b\n1,2,3\n4\n"])
def test_damaged_files_are_one_line(tmp_path, text):
    path = tmp_path / "rows.csv"
    path.write_text(text)
    with pytest.raises(UserError, match="rows.csv is missing or damaged"):
        read_columns(path)
