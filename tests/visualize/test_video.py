"""Films are read back from their files; strips are opened and their pixels compared."""

from pathlib import Path

import numpy as np
import pytest

from tests.fakes import break_ffmpeg
from tests.reading import order, read_film
from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UserError
from wgan_tf.visualize import video as film


def images(count, size, channels=1, seed=0):
    """Smooth ones, each of another brightness: 4:2:0 halves the resolution of colours."""
    rng = np.random.default_rng(seed)
    corners = rng.uniform(-0.8, 0.8, (count, 1, 1, channels))
    ramp = np.linspace(-0.15, 0.15, size)
    return (corners + ramp[None, :, None, None] + 0.5 * ramp[None, None, :, None]).astype("float32")


def recorded(path, frames):
    recorder = film.Recorder(path)
    for frame in frames:
        recorder.add(frame)
    recorder.finish()
    return path


def test_a_frame_is_a_square_grid_enlarged_by_a_whole_factor():
    tiles = images(6 * 6, 28)
    frame = film.frame(tiles)
    assert frame.shape == (2 * (6 * 30 - 2), 2 * (6 * 30 - 2), 1) and frame.dtype == np.uint8
    np.testing.assert_allclose(to_float(frame[60:116:2, 120:176:2]), tiles[6 + 2], atol=1 / 127)
    np.testing.assert_array_equal(frame[0::2], frame[1::2])
    assert (frame[56:60] == 0).all() and (frame[:, 56:60] == 0).all()


@pytest.mark.parametrize(("count", "size"), [(1, 16), (4, 17), (9, 64), (5, 27), (1, 256)])
def test_frames_are_wide_and_even(count, size):
    height, width, channels = film.frame(images(count, size, 3)).shape
    assert width >= 256 and height % 2 == width % 2 == 0 and channels == 3
    assert width >= 350 or size == 256


@pytest.mark.parametrize("channels", [1, 3])
def test_the_mp4_holds_what_was_given(tmp_path, channels):
    frames = [film.frame(images(9, 20, channels, seed)) for seed in range(7)]
    path = recorded(tmp_path / "new" / "a.mp4", (frame for frame in frames))
    decoded, fps, _ = read_film(path)
    assert decoded.shape == (7, *frames[0].shape[:2], 3) and fps == 30
    expected = np.broadcast_to(np.stack(frames), decoded.shape)
    assert np.abs(decoded.astype(int) - expected).mean() < 2.5
    assert order(decoded, frames) == list(range(7))
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["a.mp4"]


def test_red_stays_red(tmp_path):
    red = np.zeros((352, 352, 3), np.uint8)
    red[..., 0], red[..., 1] = 200, 40
    decoded, _, _ = read_film(recorded(tmp_path / "red.mp4", [red] * 2))
    np.testing.assert_allclose(decoded[1, 100, 100], [200, 40, 0], atol=4)


def test_joined_films_have_all_frames_in_order_and_in_time(tmp_path):
    folder = tmp_path / "it's a folder with ' and ä"
    frames = [film.frame(images(4, 16, 1, seed)) for seed in range(9)]
    parts = [
        recorded(folder / f"{name}.mp4", frames[first:last])
        for name, first, last in (("a", 0, 4), ("b", 4, 5), ("c", 5, 9))
    ]
    path = tmp_path / "images" / "film.mp4"
    assert film.join(parts, path) == 9
    decoded, fps, seconds = read_film(path)
    assert order(decoded, frames) == list(range(9))
    assert fps == 30 and seconds == pytest.approx(9 / 30, abs=0.011)
    assert {p.name for p in folder.iterdir()} == {"a.mp4", "b.mp4", "c.mp4"}


def test_without_a_frame_there_is_no_file(tmp_path):
    film.Recorder(tmp_path / "a.mp4").finish()
    assert not list(tmp_path.iterdir())


def test_an_abandoned_film_leaves_nothing(tmp_path):
    recorder = film.Recorder(tmp_path / "a.mp4")
    recorder.abandon()
    recorder.add(film.frame(images(1, 16)))
    recorder.abandon()
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="352"):
        recorder.add(np.zeros((4, 4, 1), np.uint8))


@pytest.mark.parametrize(
    "script", ["cat > /dev/null; echo No space left on device >&2; exit 3", "exit 1"]
)
def test_a_film_that_ffmpeg_could_not_write_is_no_film(tmp_path, monkeypatch, script):
    break_ffmpeg(tmp_path, monkeypatch, f"for last; do :; done; echo half > $last; {script}")
    recorder, frame = film.Recorder(tmp_path / "films" / "a.mp4"), film.frame(images(4, 64))
    with pytest.raises(UserError, match="a.mp4 cannot be written"):
        for _ in range(1000):
            recorder.add(frame)
            recorder.finish()
    assert not list((tmp_path / "films").iterdir())


def test_a_missing_encoder_is_one_line(tmp_path, monkeypatch):
    film.check_encoder()
    script = "echo noise >&2; echo \"Unknown encoder 'libx264'\" >&2; exit 1"
    break_ffmpeg(tmp_path, monkeypatch, script)
    with pytest.raises(UserError, match=r"^--film: .*Unknown encoder 'libx264'.*pip install") as it:
        film.check_encoder()
    assert "\n" not in str(it.value)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nothing"))
    with pytest.raises(UserError, match="No such file"):
        film.check_encoder()


def found_in(sheet, image):
    """Row and column at which the pixels of a picture are found, exactly."""
    height, width = image.shape[:2]
    for y in range(len(sheet) - height + 1):
        for x in np.flatnonzero((sheet[y, : sheet.shape[1] - width + 1] == image[0, 0]).all(-1)):
            if (sheet[y : y + height, x : x + width] == image).all():
                return y, int(x)
    raise AssertionError("not there")


def test_a_strip_shows_frames_beside_each_other():
    frames = [film.frame(images(36, 28, 1, seed)) for seed in range(3)]
    sheet = film.strip(frames, ["iteration 3", "iteration 40", "real images"], 36, 28)
    places = [found_in(sheet, frame) for frame in frames]
    assert [x for _, x in places] == [8, 8 + 364, 8 + 2 * 364]
    (top,) = {y for y, _ in places}
    for _, left in places:
        assert (sheet[:top, left : left + 356] < 128).any(), "no name"


def test_of_large_images_a_strip_shows_some_at_full_size():
    batches = [images(36, 128, 3, seed) for seed in range(2)]
    sheet = film.strip([film.frame(batch) for batch in batches], ["a", "b"], 36, 128)
    side = 3 * 130 + 128  # of four images
    assert sheet.shape[1] == 8 + side + 8 + side + 8
    last = np.rint((batches[1][3 * 6 + 3] + 1) * 127.5)
    assert found_in(sheet, last)[1] == 8 + side + 8 + 3 * 130
    with pytest.raises(AssertionError):
        found_in(sheet, np.rint((batches[1][3 * 6 + 4] + 1) * 127.5))


@pytest.mark.parametrize("name", ["-dash", "a:b", "it's \"so\" $HOME [x]* %d #1? ü"])
def test_folders_of_any_name(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parts = [Path(name) / f"{number}.mp4" for number in range(2)]
    for part in parts:
        recorder = film.Recorder(part)
        recorder.add(np.zeros((16, 16, 1), np.uint8))
        recorder.finish()
    assert film.join(parts, Path(name) / "whole.mp4") == 2
    assert sorted(path.name for path in Path(name).iterdir()) == ["0.mp4", "1.mp4", "whole.mp4"]
