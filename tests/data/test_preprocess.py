import io

import numpy as np
import pytest
from PIL import Image

from wgan_tf.data.preprocess import decode, fit

COLOUR = (200, 40, 90)
GREY = round(0.299 * 200 + 0.587 * 40 + 0.114 * 90)


def pixels(path, channels=3, size=8, crop=None):
    return fit(decode(path), crop, size, channels).astype(int)


def plain(mode, colour, size=(8, 8)):
    return Image.new(mode, size, colour)


@pytest.mark.parametrize("extension", ["jpg", "png", "bmp", "gif", "webp"])
def test_formats_give_the_colour_that_was_written(tmp_path, extension):
    path = tmp_path / f"image.{extension}"
    plain("RGB", COLOUR).save(path, **({"lossless": True} if extension == "webp" else {}))
    image = pixels(path)
    assert image.shape == (8, 8, 3)
    tolerance = 2 if extension == "jpg" else 0
    assert abs(image - COLOUR).max() <= tolerance
    assert abs(pixels(path, channels=1) - GREY).max() <= tolerance


def test_bytes_and_path_agree(tmp_path):
    path = tmp_path / "image.png"
    plain("RGB", COLOUR).save(path)
    np.testing.assert_array_equal(pixels(path), pixels(path.read_bytes()))


def test_grey_and_black_and_white(tmp_path):
    plain("L", 77).save(tmp_path / "grey.png")
    plain("1", 1).save(tmp_path / "bit.png")
    assert (pixels(tmp_path / "grey.png") == 77).all()
    assert pixels(tmp_path / "grey.png", channels=1).shape == (8, 8, 1)
    assert (pixels(tmp_path / "grey.png", channels=1) == 77).all()
    assert (pixels(tmp_path / "bit.png", channels=1) == 255).all()


def test_palette(tmp_path):
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, *COLOUR])
    image.save(tmp_path / "palette.png")
    assert (pixels(tmp_path / "palette.png") == COLOUR).all()
    assert (pixels(tmp_path / "palette.png", channels=1) == GREY).all()
    image.save(tmp_path / "clear.png", transparency=1)
    assert (pixels(tmp_path / "clear.png") == 255).all()


def test_transparency_shows_white(tmp_path):
    plain("RGBA", (*COLOUR, 0)).save(tmp_path / "clear.png")
    plain("RGBA", (*COLOUR, 255)).save(tmp_path / "solid.png")
    plain("LA", (100, 51)).save(tmp_path / "la.png")
    assert (pixels(tmp_path / "clear.png") == 255).all()
    assert (pixels(tmp_path / "solid.png") == COLOUR).all()
    expected = 255 + (100 - 255) * 51 / 255
    assert abs(pixels(tmp_path / "la.png", channels=1) - expected).max() <= 1


def test_cmyk(tmp_path):
    plain("CMYK", (0, 255, 255, 0)).save(tmp_path / "cmyk.jpg", quality=100)
    assert abs(pixels(tmp_path / "cmyk.jpg") - (255, 0, 0)).max() <= 3
    assert abs(pixels(tmp_path / "cmyk.jpg", channels=1) - 76).max() <= 3


def test_sixteen_bits_are_scaled_not_clipped(tmp_path):
    values = np.array([0, 257, 25700, 32768, 65535, 128, 129, 60000], np.uint16)
    Image.fromarray(np.tile(values, (8, 1))).save(tmp_path / "deep.png")
    expected = np.rint(values / 257)
    assert (pixels(tmp_path / "deep.png", channels=1)[0, :, 0] == expected).all()
    assert (pixels(tmp_path / "deep.png")[3, :, 2] == expected).all()
    wide = Image.fromarray(np.tile(values.astype(np.int32), (8, 1)))
    assert wide.mode == "I"
    assert (fit(wide, None, 8, 1)[0, :, 0] == expected).all()


