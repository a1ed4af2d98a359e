"""Sets of images to measure, from folders and from `.npz` files."""

import numpy as np
import pytest
from PIL import Image

from tests.pngs import save_folder
from tests.tfrecords import example, write
from wgan_tf.data.image_set import in_channels, read_images
from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UserError


def pixels(count=5, side=20, channels=3, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, channels), np.uint8)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_folder_is_taken_as_it_is(tmp_path, channels):
    images = pixels(channels=channels)
    floats = read_images(save_folder(tmp_path / "set", images), 10)
    np.testing.assert_array_equal(floats, to_float(images))


def test_a_folder_is_fitted_where_a_size_is_given(tmp_path):
    images = pixels(side=24)
    folder = save_folder(tmp_path / "set", images)
    floats = read_images(folder, 10, crop=16, size=16, channels=3)
    np.testing.assert_array_equal(floats, to_float(images[:, 4:20, 4:20]))
    assert read_images(folder, 10, size=8, channels=1).shape == (5, 8, 8, 1)


def test_of_more_images_the_same_are_chosen(tmp_path):
    folder = save_folder(tmp_path / "set", pixels(9))
    first, again = read_images(folder, 4), read_images(folder, 4)
    assert first.shape == (4, 20, 20, 3)
    np.testing.assert_array_equal(first, again)
    np.savez(tmp_path / "set.npz", images=pixels(9))
    assert len(np.unique(read_images(tmp_path / "set.npz", 4), axis=0)) == 4


def test_a_damaged_file_of_a_folder_is_left_out(tmp_path):
    folder = save_folder(tmp_path / "set", pixels())
    (folder / "02.png").write_bytes(b"no picture")
    assert len(read_images(folder, 10)) == 4


def test_an_npz_is_bytes_or_floats(tmp_path):
    images = pixels()
    np.savez(tmp_path / "bytes.npz", labels=np.arange(5), pictures=images)
    np.savez_compressed(tmp_path / "floats.npz", x=to_float(images).astype(np.float64))
    for name in ("bytes", "floats"):
        np.testing.assert_array_equal(read_images(tmp_path / f"{name}.npz", 10), to_float(images))


def test_an_iterators_npz_means_what_came_out(tmp_path):
    before, after = pixels(seed=1), pixels(seed=2)
    np.savez(tmp_path / "it.npz", start=before, before=before, after=after, loss=np.arange(3))
    np.testing.assert_array_equal(read_images(tmp_path / "it.npz", 10), to_float(after))


def test_channels_as_pillow_converts_them(tmp_path):
    images = pixels()
    grey = in_channels(to_float(images), 1)
    pillow = [np.asarray(Image.fromarray(image).convert("L")) for image in images]
    np.testing.assert_allclose(grey[..., 0], to_float(np.stack(pillow)), atol=1 / 127)
    assert in_channels(grey, 3).shape == images.shape


class Trap:
    """Unpickling it would show."""

    sprung = False

    def __reduce__(self):
        return setattr, (Trap, "sprung", True)


def test_what_is_no_set_of_images_is_one_line(tmp_path):
    save = {
        "flat": {"x": np.zeros((5, 4))},
        "wide": {"x": np.zeros((5, 8, 8, 2), np.uint8)},
        "none": {"x": np.zeros((0, 8, 8, 3), np.uint8)},
        "ints": {"x": np.arange(5 * 64).reshape(5, 8, 8, 1)},
        "unit": {"x": np.random.default_rng(0).uniform(0, 1, (5, 8, 8, 1))},
        "trap": {"images": np.array([Trap()], object)},
        "small": {"x": pixels(side=8)},
    }
    for name, arrays in save.items():
        np.savez(tmp_path / f"{name}.npz", **arrays)
    whole = (tmp_path / "small.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.npz").write_text("images")
    np.save(tmp_path / "array.npy", pixels())
    (tmp_path / "array.npy").rename(tmp_path / "plain.npz")
    (tmp_path / "file.txt").write_text("images")
    (tmp_path / "empty").mkdir()
    save_folder(tmp_path / "several", pixels(2))
    save_folder(tmp_path / "several" / "more", pixels(2, 24))
    Image.new("RGB", (20, 30)).save(save_folder(tmp_path / "tall", pixels(0)) / "0.png")
    (save_folder(tmp_path / "broken", pixels(0)) / "0.png").write_text("no picture")
    for name, words in {
        "flat.npz": "holds no images",
        "wide.npz": "holds no images",
        "none.npz": "holds no images",
        "ints.npz": "uint8, or floats",
        "unit.npz": "scale them",
        "trap.npz": "damaged",
        "cut.npz": "damaged",
        "text.npz": "damaged",
        "plain.npz": "damaged",
        "file.txt": "is no image",
        "missing.npz": "there is no such",
        "empty": "no images",
        "several": "2 sizes, such as 20x20 and 24x24.*--image_size",
        "tall": "are 20x30.*--image_size",
        "broken": "can be decoded",
    }.items():
        with pytest.raises(UserError, match=words) as error:
            read_images(tmp_path / name, 10)
        assert name in str(error.value) and "\n" not in str(error.value)
    with pytest.raises(UserError, match="8x8, 16x16 is wanted"):
        read_images(tmp_path / "small.npz", 10, size=16)
    assert not Trap.sprung


def test_a_folder_of_records_or_of_arrays_is_one_set(tmp_path):
    images = pixels(9)
    save_folder(tmp_path / "pictures", images)
    (tmp_path / "records").mkdir()
    (tmp_path / "arrays").mkdir()
    records = [example((tmp_path / "pictures" / f"{i:02d}.png").read_bytes()) for i in range(9)]
    for first, last in ((0, 5), (5, 9)):
        write(tmp_path / "records" / f"s-{first}.tfrecord", records[first:last])
        np.savez(tmp_path / "records" / f"z-{first}.npz", z=np.zeros((last - first, 3)))
        np.savez(tmp_path / "arrays" / f"s-{first}.npz", images=images[first:last], z=np.zeros(2))
    for most in (100, 4):
        expected = read_images(tmp_path / "pictures", most)
        for name in ("records", "arrays"):
            np.testing.assert_array_equal(read_images(tmp_path / name, most), expected)
    single = read_images(tmp_path / "records" / "s-5.tfrecord", 100)
    np.testing.assert_array_equal(single, to_float(images[5:]))


def test_folders_of_what_are_no_sets_are_one_line(tmp_path):
    for name in ("shapes", "kinds", "latents", "records", "cut"):
        (tmp_path / name).mkdir()
    np.savez(tmp_path / "shapes" / "a.npz", images=pixels(2, 8))
    np.savez(tmp_path / "shapes" / "b.npz", images=pixels(2, 10))
    np.savez(tmp_path / "kinds" / "a.npz", images=pixels(2))
    np.savez(tmp_path / "kinds" / "b.npz", images=to_float(pixels(2)))
    np.savez(tmp_path / "latents" / "z.npz", z=np.zeros((4, 3)))
    (tmp_path / "records" / "a.tfrecord").write_bytes(b"no records at all")
    (tmp_path / "cut" / "a.npz").write_bytes(b"PK")
    for name, words in {
        "shapes": "several shapes, such as 8x8x3 and 10x10x3",
        "kinds": "some of its arrays are bytes",
        "latents": "no images in this folder",
        "records": "no whole record",
        "cut": "a.npz is damaged",
    }.items():
        with pytest.raises(UserError, match=words) as error:
            read_images(tmp_path / name, 10)
        assert "\n" not in str(error.value)
