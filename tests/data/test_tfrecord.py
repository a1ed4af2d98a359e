"""TFRecords, and paths with a scheme."""

import struct
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.processes import ROOT
from tests.tfrecords import example, png, write
from wgan_tf import data, runs
from wgan_tf.config.resolve import resolve
from wgan_tf.data import file_systems, tfrecord_format
from wgan_tf.data import source as source_module
from wgan_tf.data.folder import has_labels
from wgan_tf.data.skipped import Skipped
from wgan_tf.data.tfrecord_format import Records, is_records
from wgan_tf.errors import UsageError, UserError
from wgan_tf.files import shards


@pytest.fixture
def ram(tmp_path):
    """A folder in TensorFlow's own file system in memory."""
    return f"ram://{tmp_path.name}"


def opened(data_dir, tmp_path, split="train", dataset=None):
    return data.open_source(dataset, str(data_dir), str(tmp_path / "cache"), None, 8, 1, split)


def values(source, indices=None):
    indices = np.arange(source.count) if indices is None else np.asarray(indices)
    return source.read(indices)[:, 0, 0, 0].tolist()


def reasons(source):
    return {skip.name: (skip.reason, skip.detail) for skip in source.skipped}


@pytest.mark.parametrize(
    ("key", "label_key"),
    [("image/encoded", "image/class/label"), ("image", "label"), ("image_raw", "label")],
)
def test_records_of_several_files_in_order(tmp_path, both_ways, key, label_key):
    folder = tmp_path / "set"
    for shard in range(3):
        records = [
            example(png(10 * shard + n), shard + n, key, label_key) for n in range(shard + 2)
        ]
        write(folder / "sub" / f"x.tfrecord-0000{shard}-of-00003", records)
    source = opened(folder, tmp_path)
    wanted = [0, 1, 10, 11, 12, 20, 21, 22, 23]
    assert values(source) == wanted and both_ways in source.description
    assert values(source, [8, 0, 4, 8]) == [23, 0, 12, 23]
    assert source.labels.tolist() == [0, 1, 1, 2, 3, 2, 3, 4, 5] and source.labels.dtype == np.int64
    assert source.class_names is None and not len(source.skipped) and source.skipped.total == 9
    data.check_source(None, str(folder))


def test_without_labels(tmp_path, both_ways):
    write(tmp_path / "set" / "a.tfrecords", [example(png(n, "JPEG")) for n in (50, 90)])
    write(tmp_path / "negative" / "a.tfrecords", [example(png(7), -1)])
    source = opened(tmp_path / "set", tmp_path)
    assert source.labels is None and values(source) == [50, 90]
    assert opened(tmp_path / "negative", tmp_path).labels is None


def test_what_generate_writes_is_read(tmp_path, both_ways):
    images = np.random.default_rng(0).integers(0, 256, (7, 8, 8, 1), np.uint8)
    for shard in shards.plan(tmp_path / "set", 7, 3, "tfrecord"):
        rows = slice(shard.first, shard.first + shard.count)
        shard.path.parent.mkdir(exist_ok=True)
        records = shards.examples(images[rows], np.arange(7)[rows] % 3, shard.first)
        shards.write_records(shard.path, [records])
    (tmp_path / "set" / "settings.json").write_text("{}")
    source = opened(tmp_path / "set", tmp_path)
    np.testing.assert_array_equal(source.read(np.arange(7)), images)
    assert source.labels.tolist() == [0, 1, 2, 0, 1, 2, 0] and not len(source.skipped)


def test_a_training_with_classes_finds_them(tmp_path, both_ways):
    write(tmp_path / "set" / "a.tfrecord", [example(png(n), n % 3) for n in range(9)])
    settings = {"data_dir": str(tmp_path / "set"), "cache_dir": str(tmp_path), "logs_dir": "unused"}
    config = resolve({**settings, "mode": "train", "model": "acgan", "image_size": "16"})
    assert runs.with_classes(config, runs.open_labelled(config)).network.classes == 3


def test_whether_there_are_labels_is_asked_of_the_first_record(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "0.tfrecord").write_bytes(b"")
    write(tmp_path / "set" / "a.tfrecord", [b"no example", example(png(1), 2)])
    write(tmp_path / "other" / "a.tfrecord", [example(png(1)), example(png(1), 2)])
    assert has_labels(str(tmp_path / "set")) and not has_labels(str(tmp_path / "other"))
    # Where there are images their records are not read, see `test_folder`.
    (tmp_path / "set" / "z.png").write_bytes(png(1))
    assert not has_labels(str(tmp_path / "set"))


