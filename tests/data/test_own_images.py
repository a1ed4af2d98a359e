"""What people bring: folders with classes and splits, archives, arrays, odd names and shapes."""

import gzip
import shutil
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from tests.tfrecords import example, png
from tests.tfrecords import write as write_records
from wgan_tf import data, runs
from wgan_tf.config.resolve import resolve
from wgan_tf.data.class_labels import labels_of
from wgan_tf.data.folder import has_labels
from wgan_tf.data.frames import in_few_words
from wgan_tf.data.image_set import read_images
from wgan_tf.data.preprocess import fit
from wgan_tf.data.splits import SEEN, splits_of, unseen
from wgan_tf.errors import UsageError, UserError


def write(path, value, size=(8, 8), format="PNG"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, value).save(path, format)


def opened(path, tmp_path, split="train", how="crop", size=8):
    return data.open_source(None, str(path), str(tmp_path / "cache"), None, size, 1, split, how)


def values(source):
    return source.read(np.arange(source.count))[:, 0, 0, 0].tolist()


def labelled(source):
    """Pixel value to label."""
    return dict(zip(values(source), source.labels.tolist(), strict=True))


@pytest.fixture
def pets(tmp_path):
    """Three classes of 10 images: 10 to 19 are cats, 20 to 29 dogs, 30 to 39 emus."""
    folder = tmp_path / "pets"
    for number, name in enumerate(("cats", "dogs", "emus"), 1):
        for index in range(10):
            write(folder / name / f"{index}.png", 10 * number + index)
    return folder


class TestClasses:
    def test_sub_folders_are_classes_in_the_order_of_their_names(self, pets, tmp_path, both_ways):
        write(pets / "Zebras" / "deep" / "er" / "1.png", 99)
        source = opened(pets, tmp_path)
        assert source.class_names == ["Zebras", "cats", "dogs", "emus"]
        assert labelled(source) == {99: 0} | {v: v // 10 for v in range(10, 40)}
        assert "4 classes by sub-folders" in source.description and has_labels(str(pets))

    def test_images_beside_or_in_one_folder_have_none(self, pets, tmp_path):
        write(pets / "cover.png", 5)
        assert opened(pets, tmp_path).labels is None and not has_labels(str(pets))
        write(tmp_path / "all" / "one" / "1.png", 5)
        assert opened(tmp_path / "all", tmp_path).labels is None

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("labels.json", '{"cats/1.png": "x", "dogs/1.png": "y"}'),
            ("labels.json", '{"labels": [["cats/1.png", "x"], ["dogs/1.png", "y"]]}'),
            ("labels.json", '[{"file": "cats/1.png", "label": "x"}, '
             '{"file": "dogs/1.png", "label": "y"}]'),
            ("labels.csv", "file,label\ncats/1.png,x\ndogs/1.png,y\n"),
            ("labels.csv", "cats/1.png,x\ndogs/1.png,y\n"),
            ("metadata.csv", "\ufeffcaption;class;file_name\na;x;cats/1.png\nb;y;dogs\\1.png\n"),
        ],
    )
    def test_a_file_of_labels_wins(self, pets, tmp_path, name, text, warned):
        (pets / name).write_text(text, encoding="utf-8")
        source = opened(pets, tmp_path)
        assert labelled(source) == {11: 0, 21: 1} and source.class_names == ["x", "y"]
        # What it does not name is counted.
        assert {skip.reason for skip in source.skipped} == {"no label"}
        assert len(source.skipped) == 28 and source.skipped.total == 30

    def test_numbers_stay_numbers_and_names_may_lack_folder_or_ending(self, tmp_path):
        names = ["a/1.png", "b/2.png", "b/3.png"]
        csv = b"id,label\n1,0\n2.png,10\n3,2.0\n"
        labels = labels_of(names, names, ["labels.csv"], lambda name: csv)
        assert labels.names == [str(k) for k in range(11)]
        assert labels.numbers.tolist() == [0, 10, 2]

    def test_a_damaged_file_of_labels_is_one_line(self, pets, tmp_path, warned):
        (pets / "labels.json").write_text("{")
        (pets / "metadata.csv").write_text("file,caption,size\n1.png,x,3\n")
        source = opened(pets, tmp_path)
        assert source.class_names == ["cats", "dogs", "emus"] and len(warned) == 2
        assert "labels.json is not used" in warned[0] and "\n" not in warned[0]

    def test_a_class_of_few_keeps_its_number_in_every_part(self, tmp_path):
        from wgan_tf.data.given import hold

        images, labels = np.zeros((20, 8, 8, 1), np.uint8), np.arange(20) // 19 * 5
        name = hold(images, labels)
        for split in (SEEN, "train[90%:]"):
            source = data.open_source(name, None, "unused", None, 8, 1, split)
            assert source.class_names == [str(k) for k in range(6)]


