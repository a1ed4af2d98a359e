"""Folders as they come: damaged, huge and odd files, links, names, and what changes meanwhile."""

import builtins
import io
import json
import os
import stat
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from PIL import Image

from tests.pngs import black_png
from tests.processes import ROOT
from wgan_tf import data
from wgan_tf.data import file_systems, image_file, preprocess
from wgan_tf.data import source as source_module
from wgan_tf.data.image_file import Allowance
from wgan_tf.data.image_set import read_image, read_images
from wgan_tf.data.skipped import FILE, Skipped, printable, write_skipped
from wgan_tf.errors import UserError


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "images"
    made.mkdir()
    return made


def write(path, value, size=8):
    Image.new("L", (size, size), value).save(path, "PNG")


def encoded(format="PNG", size=(64, 64), **settings):
    noise = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, format, **settings)
    return file.getvalue()


def opened(folder, tmp_path, channels=1, split="train"):
    return data.open_source(None, str(folder), str(tmp_path / "cache"), None, 8, channels, split)


def values(source):
    return source.read(np.arange(source.count))[:, 0, 0, 0].tolist()


def reasons(source):
    return {skip.name: skip.reason for skip in source.skipped}


def fill_with_faults(folder):
    """Two good images and one file of each fault: name to reason."""
    write(folder / "good1.png", 10)
    write(folder / "good2.png", 20)
    (folder / "cut.jpg").write_bytes(encoded("JPEG")[:2000])
    (folder / "cut.png").write_bytes(encoded("PNG")[:2000])
    (folder / "cut.gif").write_bytes(encoded("GIF")[:2000])
    (folder / "cut.bmp").write_bytes(encoded("BMP")[:2000])
    (folder / "cut.webp").write_bytes(encoded("WEBP")[:500])
    (folder / "empty.png").write_bytes(b"")
    (folder / "text.jpg").write_text("not an image\n")
    (folder / "bomb.png").write_bytes(black_png(20_000, 20_000))
    (folder / "large.png").write_bytes(black_png(10_000, 9_500))  # Pillow would only warn
    (folder / "script.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n")
    os.symlink("nowhere.png", folder / "broken.png")
    os.symlink("loop2.png", folder / "loop1.png")
    os.symlink("loop1.png", folder / "loop2.png")
    os.mkfifo(folder / "pipe.png")
    (folder / "folder.jpg").mkdir()
    write(folder / "folder.jpg" / "good0.png", 5)
    return {
        "cut.jpg": "damaged",
        "cut.png": "damaged",
        "cut.gif": "damaged",
        "cut.bmp": "damaged",
        "cut.webp": "damaged",
        "empty.png": "empty",
        "text.jpg": "no image",
        "bomb.png": "too large",
        "large.png": "too large",
        "script.jpg": "no image",
        "broken.png": "broken link",
        "loop1.png": "broken link",
        "loop2.png": "broken link",
        "pipe.png": "no file",
    }


def test_a_folder_of_faults(folder, tmp_path, both_ways, warned):
    wanted = fill_with_faults(folder)
    source = opened(folder, tmp_path)
    pixels = values(source)
    assert reasons(source) == wanted and len(warned) == len(wanted)
    assert source.skipped.total == len(wanted) + 3
    if both_ways == "in memory":
        assert pixels == [5, 10, 20] and source.skipped.complete
        assert f"({len(wanted)} skipped: 5 damaged, 3 broken link, " in source.description
    else:
        assert set(pixels) == {5, 10, 20} and not source.skipped.complete
    line = write_skipped(tmp_path, source)
    stored = json.loads((tmp_path / FILE).read_text())
    assert line.startswith(f"{len(wanted)} of {len(wanted) + 3} images skipped")
    assert stored["skipped"] == len(wanted) and stored["found"] == len(wanted) + 3
    assert stored["reasons"]["damaged"] == 5 and sum(stored["reasons"].values()) == len(wanted)
    assert {entry["name"]: entry["reason"] for entry in stored["files"]} == wanted
    details = {entry["name"]: entry["detail"] for entry in stored["files"]}
    assert "64 million pixels" in details["bomb.png"]
    assert details["text.jpg"] == "nothing that Pillow reads as an image"
    assert str(folder) not in json.dumps(stored["files"]) and "0x" not in json.dumps(details)