def test_labels_are_read_only_when_they_are_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(source_module, "RAM_BYTES", 0)
    write(tmp_path / "set" / "a.tfrecord", [example(png(n), n) for n in range(50)])
    real, read = Records.read, []
    monkeypatch.setattr(Records, "read", lambda self, n: read.append(n) or real(self, n))
    source = opened(tmp_path / "set", tmp_path)
    values(source, [3])
    assert len(read) <= 11  # sizes of a few
    assert source.labels.tolist() == list(range(50)) and len(read) > 50
    assert source.labels is source.labels


def test_parts_are_as_those_of_a_folder(tmp_path, both_ways):
    for number in range(20):
        (tmp_path / "files").mkdir(exist_ok=True)
        Image.new("L", (8, 8), number).save(tmp_path / "files" / f"{number:02d}.png")
    for shard in range(2):
        records = [example(png(n), n) for n in range(10 * shard, 10 * shard + 10)]
        write(tmp_path / "records" / f"{shard}.tfrecord", records)
    for split in ("train[:50%]", "train[50%:75%]", "train[75%:]"):
        source = opened(tmp_path / "records", tmp_path, split)
        assert values(source) == values(opened(tmp_path / "files", tmp_path, split))
        assert source.labels.tolist() == values(source) and source.skipped.total == source.count
    with pytest.raises(UsageError, match="has the split train"):
        opened(tmp_path / "records", tmp_path, "test")


def test_a_file_and_a_pattern(tmp_path, both_ways):
    for name, value in (("train-0", 1), ("train-1", 2), ("test-0", 9)):
        write(tmp_path / "set" / f"{name}.tfrecord", [example(png(value))])
    (tmp_path / "set" / "train-note.txt").write_text("")
    for pattern, wanted in (
        ("train-1.tfrecord", [2]),
        ("train-*", [1, 2]),
        ("*.tfrecord", [9, 1, 2]),
    ):
        data.check_source(None, str(tmp_path / "set" / pattern))
        assert values(opened(tmp_path / "set" / pattern, tmp_path)) == wanted
    assert values(opened(f"{tmp_path}/s?t/*-0.*", tmp_path)) == [9, 1]
    for call in (data.check_source, lambda *args: opened(args[1], tmp_path)):
        for pattern in ("none-*", "none.tfrecord"):
            with pytest.raises(UsageError, match="no such folder, and no such file"):
                call(None, str(tmp_path / "set" / pattern))
        with pytest.raises(UserError, match="train-note.txt is no image"):
            call(None, str(tmp_path / "set" / "train-note.txt"))


def test_names_of_files():
    for name in ("a.tfrecord", "a.TFRecords", "mnist-train.tfrecord-00000-of-00001"):
        assert is_records(name)
    for name in ("tfrecord", "a.tfrecord.gz", "a.tfrecord-0", "a.tfrecord.png", "a.record"):
        assert not is_records(name)


def damaged_set(folder):
    """Six files: name of each record or file that is bad to what its reason contains."""
    rows = [example(png(n), n) for n in range(4)]
    for name in ("a_good", "b_cut", "c_flipped", "d_length", "e_tail"):
        write(folder / f"{name}.tfrecord", rows)
    starts = np.cumsum([0, *(len(row) + 16 for row in rows)]).tolist()
    whole = (folder / "a_good.tfrecord").read_bytes()
    (folder / "b_cut.tfrecord").write_bytes(whole[: starts[2] + 40])
    flipped = bytearray(whole)
    flipped[starts[1] + 60] ^= 1
    (folder / "c_flipped.tfrecord").write_bytes(flipped)
    flipped = bytearray(whole)
    flipped[starts[2] + 1] ^= 1
    (folder / "d_length.tfrecord").write_bytes(flipped)
    (folder / "e_tail.tfrecord").write_bytes(whole + b"tail")
    (folder / "f_empty.tfrecord").write_bytes(b"")
    with tf.io.TFRecordWriter(str(folder / "g_zip.tfrecord"), "GZIP") as writer:
        writer.write(rows[0])
    huge = struct.pack("<Q", 2**62)
    (folder / "h_huge.tfrecord").write_bytes(
        huge + struct.pack("<I", tfrecord_format._checksum(huge)) + b"x" * 40
    )
    write(folder / "i_odd.tfrecord", [b"\xff\xff", example(b"text", 1), rows[3]])
    other = tf.train.Example(features=tf.train.Features(feature={"y": tf.train.Feature()}))
    write(folder / "j_other.tfrecord", [other.SerializeToString(), example(png(3))])
    return {
        "b_cut.tfrecord record 2": "cut off after 40 of",
        "c_flipped.tfrecord record 1": "checksum",
        "d_length.tfrecord record 2": f"length is damaged; the last {starts[4] - starts[2]} bytes",
        "e_tail.tfrecord record 4": "cut off after 4 bytes",
        "f_empty.tfrecord record 0": "empty",
        "g_zip.tfrecord record 0": "compress",
        "h_huge.tfrecord record 0": "cut off after 52 of 4611686018427387920 bytes",
        "i_odd.tfrecord record 0": "",
        "i_odd.tfrecord record 1": "nothing that Pillow reads",
        "j_other.tfrecord record 0": "no image under image/encoded, image, image_raw, but y",
        "j_other.tfrecord record 1": "no label",
    }


