"""Samples in files: what is in them, that they can be gone on with, and at what memory."""

import itertools
import json
import os
import resource

import filelock
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import wgan_tf
from tests.processes import peak_bytes
from tests.tiny import command, make_model
from wgan_tf.data.image_set import read_images
from wgan_tf.data.scaling import to_uint8
from wgan_tf.errors import UsageError, UserError
from wgan_tf.files import shards
from wgan_tf.models.generative import BLOCK
from wgan_tf.modes import generate


@pytest.fixture
def run(run_dir, tmp_path):
    """A run folder of its own, with the checkpoints of the tiny run."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "config.json").write_bytes((run_dir / "config.json").read_bytes())
    (folder / "checkpoints").symlink_to(run_dir / "checkpoints")
    return folder


def parsed(path):
    """The records of a file, as dicts of single values."""
    records = []
    for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
        features = tf.train.Example.FromString(record).features.feature
        records.append(
            {
                name: (feature.bytes_list.value or feature.int64_list.value)[0]
                for name, feature in features.items()
            }
        )
    return records


def pixels(path):
    """The images of a file (n, h, w, c)."""
    if path.suffix == ".npz":
        with np.load(path) as stored:
            return stored["images"]
    return np.stack([tf.io.decode_png(one["image/encoded"]).numpy() for one in parsed(path)])


def all_pixels(folder):
    return np.concatenate([pixels(path) for path in sorted(folder.glob("samples-*"))])


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.glob("samples-*")}


def test_every_sample_is_in_one_record_in_order(run):
    [picture] = generate.run(command(run, "generate", count=70, shard_size=30, seed=5))
    names = [f"samples-{i:05d}-of-00003.tfrecord" for i in range(3)]
    assert sorted(path.name for path in (run / "samples").glob("s*-*")) == names
    records = [parsed(run / "samples" / name) for name in names]
    assert [len(shard) for shard in records] == [30, 30, 10]
    records = list(itertools.chain(*records))
    assert [record["index"] for record in records] == list(range(70))
    assert {record["image/format"] for record in records} == {b"png"}
    assert {(record["image/height"], record["image/width"]) for record in records} == {(16, 16)}
    assert "image/class/label" not in records[0]
    model = wgan_tf.load(run).model
    images = to_uint8(model.generate(model.sample_block(0, 5)))
    assert np.array_equal(all_pixels(run / "samples"), images[:70])
    assert np.asarray(Image.open(picture)).shape == (4 * 17 - 1, 16 * 17 - 1)
    figures = json.loads((run / "generate.json").read_text())
    sizes = [path.stat().st_size for path in (run / "samples").glob("s*-*")]
    assert (figures["written"], figures["shards"], figures["bytes"]) == (70, 3, sum(sizes))


def test_arrays_hold_the_same_images_with_their_latents(run, tmp_path):
    generate.run(command(run, "generate", count=300, shard_size=170, shard_format="npz"))
    model = wgan_tf.load(run).model
    z = tf.concat([model.sample_block(number) for number in (0, 1)], 0)[:300]
    with np.load(run / "samples" / "samples-00001-of-00002.npz", allow_pickle=False) as stored:
        assert set(stored.files) == {"images", "z", "first"}
        assert stored["images"].dtype == np.uint8 and stored["images"].shape == (130, 16, 16, 1)
        assert stored["first"] == 170 and stored["first"].shape == ()
        assert np.array_equal(stored["z"], z[170:])
        assert np.array_equal(stored["images"], to_uint8(model.generate(z))[170:])
        images = read_images(run / "samples" / "samples-00001-of-00002.npz", 1000)
        assert np.array_equal(to_uint8(images), stored["images"])


@pytest.mark.parametrize("form", ["npz", "tfrecord"])
def test_a_sample_does_not_depend_on_the_size_of_files_and_batches(run, form):
    folder, arrays = run / "samples", []
    for size, batch in ((1000, 8), (37, 16), (BLOCK, 3)):
        wanted = {"count": 600, "shard_size": size, "batch_size": batch, "shard_format": form}
        stored = json.loads((run / "config.json").read_text())
        (run / "config.json").write_text(json.dumps({**stored, "batch_size": batch}))
        generate.run(command(run, "generate", **wanted))
        arrays.append(all_pixels(folder))
        folder.rename(run / f"samples-{size}")
    assert arrays[0].shape == (600, 16, 16, 1)
    assert np.array_equal(arrays[0], arrays[1]) and np.array_equal(arrays[0], arrays[2])
    assert len(np.unique(arrays[0].reshape(600, -1), axis=0)) > 550


@pytest.mark.parametrize("kind", ["acgan", "infogan"])
def test_classes_are_spread_evenly(kind, tmp_path):
    model = make_model(kind)
    samples = generate._Samples(model, 0)
    [shard] = shards.plan(tmp_path, 300, 300, "tfrecord")
    generate._write([shard], samples)
    labels = [record["image/class/label"] for record in parsed(shard.path)]
    assert labels == [i % model.one_hot for i in range(300)]
    shards_ = shards.plan(tmp_path, 300, 170, "npz")
    generate._write(shards_, samples)
    with np.load(shards_[1].path) as stored:
        assert np.array_equal(stored["labels"], np.arange(170, 300) % model.one_hot)
        assert np.array_equal(model.classes_of(stored["z"]), stored["labels"])


@pytest.mark.parametrize("form", ["npz", "tfrecord"])
def test_the_same_command_writes_what_is_missing_or_damaged(run, form, caplog):
    config = command(run, "generate", count=100, shard_size=20, shard_format=form)
    generate.run(config)
    whole = contents(run / "samples")
    paths = [shard.path for shard in shards.plan(run / "samples", 100, 20, form)]
    paths[1].unlink()
    paths[3].write_bytes(whole[paths[3].name][:-40])
    altered = bytearray(whole[paths[4].name])
    altered[len(altered) // 2] ^= 1
    paths[4].write_bytes(altered)
    modified = paths[0].stat().st_mtime_ns
    left = run / "samples" / f".{os.getpid()}.{paths[2].name}"
    left.write_bytes(b"of a killed command")
    generate.run(config)
    assert contents(run / "samples") == whole
    assert paths[0].stat().st_mtime_ns == modified
    assert not left.exists()
    assert json.loads((run / "generate.json").read_text())["written"] == 60
    assert [paths[3].name in caplog.text, paths[4].name in caplog.text] == [True, True]


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 41},
        {"shard_size": 10},
        {"shard_format": "npz"},
        {"shard_format": "png"},
        {"seed": 1},
        {"truncation": 0.5},
    ],
)
def test_samples_of_other_settings_are_left_alone(run, changes):
    generate.run(command(run, "generate", count=40, shard_size=20))
    whole = contents(run / "samples")
    with pytest.raises(UsageError, match=f"holds samples of {next(iter(changes))}"):
        generate.run(command(run, "generate", **{"count": 40, "shard_size": 20, **changes}))
    assert contents(run / "samples") == whole


def test_samples_of_other_weights_are_left_alone(run):
    config = command(run, "generate", count=4)
    generate.run(config)
    settings = run / "samples" / "settings.json"
    stored = json.loads(settings.read_text())
    settings.write_text(json.dumps({**stored, "iteration": 5, "weights": "of others\n\x1b"}))
    with pytest.raises(UsageError, match="holds samples of iteration 5, not 6"):
        generate.run(config)
    settings.write_text(json.dumps({**stored, "weights": "of\nothers\x1b"}))
    with pytest.raises(UsageError, match="of weights") as caught:
        generate.run(config)
    assert "\n" not in str(caught.value) and "\x1b" not in str(caught.value)
    for text in ("[]", "{", "[" * 100_000):
        settings.write_text(text)
        with pytest.raises(UsageError, match="samples"):
            generate.run(config)
    settings.unlink()
    with pytest.raises(UsageError, match="without settings.json"):
        generate.run(config)


def test_a_second_command_is_refused(run):
    folder = run / "samples"
    folder.mkdir()
    with filelock.FileLock(folder / ".lock"):
        with pytest.raises(UserError, match="is being written in by"):
            generate.run(command(run, "generate", count=4))
    assert [path.name for path in folder.iterdir()] == [".lock"]


def interrupted_at_block(number, config, monkeypatch):
    """Ctrl-C comes while a block of samples is drawn."""
    normal = generate._Samples._block

    def interrupted(self, block):
        if block == number:
            raise KeyboardInterrupt
        return normal(self, block)

    monkeypatch.setattr(generate._Samples, "_block", interrupted)
    with pytest.raises(SystemExit) as ended:
        generate.run(config)
    assert ended.value.code == 130


@pytest.mark.parametrize("form", ["npz", "tfrecord"])
def test_ctrl_c_leaves_whole_files_and_says_how_to_go_on(run, form, monkeypatch, capsys):
    config = command(run, "generate", count=600, shard_size=300, shard_format=form)
    interrupted_at_block(2, config, monkeypatch)
    assert "1 of 2 files are whole, the same command goes on" in capsys.readouterr().out
    of_records = ["z-00000-of-00002.npz"] if form == "tfrecord" else []
    assert sorted(path.name for path in (run / "samples").iterdir()) == [
        ".lock",
        f"samples-00000-of-00002.{form}",
        "settings.json",
        *of_records,
    ]
    monkeypatch.undo()
    generate.run(config)
    assert json.loads((run / "generate.json").read_text())["written"] == 300
    assert len(all_pixels(run / "samples")) == 600


@pytest.mark.parametrize("form", ["npz", "tfrecord"])
def test_a_full_disk_is_one_line_and_keeps_what_is_whole(run, form):
    config = command(run, "generate", count=500, shard_size=400, shard_format=form)
    generate.run(config)
    first = run / "samples" / f"samples-00000-of-00002.{form}"
    second = run / "samples" / f"samples-00001-of-00002.{form}"
    second.unlink()
    content, limits = first.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    # No file may grow further: the same refusal as of a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        with pytest.raises(UserError, match="1 of 2 files are whole") as caught:
            generate.run(config)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "\n" not in str(caught.value) and str(second) in str(caught.value)
    assert first.read_bytes() == content and not second.exists()
    assert not list((run / "samples").glob(".*.samples*"))


def test_more_files_than_names_are_refused(run):
    with pytest.raises(UsageError, match="--shard_size=9: 1000000 samples make 111112 files"):
        command(run, "generate", count=1_000_000, shard_size=9)


def test_the_best_checkpoint_is_asked_for_as_elsewhere(run):
    config = command(run, "generate", checkpoint="best")
    with pytest.raises(UserError, match="no best checkpoint"):
        generate.run(config)


@pytest.mark.parametrize("form", ["npz", "tfrecord"])
def test_memory_does_not_grow_with_the_number(form, tmp_path):
    model = make_model(size=32, generator_widths=(8, 4), critic_widths=(4, 8), channels=3)
    samples = generate._Samples(model, 0)

    def write(count):
        [shard] = shards.plan(tmp_path / str(count), count, count, form)
        generate._write([shard], samples)

    write(3000)
    before = peak_bytes(anew=True)
    write(15_000)
    assert peak_bytes() - before < 0.5 * 15_000 * 32 * 32 * 3


# ----------------------------------------------------------------------------- a file each

FORMS = ("png", "jpg", "webp")


def files(folder):
    """All files below a folder by name, but for the lock."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def opened(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("L"))