class TestSplits:
    def split(self, pets, *names):
        for number, name in enumerate(names):
            shutil.copytree(pets, pets.parent / "all" / name)
            write(pets.parent / "all" / name / "cats" / "own.png", 100 + number)
        return pets.parent / "all"

    @pytest.mark.parametrize("other", ["val", "valid", "Validation", "test"])
    def test_folders_at_the_top(self, pets, tmp_path, both_ways, other):
        folder = self.split(pets, "train", other)
        write(folder / "extra" / "cats" / "1.png", 250)
        train, test = opened(folder, tmp_path), opened(folder, tmp_path, "test")
        assert (train.count, test.count) == (31, 31)
        assert 100 in values(train) and 101 in values(test) and 101 not in values(train)
        assert train.class_names == test.class_names == ["cats", "dogs", "emus"]
        assert labelled(test)[101] == 0 and labelled(test)[39] == 2
        (skip,) = train.skipped
        assert (skip.name, skip.reason) == ("extra/cats/1.png", "in no split")
        assert opened(folder, tmp_path, "train[:50%]").count == 15
        with pytest.raises(UsageError, match="has the splits train, "):
            opened(folder, tmp_path, "best")
        # What is measured against is not what is learnt from.
        assert len(read_images(folder, 100, size=8, channels=1)) == 31

    def test_a_class_may_be_called_train(self, tmp_path):
        for name in ("bus", "car", "train"):
            write(tmp_path / "x" / name / "1.png", 1)
        assert opened(tmp_path / "x", tmp_path).class_names == ["bus", "car", "train"]
        assert splits_of(["train/a/1.png", "train/b/1.png"]) == {"train": [0, 1]}
        assert splits_of(["test/1.png", "car/1.png"]) == {}

    def test_records_and_arrays(self, tmp_path):
        for split, numbers in (("train", (1, 2)), ("test", (3,))):
            records = [example(png(n), n) for n in numbers]
            write_records(tmp_path / "r" / f"x-{split}.tfrecord-00000-of-00001", records)
            (tmp_path / "a").mkdir(exist_ok=True)
            pixels = np.stack([np.full((8, 8, 1), n, np.uint8) for n in numbers])
            np.savez(tmp_path / "a" / f"{split}.npz", images=pixels, labels=np.array(numbers))
        x = np.stack([np.full((8, 8), n, np.uint8) for n in (1, 2, 3)])
        np.savez(
            tmp_path / "k.npz", x_train=x[:2], y_train=np.array([1, 2]), x_test=x[2:],
            y_test=np.array([[3]]),
        )
        for name in ("r", "a", "k.npz"):
            assert labelled(opened(tmp_path / name, tmp_path)) == {1: 1, 2: 2}
            assert labelled(opened(tmp_path / name, tmp_path, "test")) == {3: 3}
            assert not data.is_one_heap("folder", str(tmp_path / name))

    def test_what_a_training_never_saw(self):
        assert [unseen(split) for split in ("train[:90%]", "train[:50%]", "train[:95%]")] == [
            "train[90%:]", "train[90%:]", "train[95%:]",
        ]
        assert unseen("train") is None and unseen("train[50%:]") is None

    def test_one_rule_for_all_who_measure(self, pets, tmp_path):
        def config(**flags):
            return resolve({"data_dir": str(pets), "cache_dir": str(tmp_path), "mode": "train",
                            "image_size": "16", "channels": 1, **flags})

        # Games without labels learn from everything, unless they are told not to.
        whole = config()
        assert whole.data.split == "train" and runs.open_unseen(whole)[1] == "training images"
        told = config(split="train[:50%]")
        assert runs.open_unseen(told)[1] == "test images"
        for labels in (config(model="acgan"), config(model="classifier", mode="train_classifier")):
            assert labels.data.split == SEEN
            seen, test = runs.open_images(labels), runs.open_images(labels, "test")
            assert (seen.count, test.count) == (27, 3)
            assert sorted(values(seen) + values(test)) == list(range(10, 40))
            assert "a tenth is held out" in seen.description
        # Judges never learn from what is measured with.
        assert values(runs.open_for_judge(whole)) == values(seen)
        folder = self.split(pets, "train", "test")
        assert config(data_dir=str(folder), model="acgan").data.split == "train"

    def test_earlier_runs_keep_what_they_learnt_from(self, pets):
        flat = resolve({"data_dir": str(pets), "model": "acgan", "logs_dir": "x"}).flat()
        old = {name: value for name, value in flat.items() if name != "fit"} | {"split": "train"}
        stored = resolve({"logs_dir": "x"}).from_flat(old)
        again = resolve({"mode": "train", "data_dir": str(pets)}, stored)
        assert (again.data.fit, again.data.split) == ("squeeze", "train")


