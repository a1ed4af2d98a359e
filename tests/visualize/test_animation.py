"""GIFs are opened and compared frame by frame with the arrays."""

import numpy as np
import pytest
from PIL import Image

from wgan_tf.visualize.animation import save_gif
from wgan_tf.visualize.grid import enlarge, grid


def fade(steps=5, channels=3):
    """(steps, 4, 8, 8, c): smooth pictures on their way to their mirror image."""
    ramp = np.linspace(-0.9, 0.9, 64).reshape(1, 8, 8, 1)
    strength = np.array([1.0, -0.5, 0.25])[:channels]
    before = (ramp * strength * np.linspace(0.4, 1.0, 4).reshape(4, 1, 1, 1)).astype(np.float32)
    way = np.linspace(0, 1, steps, dtype=np.float32).reshape(-1, 1, 1, 1, 1)
    return (1 - way) * before + way * before[:, ::-1, ::-1]


def read(path):
    with Image.open(path) as gif:
        frames, durations = [], []
        for index in range(gif.n_frames):
            gif.seek(index)
            durations.append(gif.info["duration"])
            frames.append(np.asarray(gif.convert("RGB")))
        return np.stack(frames), durations, gif.info.get("loop")


def test_colour_frames_times_and_loop(tmp_path):
    frames = fade()
    save_gif(tmp_path / "way.gif", frames, fps=10)
    pictures, durations, loop = read(tmp_path / "way.gif")
    assert durations == [1000, 100, 100, 100, 1000]
    assert loop == 0
    expected = np.stack([grid(frame) for frame in frames]).astype(int)
    assert pictures.shape == expected.shape
    # One palette of 256 colours for the film: near, not equal.
    assert np.abs(pictures - expected).mean() < 3
    assert np.abs(pictures.mean((1, 2)) - expected.mean((1, 2))).max() < 2


def test_grey_frames_are_exact(tmp_path):
    frames = fade(steps=4, channels=1)
    save_gif(tmp_path / "grey.gif", frames, fps=25, scale=2, padding=0)
    pictures, durations, _ = read(tmp_path / "grey.gif")
    assert durations == [1000, 40, 40, 1000]
    for picture, frame in zip(pictures, frames, strict=True):
        expected = enlarge(grid(frame, padding=0), 2)
        np.testing.assert_array_equal(picture, np.broadcast_to(expected, picture.shape))


def test_a_still_keeps_its_time(tmp_path):
    frames = np.repeat(fade(1), 3, axis=0)
    save_gif(tmp_path / "still.gif", frames, fps=10)
    _, durations, _ = read(tmp_path / "still.gif")
    assert sum(durations) == 2100


def test_frames_are_taken_one_at_a_time(tmp_path):
    class Film:
        def __init__(self):
            self.frames, self.asked = fade(), []

        def __len__(self):
            return len(self.frames)

        def __getitem__(self, index):
            self.asked.append(index)
            return self.frames[index]

    film = Film()
    save_gif(tmp_path / "film.gif", film)
    assert set(film.asked) == {0, 1, 2, 3, 4}
    assert all(isinstance(index, int) for index in film.asked)


@pytest.mark.parametrize("fps", [0, 51])
def test_speeds_that_browsers_do_not_play_are_refused(tmp_path, fps):
    with pytest.raises(ValueError, match="fps"):
        save_gif(tmp_path / "x.gif", fade(), fps=fps)


def test_no_frames_are_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one frame"):
        save_gif(tmp_path / "x.gif", fade()[:0])
    assert not list(tmp_path.iterdir())