@pytest.mark.parametrize("form", FORMS)
def test_a_sample_is_a_file_named_by_seed_and_number(run, form, capsys):
    generate.run(command(run, "generate", count=12, seed=5, shard_format=form))
    folder, model = run / "samples", wgan_tf.load(run).model
    names = [f"seed5-{i:06d}.{form}" for i in range(12)]
    assert sorted(files(folder)) == sorted([*names, "settings.json", "z.npz"])
    z = model.sample_block(0, 5).numpy()[:12]
    expected = to_uint8(model.generate(z))[..., 0]
    images = np.stack([opened(folder / name) for name in names])
    if form == "jpg":
        assert np.abs(images.astype(int) - expected).mean() < 4
    else:
        assert np.array_equal(images, expected)
    with np.load(folder / "z.npz") as stored:
        assert np.array_equal(stored["z"], z) and list(stored["name"]) == names
        assert stored["first"] == 0 and "labels" not in stored.files
    figures = json.loads((run / "generate.json").read_text())
    sizes = [(folder / name).stat().st_size for name in names]
    assert (figures["written"], figures["bytes"], figures["count"]) == (12, sum(sizes), 12)
    assert "12 samples in 12 files" in capsys.readouterr().out
    with np.load(run / "generate.npz") as stored:
        assert np.array_equal(stored["z"], z)


