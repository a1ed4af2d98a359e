import os

import numpy as np
import pytest
from PIL import Image

from wgan_tf import data
from wgan_tf.data import source as source_module
from wgan_tf.data.folder import walk
from wgan_tf.errors import UsageError, UserError


def write(path, value, size=8):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (size, size), value).save(path)


def open_folder(folder, tmp_path, size=8, channels=1):
    return data.open_source(None, str(folder), str(tmp_path / "cache"), None, size, channels)


def values(source):
    return source.read(np.arange(source.count))[:, 0, 0, 0].tolist()


def test_images_in_the_order_of_their_paths(tmp_path, both_ways):
    folder = tmp_path / "images"
    write(folder / "b.png", 20)
    write(folder / "a" / "z.PNG", 10)
    write(folder / "c" / "deep" / "1.bmp", 30)
    write(folder / "d.GIF", 40)
    (folder / "README.md").write_text("not an image")
    (folder / "list.txt").write_text("b.png")
    write(folder / "._b.png", 99)
    source = open_folder(folder, tmp_path)
    assert both_ways in source.description
    assert source.count == 4 and source.labels is None and source.class_names is None
    assert values(source) == [10, 20, 30, 40]
    images = source.read(np.array([3, 0, 3]))
    assert images.shape == (3, 8, 8, 1) and images.dtype == np.uint8
    assert images[:, 5, 5, 0].tolist() == [40, 10, 40]
    # Images are kept in a file without a name.
    assert (tmp_path / "cache").exists() == (both_ways == "on the fly")
    assert not any((tmp_path / "cache").glob("*"))


def test_both_ways_give_the_same_pixels(tmp_path, monkeypatch):
    noise = np.random.default_rng(0).integers(0, 256, (5, 30, 40, 3), np.uint8)
    for number, image in enumerate(noise):
        Image.fromarray(image).save(tmp_path / f"{number}.jpg")
    one = open_folder(tmp_path, tmp_path, size=16, channels=3).read(np.array([4, 1]))
    monkeypatch.setattr(source_module, "RAM_BYTES", 0)
    other = open_folder(tmp_path, tmp_path, size=16, channels=3).read(np.array([4, 1]))
    np.testing.assert_array_equal(one, other)


def test_the_originals_layout(tmp_path):
    write(tmp_path / "img_align_celeba" / "000001.png", 7)
    write(tmp_path / "logs" / "generated.png", 99)
    assert values(open_folder(tmp_path, tmp_path)) == [7]


def test_broken_files_are_skipped_and_named_once(tmp_path, warned):
    for number in range(4):
        write(tmp_path / f"{number}.png", number + 1)
    (tmp_path / "1.png").write_bytes(b"broken")
    (tmp_path / "empty.jpg").write_bytes(b"")
    source = open_folder(tmp_path, tmp_path)
    assert values(source) == [1, 3, 4]
    assert "2 skipped" in source.description
    assert len(warned) == 2 and "1.png" in warned[0] and "empty.jpg" in warned[1]


def test_on_the_fly_the_next_good_image_takes_the_place(tmp_path, warned, monkeypatch):
    monkeypatch.setattr(source_module, "RAM_BYTES", 0)
    for number in range(4):
        write(tmp_path / f"{number}.png", number + 1)
    for number in (1, 2, 3):
        (tmp_path / f"{number}.png").write_bytes(b"broken")
    write(tmp_path / "2.png", 3)
    source = open_folder(tmp_path, tmp_path)
    assert [values(source) for _ in range(2)] == [[1, 3, 3, 1]] * 2
    assert len(source.skipped) == 2 and len(warned) == 2


def test_only_broken_files(tmp_path, both_ways, warned):
    (tmp_path / "a.png").write_bytes(b"broken")
    data.check_source(None, str(tmp_path))  # it does not open them
    with pytest.raises(UserError, match="can be decoded"):
        open_folder(tmp_path, tmp_path)


def test_links_in_a_loop(tmp_path):
    folder = tmp_path / "images"
    write(folder / "sub" / "a.png", 1)
    write(tmp_path / "elsewhere" / "b.png", 2)
    os.symlink(folder, folder / "sub" / "loop")
    os.symlink("..", folder / "up")
    os.symlink(tmp_path / "elsewhere", folder / "linked")
    os.symlink(tmp_path / "elsewhere", folder / "twice")
    os.symlink(tmp_path / "nowhere.png", folder / "dangling.png")
    names = list(walk(str(folder)))
    assert sorted(os.path.basename(name) for name in names) == ["a.png", "b.png"]
    assert len(names) == len({os.path.realpath(folder / name) for name in names})


def test_missing_and_empty_folders(tmp_path):
    empty = tmp_path / "empty"
    (empty / "sub").mkdir(parents=True)
    (empty / "notes.txt").write_text("")
    for call in (data.check_source, lambda *args: open_folder(args[1], tmp_path)):
        with pytest.raises(UsageError, match="no such folder"):
            call(None, str(tmp_path / "missing"))
        with pytest.raises(UserError, match="no images"):
            call(None, str(empty))
    with pytest.raises(UsageError, match="--data_dir"):
        data.check_source("folder", None)


def test_the_check_stops_at_the_first_image(tmp_path, monkeypatch):
    write(tmp_path / "a" / "1.png", 1)
    write(tmp_path / "b" / "2.png", 1)
    real, seen = os.scandir, []
    monkeypatch.setattr(os, "scandir", lambda path: seen.append(path) or real(path))
    data.check_source(None, str(tmp_path))
    assert len(seen) == 2


def test_parts_of_a_folder_are_disjoint_and_the_same_every_time(tmp_path):
    for index in range(20):
        write(tmp_path / f"{index:02d}.png", 10 * index)

    def part(split):
        source = data.open_source(None, str(tmp_path), "unused", None, 8, 1, split)
        return values(source)

    first, second, rest = (part(f"train[{p}]") for p in (":50%", "50%:75%", "75%:"))
    assert (len(first), len(second), len(rest)) == (10, 5, 5)
    assert sorted(first + second + rest) == part("train") == [10 * i for i in range(20)]
    assert first == part("train[:50%]") and first != part("train")[:10]
    for split in ("test", "train[60%:40%]", "train[:150%]"):
        with pytest.raises(UsageError, match="a folder has the split train"):
            part(split)
    with pytest.raises(UserError, match="no image of the 20"):
        part("train[:1%]")