@pytest.mark.parametrize("extension", ["gif", "webp"])
def test_first_frame(tmp_path, extension):
    path = tmp_path / f"film.{extension}"
    frames = [plain("RGB", (10, 20, 30)), plain("RGB", (200, 100, 0))]
    lossless = {"lossless": True} if extension == "webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], **lossless)
    assert (pixels(path) == (10, 20, 30)).all()


def test_exif_orientation_is_respected(tmp_path):
    upright = np.zeros((8, 8, 3), np.uint8)
    upright[:4] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its side: turn clockwise to see it upright
    Image.fromarray(np.rot90(upright)).save(tmp_path / "turned.png", exif=exif)
    np.testing.assert_array_equal(pixels(tmp_path / "turned.png"), upright)


def gradient(width, height):
    """Red is the column, green is the row: a crop shows where it was cut."""
    rows, columns = np.mgrid[:height, :width]
    return Image.fromarray(np.stack([columns, rows, 0 * rows], -1).astype(np.uint8))


@pytest.mark.parametrize(
    "width, height, crop, left, upper, side",
    [
        (178, 218, 108, 35, 55, 108),  # CelebA, as the original
        (178, 218, 64, 35, 55, 64),
        (178, 218, 143, 35, 55, 143),  # the largest that fits at the original's offset
        (178, 218, 144, 17, 37, 144),
        (178, 218, 500, 0, 20, 178),
        (218, 178, 108, 55, 35, 108),
        (178, 219, 108, 35, 55, 108),  # the centre, here the same place
        (200, 100, 60, 70, 20, 60),
        (200, 100, 101, 50, 0, 100),
    ],
)
def test_crop(width, height, crop, left, upper, side):
    image = fit(gradient(width, height), crop, side, 3)
    assert image[0, 0].tolist() == [left, upper, 0]
    assert image[-1, -1].tolist() == [left + side - 1, upper + side - 1, 0]


def test_celeba_crop_is_not_the_centre():
    centred = fit(gradient(178, 219), 64, 64, 3)
    assert centred[0, 0].tolist() == [57, 77, 0]


def test_without_crop_the_whole_image_is_squeezed():
    image = fit(gradient(200, 100), None, 50, 3).astype(int)
    # Averages of four columns and of two rows.
    assert abs(image[10, 5:45, 0] - (4 * np.arange(5, 45) + 1.5)).max() <= 1
    assert abs(image[5:45, 10, 1] - (2 * np.arange(5, 45) + 0.5)).max() <= 1


def test_resizing_is_antialiased():
    checks = np.indices((64, 64)).sum(0) % 2 * 255
    image = fit(Image.fromarray(checks.astype(np.uint8)), None, 16, 1)
    assert abs(image.astype(int) - 127).max() <= 12


def test_same_size_is_untouched():
    noise = np.random.default_rng(0).integers(0, 256, (20, 20, 3), np.uint8)
    np.testing.assert_array_equal(fit(Image.fromarray(noise), None, 20, 3), noise)


@pytest.mark.parametrize("side", [500, 1024])
def test_a_large_jpeg_is_decoded_smaller_without_a_visible_difference(side):
    noise = np.random.default_rng(1).integers(0, 256, (12, 12, 3), np.uint8)
    large = Image.fromarray(noise).resize((side, side), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    large.save(file, "JPEG", quality=95)
    reduced = decode(file.getvalue(), resized_to=32)
    assert 4 * 32 <= reduced.width < side
    difference = fit(reduced, None, 32, 3) - fit(decode(file.getvalue()), None, 32, 3).astype(int)
    assert abs(difference).max() <= 3
    assert abs(difference.mean()) < 0.2
    assert decode(file.getvalue(), resized_to=side // 4 + 1).size == (side, side)


def test_damaged_files_raise():
    file = io.BytesIO()
    gradient(64, 64).save(file, "JPEG")
    for encoded in (b"", b"not an image", file.getvalue()[:700]):
        with pytest.raises(OSError):
            decode(encoded)