def test_more_than_a_shard_are_in_folders(run):
    generate.run(command(run, "generate", count=300, shard_size=130, shard_format="png"))
    folder = run / "samples"
    names = {name for name in files(folder) if name.endswith("png")}
    assert names == {f"{i // 130:05d}/seed0-{i:06d}.png" for i in range(300)}
    with np.load(folder / "00002" / "z.npz") as stored:
        assert stored["first"] == 260 and len(stored["z"]) == 40
    whole = files(folder)
    generate.run(command(run, "generate", count=300, shard_size=130, shard_format="png"))
    assert json.loads((run / "generate.json").read_text())["written"] == 0
    assert files(folder) == whole


def test_pictures_are_those_that_records_and_arrays_hold(run):
    arrays = []
    for form in ("png", "tfrecord", "npz", "webp"):
        generate.run(command(run, "generate", count=40, shard_size=15, shard_format=form))
        folder = run / "samples"
        arrays.append(to_uint8(read_images(folder, 1000, channels=1)))
        folder.rename(run / form)
    assert arrays[0].shape == (40, 16, 16, 1)
    for others in arrays[1:]:
        assert np.array_equal(arrays[0], others)


@pytest.mark.parametrize("form", FORMS)
def test_pictures_that_are_missing_or_damaged_are_written_anew(run, form, caplog):
    config = command(run, "generate", count=80, shard_size=20, shard_format=form)
    generate.run(config)
    folder = run / "samples"
    whole = files(folder)
    (folder / "00001" / f"seed0-000025.{form}").unlink()
    altered = folder / "00002" / f"seed0-000041.{form}"
    altered.write_bytes(altered.read_bytes()[:-1] + b"x")
    (folder / "00003" / "z.npz").unlink()
    left = folder / "00003" / f".{os.getpid()}.seed0-000060.{form}"
    left.write_bytes(b"of a killed command")
    modified = (folder / "00000" / "z.npz").stat().st_mtime_ns
    generate.run(config)
    assert files(folder) == whole and not left.exists()
    assert (folder / "00000" / "z.npz").stat().st_mtime_ns == modified
    assert json.loads((run / "generate.json").read_text())["written"] == 60
    warned = [f"{number:05d} is damaged" in caplog.text for number in range(4)]
    # Where z.npz is not there, nothing was whole yet.
    assert warned == [False, True, True, False]