def test_odd_images_are_images(folder, tmp_path, both_ways):
    Image.new("RGB", (1, 1), (200, 100, 50)).save(folder / "a_point.png")
    Image.new("CMYK", (9, 9), (0, 255, 255, 0)).save(folder / "b_print.jpg")
    Image.fromarray(np.full((9, 9), 257 * 77, np.uint16)).save(folder / "c_deep.png")
    palette = Image.new("P", (9, 9), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    palette.save(folder / "d_palette.png")
    frames = [Image.new("RGB", (9, 9), colour) for colour in ((250, 0, 0), (0, 250, 0))]
    frames[0].save(folder / "e_film.gif", save_all=True, append_images=frames[1:])
    source = opened(folder, tmp_path, channels=3)
    colours = source.read(np.arange(5))[:, 4, 4].astype(int)
    wanted = [(200, 100, 50), (254, 0, 0), (77, 77, 77), (10, 20, 30), (250, 0, 0)]
    assert abs(colours - wanted).max() <= 2 and not len(source.skipped)
    assert write_skipped(tmp_path, source) is None and not (tmp_path / FILE).exists()


def measured(code, *arguments):
    """Runs code in a process of its own; the memory that it took beside its imports, in MB."""
    around = (
        "import resource, sys, warnings; warnings.simplefilter('default')\n"
        "import numpy as np; from wgan_tf.data import preprocess, open_source\n"
        "from wgan_tf.data import source as module\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"before = peak()\n{code}\nprint((peak() - before) // 1000)"
    )
    done = subprocess.run(
        [sys.executable, "-c", around, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1]), done.stderr


def test_a_bomb_takes_no_memory_and_makes_one_line(folder, tmp_path):
    (folder / "bomb.png").write_bytes(black_png(20_000, 20_000))
    (folder / "large.png").write_bytes(black_png(10_000, 9_500))
    write(folder / "good.png", 7)
    code = (
        "source = open_source(None, sys.argv[1], sys.argv[2], None, 8, 1)\n"
        "assert source.count == 1 and len(source.skipped) == 2"
    )
    megabytes, errors = measured(code, folder, tmp_path)
    assert megabytes < 60  # decoded, the first would be 400
    assert errors.count("\n") == 2 and "DecompressionBomb" not in errors


def test_several_threads_decode_no_more_than_one_large_image(folder, tmp_path):
    for number in range(6):
        (folder / f"{number}.png").write_bytes(black_png(8_000, 4_000))
    code = (
        "module.THREADS = 6\n"
        "source = open_source(None, sys.argv[1], sys.argv[2], None, 8, 1)\n"
        "assert source.count == 6"
    )
    # 32 MB each and as much again in grey; without a limit six at a time.
    assert measured(code, folder, tmp_path)[0] < 200


def test_what_several_threads_may_take_together():
    allowance, lock, now, peaks = Allowance(10), threading.Lock(), [0], []

    def work(amount):
        with allowance.take(amount):
            with lock:
                now[0] += amount
                peaks.append((now[0], amount))
            time.sleep(0.002)
            with lock:
                now[0] -= amount

    amounts = [3, 4, 10, 1, 25, 6, 2, 9] * 4  # 25 has to be alone
    threads = [threading.Thread(target=work, args=(amount,)) for amount in amounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(peaks) == len(amounts) and now == [0]
    assert all(peak <= 10 or peak == amount == 25 for peak, amount in peaks)
    assert max(peak for peak, _ in peaks if peak <= 10) > 6
    with pytest.raises(KeyError):
        with allowance.take(10):
            raise KeyError
    with allowance.take(10):
        pass


@pytest.mark.parametrize("mode", ["RGBA", "P", "I;16", "LA", "CMYK"])
def test_bands_convert_as_the_whole(mode, monkeypatch):
    rng = np.random.default_rng(3)
    bands = {"RGBA": 4, "CMYK": 4, "LA": 2}.get(mode, 1)
    pixels = rng.integers(0, 256, (41, 30, bands), np.uint8)
    if mode == "I;16":
        image = Image.fromarray(rng.integers(0, 65536, (41, 30)).astype(np.uint16))
    else:
        image = Image.frombytes(mode, (30, 41), pixels.tobytes())
    if mode == "P":
        image.putpalette(rng.integers(0, 256, 768).astype(np.uint8).tobytes())
        image.info["transparency"] = bytes(rng.integers(0, 256, 256).tolist())
    whole = [preprocess.fit(image, None, 16, channels) for channels in (1, 3)]
    monkeypatch.setattr(preprocess, "_BAND", 100)
    for channels, wanted in zip((1, 3), whole, strict=True):
        np.testing.assert_array_equal(preprocess.fit(image, None, 16, channels), wanted)


def test_a_file_of_too_many_bytes_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "a.webp"
    path.write_bytes(encoded("WEBP"))
    monkeypatch.setattr(image_file, "MAX_BYTES", 1000)
    for image in (path, path.read_bytes()):
        with pytest.raises(image_file.TooLarge, match="MiB"):
            preprocess.read(image, None, 8, 3)


def test_files_and_folders_that_may_not_be_read(folder, tmp_path, both_ways, monkeypatch, warned):
    write(folder / "good.png", 7)
    write(folder / "locked.png", 8)
    (folder / "closed").mkdir()
    write(folder / "closed" / "inner.png", 9)
    if os.geteuid():
        (folder / "locked.png").chmod(0)
        (folder / "closed").chmod(0)
    else:  # nothing is closed to root

        def refusing(call):
            def refuse(path, *args, **kwargs):
                if str(path).endswith(("locked.png", "closed")):
                    raise PermissionError(13, "Permission denied", path)
                return call(path, *args, **kwargs)

            return refuse

        monkeypatch.setattr(builtins, "open", refusing(open))
        monkeypatch.setattr(os, "scandir", refusing(os.scandir))
    source = opened(folder, tmp_path)
    assert set(values(source)) == {7}
    assert reasons(source) == {"locked.png": "unreadable", "closed": "unreadable folder"}
    assert all(skip.detail == "Permission denied" for skip in source.skipped)
    if os.geteuid():
        (folder / "closed").chmod(stat.S_IRWXU)


def test_names_of_other_scripts_and_of_none(folder, tmp_path, both_ways, capsys):
    names = ["写真.png", "фото.png", "صورة.png", "🦆.png", "two\nlines.png", "b\u202eg.png"]
    names.append(os.fsdecode(b"\xff\xfe.png"))
    for value, name in enumerate(sorted(names)):
        write(folder / name, value)
        (folder / f"bad {name}").write_bytes(b"bad")
    source = opened(folder, tmp_path)
    assert set(values(source)) == set(range(len(names)))
    write_skipped(tmp_path, source)
    stored = json.loads((tmp_path / FILE).read_bytes().decode())
    listed = [entry["name"] for entry in stored["files"]]
    assert len(listed) == len(names) and "bad 写真.png" in listed
    for name in listed:
        print(name)
        assert name.encode().decode().isprintable()
    assert len(capsys.readouterr().out.splitlines()) == len(names)
    assert "bad \\udcff\\udcfe.png" in listed and "bad two\\nlines.png" in listed


def test_a_folder_whose_name_is_no_text(tmp_path, both_ways, capsys):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / "bad.png").write_bytes(b"bad")
    with pytest.raises(UserError) as error:
        opened(folder, tmp_path)
    write(folder / "good.png", 3)
    source = opened(folder, tmp_path)
    print(source.description, error.value)
    assert "caf\\udce9" in capsys.readouterr().out
    write_skipped(tmp_path, source)
    assert json.loads((tmp_path / FILE).read_text())["data"] == source.description


def test_files_that_vanish_appear_and_change_meanwhile(folder, tmp_path, monkeypatch, warned):
    monkeypatch.setattr(source_module, "RAM_BYTES", 0)
    for number in range(6):
        write(folder / f"{number}.png", number)
    source = opened(folder, tmp_path)
    assert source.read(np.array([0, 1]))[:, 0, 0, 0].tolist() == [0, 1]
    (folder / "1.png").unlink()  # it is kept
    (folder / "2.png").unlink()
    (folder / "4.png").write_bytes(b"")
    write(folder / "25.png", 99)
    assert values(source) == [0, 1, 3, 3, 5, 5]
    assert reasons(source) == {"2.png": "unreadable", "4.png": "empty"}
    assert values(source) == [0, 1, 3, 3, 5, 5] and len(warned) == 2
    # With the next start it is seen.
    assert opened(folder, tmp_path).count == 5 and opened(folder, tmp_path).skipped.total == 5


def test_a_folder_that_vanishes_is_one_line(folder, tmp_path, monkeypatch, warned):
    monkeypatch.setattr(source_module, "RAM_BYTES", 0)
    for number in range(100):
        write(folder / f"{number:03d}.png", number)
    source = opened(folder, tmp_path)
    for path in folder.iterdir():
        path.unlink()
    assert source.read(np.array([0]))[0, 0, 0, 0] == 0  # it is kept
    np.testing.assert_array_equal(source.read(np.arange(100)), 0)
    assert len(source.skipped) == 99 and len(warned) == 21  # of the rest there is no line
    pair = source_module.DecodingSource(lambda i: 1 / (i == 0), ["a", "b"], (1, 1, 1), "two")
    pair._attempt = source_module.Attempt(lambda index: 1 / 0, ["a", "b"], pair.skipped)
    with pytest.raises(UserError, match="none of them"):
        pair.read(np.array([1]))


def test_what_takes_a_place_has_the_same_label():
    labels, bad = np.array([0, 1, 0, 1, 2, 0]), {1, 2, 4}

    def load(index):
        if index in bad:
            raise OSError("bad")
        return np.full((1, 1, 1), index, np.uint8)

    def make():
        names = [str(index) for index in range(6)]
        return source_module.DecodingSource(load, names, (1, 1, 1), "six", labels=lambda: labels)

    unlabelled, labelled = make(), make()
    assert values(unlabelled) == [0, 3, 3, 3, 5, 5]
    np.testing.assert_array_equal(labelled.labels, labels)
    # The only image of label 2 is bad.
    assert values(labelled) == [0, 3, 5, 3, 5, 5] == values(labelled)
    bad.add(3)
    assert values(labelled)[1] in (0, 5)  # no image of label 1 is left


def test_the_file_keeps_what_an_interrupted_run_had_found(tmp_path):
    def source(*names, complete=False, description="folder a"):
        made = source_module.ArraySource(np.zeros((4, 1, 1, 1), np.uint8), description)
        made.skipped.total, made.skipped.complete = 9, complete
        for name in names:
            made.skipped.add(name, "damaged", name)
        return made

    def names():
        return [entry["name"] for entry in json.loads((tmp_path / FILE).read_text())["files"]]

    assert write_skipped(tmp_path, source("b")).startswith("1 of 9 images skipped so far, see ")
    assert write_skipped(tmp_path, source("a", "b")).startswith("2 of 9")
    assert write_skipped(tmp_path, source("c")).startswith("3 of 9") and names() == ["a", "b", "c"]
    write_skipped(tmp_path, source("d", description="folder b"))
    assert names() == ["d"]
    for text in ("{", "[]", '{"files": [{"name": 1}]}', '{"files": 3}', "9" * 9999, "\udcff"):
        (tmp_path / FILE).write_text(text, errors="surrogateescape")
        assert write_skipped(tmp_path, source("e", complete=True)).startswith("1 of 9 images")
        assert names() == ["e"]
    # Mended, and read as a whole: nothing is skipped any more.
    assert write_skipped(tmp_path, source(complete=True)) is None and names() == []
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_sources_without_files_skip_nothing(cache_dir):
    source = data.open_source("mnist5k", None, str(cache_dir), None, 8, 1, "test")
    assert not len(source.skipped) and source.skipped.complete


def test_each_is_counted_once_however_many_threads_find_it(warned):
    skipped = Skipped()
    threads = [
        threading.Thread(target=lambda: [skipped.add(str(n), "damaged") for n in range(200)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(skipped) == len(list(skipped)) == 200 and len(warned) == 21
    assert printable("plain ü 写") == "plain ü 写"


def test_sets_to_measure_hold_too(folder, tmp_path, warned):
    wanted = fill_with_faults(folder)
    for name in ("good1.png", "good2.png", "folder.jpg/good0.png"):
        write(folder / name, 10, 64)  # as large as what is cut off
    assert read_images(folder, 100, size=8, channels=1).shape == (3, 8, 8, 1)
    assert read_images(folder, 100, channels=3).shape == (3, 64, 64, 3)
    assert len(warned) == 2 * len(wanted)
    for name in wanted:
        with pytest.raises(UserError, match="cannot be read as an image") as error:
            read_image(folder / name, crop=None, size=8, channels=3)
        assert "\n" not in str(error.value)


def test_a_training_lists_what_it_skips(folder, tmp_path, resolve_tiny, monkeypatch, capsys):
    from wgan_tf.training.game import train

    monkeypatch.setattr(source_module, "RAM_BYTES", 0)
    wanted = fill_with_faults(folder)
    folder = folder.rename(tmp_path / os.fsdecode(b"caf\xe9"))  # TensorBoard takes text only
    config = resolve_tiny(
        mode="train", data_dir=str(folder), iterations=3, n_critic=1, critic_boost=False
    )
    train(config)
    stored = json.loads((tmp_path / "run" / FILE).read_text())
    assert {entry["name"]: entry["reason"] for entry in stored["files"]} == wanted
    lines = [line for line in capsys.readouterr().out.splitlines() if "images skipped" in line]
    assert " of 17 images skipped so far" in lines[0]
    assert lines[-1] == f"14 of 17 images skipped so far, see {tmp_path / 'run' / FILE}"


def test_remote_paths_are_told_by_their_scheme():
    assert file_systems.is_remote("gs://bucket/x") and file_systems.is_remote("s3://b")
    assert not file_systems.is_remote("/a/b") and not file_systems.is_remote("C:/a")