def test_damaged_records_are_skipped_and_listed(tmp_path, both_ways, warned):
    (tmp_path / "set").mkdir()
    wanted = damaged_set(tmp_path / "set")
    source = opened(tmp_path / "set", tmp_path)
    labels, pixels = source.labels, values(source)
    assert labels.tolist() == pixels  # also of what took a place
    good = [0, 1, 2, 3, 0, 1, 0, 2, 3, 0, 1, 0, 1, 2, 3, 3]
    if both_ways == "in memory":
        assert pixels == good
    else:
        assert pixels[:6] == good[:6] and len(pixels) == len(good) + 5
        assert values(source) == pixels
    skipped = reasons(source)
    assert skipped.keys() == wanted.keys() and len(warned) == len(wanted)
    for name, words in wanted.items():
        assert words in skipped[name][1]
    assert source.skipped.total == len(good) + len(wanted)


def test_nothing_but_damage_is_one_line(tmp_path, both_ways, warned):
    write(tmp_path / "a" / "a.tfrecord", [])
    write(tmp_path / "b" / "b.tfrecord", [b"no example" * 3] * 2000)
    write(tmp_path / "c" / "c.tfrecord", [example(b"no image")] * 3)
    for name, words in (("a", "no whole record"), ("b", "none of its first"), ("c", "decoded")):
        data.check_source(None, str(tmp_path / name))
        with pytest.raises(UserError, match=words) as error:
            opened(tmp_path / name, tmp_path)
        assert "\n" not in str(error.value)


def test_images_go_before_records_beside_them(tmp_path, warned):
    write(tmp_path / "set" / "a.tfrecord", [example(png(1))])
    Image.new("L", (8, 8), 5).save(tmp_path / "set" / "z.png")
    source = opened(tmp_path / "set", tmp_path)
    assert values(source) == [5] and list(reasons(source)) == ["a.tfrecord"]


def test_a_file_that_shrinks_or_vanishes_meanwhile(tmp_path, monkeypatch, warned):
    monkeypatch.setattr(source_module, "RAM_BYTES", 0)
    for name in "ab":
        write(tmp_path / "set" / f"{name}.tfrecord", [example(png(n)) for n in range(4)])
    source = opened(tmp_path / "set", tmp_path)
    path = tmp_path / "set" / "a.tfrecord"
    path.write_bytes(path.read_bytes()[:150])
    (tmp_path / "set" / "b.tfrecord").unlink()
    assert len(values(source)) == 8
    assert {reason for reason, _ in reasons(source).values()} == {"damaged", "unreadable"}


def test_the_index_is_small_and_knows_every_record(tmp_path):
    write(tmp_path / "set" / "a.tfrecord", [bytes([n % 256]) * (n % 7) for n in range(20_000)])
    records = Records(str(tmp_path / "set"), ["a.tfrecord"], Skipped())
    assert len(records) == 20_000 and sum(offsets.nbytes for offsets in records._offsets) == 160_008
    for number in (0, 1, 6, 7, 12_345, 19_999):
        assert records.read(number) == bytes([number % 256]) * (number % 7)
    records.choose(np.array([5, 19_999]))
    assert len(records) == 2 and records.read(1) == bytes([19_999 % 256]) * (19_999 % 7)
    assert records[1] == "a.tfrecord record 19999"


def test_a_prepared_data_set_of_tfds_is_read_as_it_lies(tmp_path, both_ways):
    features = [example(png(n), n, "image", "label") for n in range(3)]
    write(tmp_path / "mnist" / "3.0.1" / "mnist-train.tfrecord-00000-of-00001", features)
    source = opened(tmp_path / "mnist", tmp_path)
    assert values(source) == [0, 1, 2] and source.labels.tolist() == [0, 1, 2]


# --- paths with a scheme ---------------------------------------------------------------------


def put(path, content):
    tf.io.gfile.makedirs(path.rpartition("/")[0])
    with tf.io.gfile.GFile(path, "wb") as file:
        file.write(content)


def test_a_folder_behind_a_scheme(ram, tmp_path, both_ways, warned):
    for name, value in (("b.png", 20), ("a/z.PNG", 10), ("写/1.bmp", 30)):
        put(f"{ram}/{name}", png(value, "BMP" if "bmp" in name else "PNG"))
    put(f"{ram}/.hidden.png", png(99))
    put(f"{ram}/readme.md", b"text")
    put(f"{ram}/c.jpg", b"text")
    put(f"{ram}/empty.png", b"")
    data.check_source(None, ram)
    source = opened(ram, tmp_path)
    pixels = values(source)
    assert {name: reason for name, (reason, _) in reasons(source).items()} == {
        "c.jpg": "no image",
        "empty.png": "empty",
        "readme.md": "no image",
    }
    assert pixels == ([10, 20, 30] if both_ways == "in memory" else [10, 20, 30, 30, 30])
    if both_ways == "on the fly":
        tf.io.gfile.remove(f"{ram}/写/1.bmp")  # it is kept
        assert values(source) == pixels