def test_ctrl_c_leaves_whole_pictures_and_folders(run, monkeypatch, capsys):
    config = command(run, "generate", count=600, shard_size=300, shard_format="png")
    interrupted_at_block(2, config, monkeypatch)
    assert "1 of 2 folders are whole, the same command goes on" in capsys.readouterr().out
    assert (run / "samples/00000/z.npz").exists() and not (run / "samples/00001/z.npz").exists()
    monkeypatch.undo()
    generate.run(config)
    assert json.loads((run / "generate.json").read_text())["written"] == 300


def test_pictures_on_a_full_disk_are_one_line(run):
    config = command(run, "generate", count=40, shard_size=20, shard_format="png")
    generate.run(config)
    whole = files(run / "samples" / "00000")
    (run / "samples/00001/z.npz").unlink()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        with pytest.raises(UserError, match="1 of 2 folders are whole") as caught:
            generate.run(config)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "\n" not in str(caught.value)
    assert files(run / "samples" / "00000") == whole
    assert not list((run / "samples").rglob(".*.seed*"))


def test_a_list_of_files_of_somebody_else_is_not_followed(run):
    config = command(run, "generate", count=4, shard_format="png")
    generate.run(config)
    path = run / "samples" / "z.npz"
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    whole = path.read_bytes()
    arrays["name"] = np.array(["../config.json", *arrays["name"][1:]])
    for changed in (arrays, {"name": arrays["name"]}, {**arrays, "checksum": np.zeros(3)}):
        np.savez(path, **changed)
        generate.run(config)
        assert json.loads((run / "generate.json").read_text())["written"] == 4
        assert path.read_bytes() == whole


@pytest.mark.parametrize("kind", ["acgan", "infogan"])
def test_labels_are_beside_pictures(kind, tmp_path):
    model = make_model(kind)
    samples = generate._Samples(model, 0)
    planned = shards.plan(tmp_path, 300, 200, "png")
    generate._write(planned, samples)
    lines = (tmp_path / "00001" / "labels.csv").read_text().splitlines()
    assert lines[0] == "file,label" and len(lines) == 101
    assert lines[1] == f"seed0-000200.png,{200 % model.one_hot}"
    with np.load(tmp_path / "00001" / "z.npz") as stored:
        assert np.array_equal(stored["labels"], np.arange(200, 300) % model.one_hot)
    (tmp_path / "00000" / "labels.csv").unlink()
    assert generate._write(planned, samples) == 200


# ----------------------------------------------------------------------------- chosen z's


@pytest.mark.parametrize("form", ["png", "npz", "tfrecord"])
def test_one_class_alone(form, tmp_path):
    model = make_model("acgan")
    samples = generate._Samples(model, 0, only_class=2)
    [shard] = shards.plan(tmp_path, 20, 20, form)
    generate._write([shard], samples)
    with np.load(shard.z_path) as stored:
        z = stored["z"]
    assert np.array_equal(model.classes_of(z), [2] * 20)
    usual = model.sample_block(0, 0).numpy()[:20]
    assert np.array_equal(z[:, 3:], usual[:, 3:])
    if form == "tfrecord":
        assert {record["image/class/label"] for record in parsed(shard.path)} == {2}


