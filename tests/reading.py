"""What runs leave, read back: TensorBoard's events, checkpoints, figures, films, pictures."""

import json
import re
import subprocess

import numpy as np
import tensorflow as tf
from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image

from wgan_tf.data.scaling import to_uint8


def events(folder):
    """Tag to [(step, value)] of all event files in a folder."""
    values = {}
    for path in sorted(folder.glob("events*")):
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            event = tf.compat.v1.Event.FromString(record)
            for value in event.summary.value:
                values.setdefault(value.tag, []).append((event.step, value))
    return values


def stored_arrays(path):
    """The variables in a checkpoint."""
    with np.load(path) as arrays:
        prefixes = ("beside/", "sha256")
        return {name: arrays[name] for name in arrays.files if not name.startswith(prefixes)}


def read_film(path):
    """Frames (t, h, w, 3), frames per second and seconds of a film.

    ffmpeg is asked directly: imageio's reader leaves its pipes open, which is an error in tests.
    """
    command = [get_ffmpeg_exe(), "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    said = done.stderr.decode()
    width, height = map(int, re.search(r"Video: h264.* yuv420p.* (\d+)x(\d+)", said).groups())
    fps = float(re.search(r" ([\d.]+) fps", said)[1])
    hours, minutes, seconds = re.search(r"Duration: (\d+):(\d+):([\d.]+)", said).groups()
    frames = np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3)
    return frames, fps, 3600 * int(hours) + 60 * int(minutes) + float(seconds)


def order(frames, references):
    """Of each frame, which of the references it resembles most."""
    return [
        int(np.argmin([np.abs(frame.astype(int) - other).mean() for other in references]))
        for frame in frames
    ]


def written(folder, name):
    """The figures that a mode left in a run's folder."""
    return json.loads((folder / f"{name}.json").read_text())


def places(path, image, scale):
    """Upper left corners (y, x) at which an enlarged image stands in a picture."""
    picture = np.asarray(Image.open(path).convert("RGB"))
    cell = to_uint8(image).repeat(scale, 0).repeat(scale, 1)
    high, wide = cell.shape[:2]
    rows, columns = len(picture) - high + 1, picture.shape[1] - wide + 1
    fits = np.ones((rows, columns), bool)
    # A few pixels everywhere, then all where these fit.
    for dy, dx in np.random.default_rng(0).integers((high, wide), size=(25, 2)):
        fits &= (picture[dy : dy + rows, dx : dx + columns] == cell[dy, dx]).all(-1)
    some = np.argwhere(fits)
    return [(y, x) for y, x in some if (picture[y : y + high, x : x + wide] == cell).all()]