def test_the_originals_layout_and_records_behind_a_scheme(ram, tmp_path, both_ways):
    put(f"{ram}/faces/img_align_celeba/1.png", png(7))
    put(f"{ram}/faces/other.png", png(99))
    assert values(opened(f"{ram}/faces", tmp_path)) == [7]
    for shard in range(2):
        records = [example(png(n), n) for n in (2 * shard, 2 * shard + 1)]
        write(f"{ram}/set/s.tfrecord-0000{shard}-of-00002", records)
    for path, wanted in (
        ("set", [0, 1, 2, 3]),
        ("set/s.tfrecord-00001-of-00002", [2, 3]),
        ("set/s*", [0, 1, 2, 3]),
    ):
        data.check_source(None, f"{ram}/{path}")
        source = opened(f"{ram}/{path}", tmp_path)
        assert values(source) == wanted == source.labels.tolist()
    assert len(opened(f"{ram}/set", tmp_path, "train[:50%]").read(np.array([0, 1]))) == 2


def test_damaged_records_behind_a_scheme(ram, tmp_path, both_ways, warned):
    (tmp_path / "set").mkdir()
    wanted = damaged_set(tmp_path / "set")
    for path in (tmp_path / "set").iterdir():
        put(f"{ram}/set/{path.name}", path.read_bytes())
    local, remote = opened(tmp_path / "set", tmp_path), opened(f"{ram}/set", tmp_path)
    assert local.labels.tolist() == remote.labels.tolist()
    np.testing.assert_array_equal(*(side.read(np.arange(local.count)) for side in (local, remote)))
    assert reasons(local) == reasons(remote) and len(reasons(remote)) == len(wanted)


def test_what_vanishes_behind_a_scheme_is_skipped(ram, tmp_path, monkeypatch, warned):
    monkeypatch.setattr(source_module, "RAM_BYTES", 0)
    for number in range(3):
        put(f"{ram}/{number}.png", png(number))
    source = opened(ram, tmp_path)
    tf.io.gfile.remove(f"{ram}/1.png")
    assert values(source) == [0, 2, 2]
    assert reasons(source)["1.png"][0] == "unreadable"


def test_too_large_a_file_behind_a_scheme(ram, monkeypatch):
    put(f"{ram}/a.png", png(1))
    monkeypatch.setattr(file_systems, "MAX_BYTES", 10)
    with pytest.raises(ValueError, match="MiB"):
        file_systems.contents(f"{ram}/a.png")


def test_what_is_not_there_is_one_line(ram, tmp_path, monkeypatch):
    put(f"{ram}/notes/a.txt", b"")
    for call in (data.check_source, lambda *args: opened(args[1], tmp_path)):
        with pytest.raises(UsageError, match="no such folder"):
            call(None, f"{ram}/none")
        with pytest.raises(UserError, match="no images"):
            call(None, f"{ram}/notes")
        for path in ("s3://bucket/x", "nonsense://x"):
            with pytest.raises(UsageError, match="tensorflow-io") as error:
                call(None, path)
            assert path in str(error.value) and "\n" not in str(error.value)
    monkeypatch.setitem(sys.modules, "tensorflow_io", type(sys)("tensorflow_io"))
    with pytest.raises(UsageError, match="neither TensorFlow nor"):
        data.check_source(None, "s3://bucket/x")


def test_a_file_system_that_does_not_answer_is_one_line(ram, monkeypatch):
    def fail(path):
        raise tf.errors.UnavailableError(None, None, "no network\nat all")

    monkeypatch.setattr(tf.io.gfile, "isdir", fail)
    with pytest.raises(UserError, match="cannot be reached: no network at all"):
        data.check_source(None, ram)


def test_a_scheme_is_left_as_it_is_in_the_configuration():
    config = resolve({"data_dir": "gs://bucket/faces/", "mode": "train", "logs_dir": "unused"})
    assert config.data.data_dir == "gs://bucket/faces" and config.data.dataset == "folder"


def test_local_paths_import_no_tensorflow(tmp_path):
    Image.new("L", (8, 8), 5).save(tmp_path / "z.png")
    code = (
        "import sys; from wgan_tf import data; folder = sys.argv[1];"
        "data.check_source(None, folder);"
        "data.open_source(None, folder, folder, None, 8, 1);"
        "print('tensorflow' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["False"], done.stderr