class TestContent:
    def test_an_image_is_what_pillow_opens(self, tmp_path, both_ways, warned):
        folder = tmp_path / "x"
        kinds = {"a.tif": "TIFF", "b.tiff": "TIFF", "c.jfif": "JPEG", "d.jpe": "JPEG",
                 "e.ppm": "PPM", "f": "PNG", "g.txt": "PNG", "h.2024": "JPEG"}
        for number, (name, format) in enumerate(kinds.items(), 1):
            write(folder / name, number, format=format)
        (folder / "notes.txt").write_text("some words")
        (folder / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
        (folder / "nothing").write_bytes(b"")
        source = opened(folder, tmp_path)
        assert values(source) == [1, 2, 3, 4, 5, 6, 7, 8]
        assert {skip.name: skip.reason for skip in source.skipped} == {
            "notes.txt": "no image", "Thumbs.db": "no image", "nothing": "empty",
        }
        assert "(3 skipped: 2 no image, 1 empty)" in source.description
        assert source.skipped.total == 11

    def test_what_has_no_ending_is_enough_for_the_check(self, tmp_path):
        write(tmp_path / "x" / "1", 3)
        data.check_source(None, str(tmp_path / "x"))
        (tmp_path / "y").mkdir()
        (tmp_path / "y" / "1").write_bytes(b"no")
        (tmp_path / "y" / "all.zip").write_bytes(b"no")
        with pytest.raises(UserError, match="no images in this folder.*all.zip"):
            data.check_source(None, str(tmp_path / "y"))


class TestContainers:
    def packed(self, pets, kind):
        path, names = pets.parent / f"p.{kind}", sorted(pets.rglob("*.png"))
        if kind == "zip":
            with zipfile.ZipFile(path, "w") as archive:
                for name in names:
                    archive.write(name, name.relative_to(pets.parent))
                archive.writestr("__MACOSX/pets/cats/._1.png", b"x")
        else:
            with tarfile.open(path, "w:gz" if "gz" in kind else "w") as archive:
                for name in names:
                    archive.add(name, f"./{name.relative_to(pets.parent)}")
        return path

    @pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tgz"])
    def test_archives_are_as_their_folder(self, pets, tmp_path, kind, both_ways):
        path = self.packed(pets, kind)
        data.check_source(None, str(path))
        source = opened(path, tmp_path)
        assert labelled(source) == labelled(opened(pets, tmp_path))
        assert source.class_names == ["cats", "dogs", "emus"]
        floats = read_images(path, 100, size=8, channels=1)
        np.testing.assert_array_equal(floats, read_images(pets, 100, size=8, channels=1))

    def test_a_zip_does_not_explode(self, pets, tmp_path, warned):
        path = self.packed(pets, "zip")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("pets/cats/bomb.png", b"\0" * 2**27, zipfile.ZIP_DEFLATED)
        source = opened(path, tmp_path)
        assert source.count == 30 and [skip.reason for skip in source.skipped] == ["too large"]

    def test_what_is_damaged_or_none_is_one_line(self, tmp_path):
        for name in ("x.zip", "x.tar", "x.tar.gz", "x.png", "x.bin"):
            (tmp_path / name).write_bytes(b"no such thing")
            with pytest.raises(UserError, match=f"{name} is ") as error:
                data.check_source(None, str(tmp_path / name))
            assert "\n" not in str(error.value)
        (tmp_path / "y.tgz").write_bytes(gzip.compress(b"no tar"))
        with pytest.raises(UserError, match="damaged, or no tar"):
            opened(tmp_path / "y.tgz", tmp_path)
        with pytest.raises(UsageError, match="no such folder, and no such file"):
            data.check_source(None, str(tmp_path / "none.npz"))

    def test_one_image_file(self, tmp_path):
        write(tmp_path / "my picture", 7)
        write(tmp_path / "other.png", 9)
        data.check_source(None, str(tmp_path / "my picture"))
        assert values(opened(tmp_path / "my picture", tmp_path)) == [7]

    def test_arrays_alone_and_in_shards(self, tmp_path):
        images = np.arange(6, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 1), np.uint8)
        np.save(tmp_path / "x.npy", images)
        np.save(tmp_path / "grey.npy", images[..., 0])
        np.save(tmp_path / "floats.npy", images / np.float32(127.5) - 1)
        np.savez(tmp_path / "x.npz", images=images, labels=np.arange(6) % 2)
        shards = tmp_path / "samples"
        shards.mkdir()
        for k in range(2):
            rows = slice(3 * k, 3 * k + 3)
            np.savez(shards / f"samples-0000{k}-of-00002.npz", images=images[rows],
                     z=np.zeros((3, 4)), labels=np.arange(6)[rows] % 2)
        (shards / "settings.json").write_text("{}")
        for name in ("x.npy", "grey.npy", "floats.npy", "x.npz", "samples"):
            data.check_source(None, str(tmp_path / name))
            source = opened(tmp_path / name, tmp_path)
            assert values(source) == [0, 1, 2, 3, 4, 5] and not len(source.skipped)
            assert read_images(tmp_path / name, 10).shape == (6, 8, 8, 1)
        assert source.labels.tolist() == [0, 1, 0, 1, 0, 1]
        np.save(tmp_path / "unit.npy", images / np.float32(5))
        with pytest.raises(UserError, match=r"scale them to \[-1, 1\]"):
            opened(tmp_path / "unit.npy", tmp_path)