def test_one_sample_of_each_seed(run):
    [picture] = generate.run(command(run, "generate", seeds="3,17,100-102", shard_format="png"))
    folder, model = run / "samples", wgan_tf.load(run).model
    seeds = (3, 17, 100, 101, 102)
    assert {name for name in files(folder) if name.endswith("png")} == {
        f"seed{seed}-000000.png" for seed in seeds
    }
    for seed in seeds:
        # The first that --mode=visualize draws of the seed.
        first = to_uint8(model.generate(model.sample_z(64, seed)))[0, ..., 0]
        assert np.array_equal(opened(folder / f"seed{seed}-000000.png"), first)
    figures = json.loads((run / "generate.json").read_text())
    assert (figures["count"], figures["written"]) == (5, 5)
    with pytest.raises(UsageError, match="holds samples of seeds '3,17,100-102', not '3'"):
        generate.run(command(run, "generate", seeds="3", shard_format="png", count=5))
    with pytest.raises(UsageError, match="holds samples of seeds '3,17,100-102', not None"):
        generate.run(command(run, "generate", shard_format="png", count=5))


@pytest.mark.parametrize("form", ["png", "npz", "tfrecord"])
def test_samples_of_an_earlier_file_are_had_again(run, form, tmp_path):
    generate.run(command(run, "generate", count=300, shard_size=290, shard_format=form))
    [_, last] = shards.plan(run / "samples", 300, 290, form)
    (run / "samples").rename(tmp_path / "first")
    path = tmp_path / "first" / last.z_path.relative_to(run / "samples")
    config = command(run, "generate", z=f"{path}:7,2-3", shard_format=form)
    generate.run(config)
    again = read_images(run / "samples", 10, channels=1)
    in_order = again if form != "png" else again[[2, 0, 1]]
    whole = read_images(tmp_path / "first", 1000, channels=1)
    assert np.array_equal(in_order, whole[[297, 292, 293]])
    if form == "png":
        assert {"z-000002.png", "z-000003.png", "z-000007.png"} <= set(files(run / "samples"))
    generate.run(config)
    assert json.loads((run / "generate.json").read_text())["written"] == 0
    with pytest.raises(UsageError, match="holds samples of z"):
        generate.run(command(run, "generate", z=f"{path}:7,2,4", shard_format=form))


def test_a_bad_file_of_z_writes_nothing(run):
    before = files(run)
    with pytest.raises(UsageError, match="no such file"):
        generate.run(command(run, "generate", z=str(run / "missing.npz")))
    assert files(run) == before


def test_truncation_is_the_method_of_that_name(run):
    for flags in ({"truncation": 0.3}, {"method": "truncation:bound=0.3"}):
        generate.run(command(run, "generate", count=300, shard_format="npz", **flags))
        (run / "samples").rename(run / next(iter(flags)))
    by_flag, by_method = (pixels(run / name / "samples-00000-of-00001.npz") for name in
                          ("truncation", "method"))
    assert np.array_equal(by_flag, by_method)
    with np.load(run / "truncation" / "samples-00000-of-00001.npz") as stored:
        z = stored["z"]
    model = wgan_tf.load(run).model
    usual = np.concatenate([model.sample_block(number) for number in (0, 1)])[:300]
    near = np.abs(usual) <= 0.3
    assert np.abs(z).max() <= 0.3 and np.array_equal(z[near], usual[near])


def test_records_of_an_earlier_version_get_their_z(run):
    config = command(run, "generate", count=40, shard_size=20)
    generate.run(config)
    whole = contents(run / "samples")
    path = run / "samples" / "z-00001-of-00002.npz"
    z, modified = path.read_bytes(), (run / "samples/samples-00001-of-00002.tfrecord").stat()
    path.write_bytes(z[:-30])
    generate.run(config)
    assert path.read_bytes() == z and contents(run / "samples") == whole
    now = (run / "samples/samples-00001-of-00002.tfrecord").stat()
    assert now.st_mtime_ns == modified.st_mtime_ns
    assert json.loads((run / "generate.json").read_text())["written"] == 0
    with np.load(path) as stored:
        assert np.array_equal(stored["z"], wgan_tf.load(run).model.sample_block(0).numpy()[20:40])
        assert stored["first"] == 20


def test_refined_samples_are_not_taken_for_plain_ones(run):
    generate.run(command(run, "generate", count=8, method="truncation"))
    with pytest.raises(UsageError, match="holds samples of method 'truncation', not None"):
        generate.run(command(run, "generate", count=8))