class TestFrames:
    def circle(self, width, height):
        rows, columns = np.mgrid[:height, :width]
        inside = (rows - height / 2 + 0.5) ** 2 + (columns - width / 2 + 0.5) ** 2 < 40**2
        return Image.fromarray((inside * 255).astype(np.uint8))

    def extent(self, image):
        lit = image[..., 0] > 127
        return int(lit.any(0).sum()), int(lit.any(1).sum())

    def test_a_circle_stays_one(self):
        picture = self.circle(400, 200)
        assert self.extent(fit(picture, None, 64, 1, "crop")) == (26, 26)
        assert self.extent(fit(picture, None, 64, 1, "pad")) == (12, 12)
        assert self.extent(fit(picture, None, 64, 1)) == (12, 26)
        padded = fit(picture, None, 64, 1, "pad")
        assert padded.shape == (64, 64, 1) and not padded[:16].any() and not padded[48:].any()
        square = np.random.default_rng(0).integers(0, 256, (30, 30, 3), np.uint8)
        for how in ("crop", "pad"):
            np.testing.assert_array_equal(
                fit(Image.fromarray(square), None, 16, 3, how),
                fit(Image.fromarray(square), None, 16, 3),
            )

    @pytest.mark.parametrize(
        ("shape", "crop", "size", "how", "words"),
        [
            ((1000, 1000), 108, 64, "squeeze",
             "1000x1000 pixels, the central 108x108 of each (1.2 % of the area)"),
            ((400, 200), None, 64, "crop",
             "400x200 pixels, the central square of each (50 % of the area)"),
            ((400, 200), None, 64, "squeeze",
             "400x200 pixels, squeezed to squares (up to 2 times)"),
            ((400, 200), None, 64, "pad",
             "400x200 pixels, black beside them (50 % of the area)"),
            ((20, 20), None, 64, "crop", "20x20 pixels, scaled up"),
            ((64, 64), None, 64, "crop", "64x64 pixels"),
        ],
    )
    def test_what_is_lost_is_said(self, shape, crop, size, how, words):
        assert in_few_words([(*shape, None)], crop, size, how) == words

    def test_of_several_sizes(self):
        shapes = [(50, 60, None)] + [(100, 100, None)] * 3
        assert in_few_words(shapes, None, 64, "crop") == (
            "50x60 to 100x100 pixels, the central square of each (98 % of the area), "
            "25 % of them scaled up"
        )

    def test_the_line_of_a_folder(self, tmp_path, both_ways):
        for number in range(3):
            write(tmp_path / "x" / f"{number}.jpg", 9, (400, 200), "JPEG")
        line = opened(tmp_path / "x", tmp_path).description
        assert line.endswith("; 400x200 pixels, the central square of each (50 % of the area)")

    def test_a_picture_that_lies_on_its_side_has_its_upright_size(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6
        (tmp_path / "x").mkdir()
        Image.new("L", (40, 20)).save(tmp_path / "x" / "1.jpg", exif=exif)
        assert "; 20x40 pixels, " in opened(tmp_path / "x", tmp_path).description

    def test_twelve_bits_in_sixteen_are_named(self, tmp_path, both_ways):
        (tmp_path / "x").mkdir()
        for top, name in ((4095, "a"), (4000, "b")):
            pixels = np.linspace(0, top, 64).reshape(8, 8).astype(np.uint16)
            Image.fromarray(pixels).save(tmp_path / "x" / f"{name}.png")
        assert "16-bit values of at most 4,095 of 65,535: dark" in opened(
            tmp_path / "x", tmp_path
        ).description
        pixels[0, 0] = 60_000
        Image.fromarray(pixels).save(tmp_path / "x" / "c.png")
        assert "16-bit" not in opened(tmp_path / "x", tmp_path).description

    def test_defaults_by_what_the_folder_holds(self, tmp_path):
        write(tmp_path / "own" / "1.png", 1, (400, 200))
        write(tmp_path / "faces" / "1.png", 1, (178, 218))
        write(tmp_path / "original" / "img_align_celeba" / "1.png", 1)

        def frame(name):
            found = resolve({"data_dir": str(tmp_path / name)}).data
            return found.image_size, found.fit

        assert frame("own") == ("64", "crop")
        assert frame("faces") == frame("original") == ("108,64", "squeeze")
        assert resolve({}).data.fit == resolve({"dataset": "cifar10"}).data.fit == "squeeze"
        assert resolve({"data_dir": str(tmp_path / "own"), "fit": "pad"}).data.fit == "pad"
        notes = []
        flags = {"data_dir": str(tmp_path / "own"), "fit": "pad", "image_size": "108,64"}
        resolve(flags, None, notes)
        assert notes == ["--fit=pad has no effect with --image_size=108,64"]
