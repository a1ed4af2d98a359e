"""Films of a grid of images as MP4, written frame by frame, and strips of chosen frames.

H.264 comes from the ffmpeg that imageio brings along. It is started here rather than by imageio's
writer, which forks a process full of TensorFlow's threads and takes no notice of ffmpeg's exit
status, so that a film cut short by a full disk would pass for whole.
"""

import contextlib
import math
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wgan_tf.data.scaling import to_float
from wgan_tf.errors import UserError
from wgan_tf.files.writing import written_whole
from wgan_tf.visualize.captioned import sheet
from wgan_tf.visualize.grid import enlarge, grid

FPS = 30
# Black pixels between images, as many as make grids of even images even.
_GAP = 2
# A frame is at least this wide, and a column of a strip at most, in pixels.
_SMALLEST, _LARGEST = 350, 520
# Training needs the processor: one thread, fast settings. Without B-frames the times of a film
# begin at 0, so that joined films keep 1/30 s from frame to frame.
_QUALITY = ("-preset", "veryfast", "-crf", "20", "-bf", "0", "-threads", "1")
# Said in the file, or players guess the matrix from the height of the picture.
_COLOURS = (
    *("-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p"),
    *("-colorspace", "bt709"),
)

# A process group of its own, which Ctrl-C does not reach; Windows has another word for it.
_APART = (
    {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    if os.name == "nt"
    else {"process_group": 0}
)


def frame(images: np.ndarray) -> np.ndarray:
    """Lays images out as a near-square grid, enlarged by a whole factor to 350 pixels or more.

    Args:
        images: float (n, h, w, c) in [-1, 1], c 1 or 3, n at least 1.

    Returns:
        uint8 (height, width, c), both even, as H.264's usual colours need; black between images.
    """
    image = grid(images, columns=_columns(len(images)), padding=_GAP)
    image = enlarge(image, _factor(image.shape[1]))
    height, width, _ = image.shape
    return np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)))


def strip(frames: Sequence[np.ndarray], names: Sequence[str], count: int, size: int) -> np.ndarray:
    """Frames side by side, each with its name above it.

    Of frames wider than 520 pixels only the first rows and columns of images are shown, at full
    size: all of them would be too small to be seen.

    Args:
        frames: uint8 (height, width, c) of one shape, made by `frame` of square images.
        names: one for each.
        count: images in a frame.
        size: height and width of each, as generated.

    Returns:
        uint8 (height, width, 3).
    """
    columns = _columns(count)
    factor, step = _factor(columns * (size + _GAP) - _GAP), size + _GAP
    shown = min(columns, max(1, (_LARGEST // factor + _GAP) // step))
    side = factor * (shown * step - _GAP)
    images = to_float(np.stack([frame[:side, :side] for frame in frames]))
    return sheet(images, columns=len(frames), column_names=names)


def _columns(count: int) -> int:
    return math.ceil(math.sqrt(count))


def _factor(width: int) -> int:
    return math.ceil(_SMALLEST / width)


class Recorder:
    """Encodes frames into an MP4 as they come; the file takes its place once it is finished.

    ffmpeg runs beside, in a process group of its own: Ctrl-C is not meant for it. No frame is
    kept. Where there was no frame there will be no file.

    Args:
        path: of the MP4; its folder is created.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        self._held = contextlib.ExitStack()
        self._process = self._shape = None

    def add(self, image: np.ndarray) -> None:
        """Appends a frame, uint8 (height, width, 1 or 3) with even sides, the first one's shape.

        Raises:
            ValueError: another shape or type.
            UserError: it cannot be written; nothing is left of the file.
        """
        if image.dtype != np.uint8 or image.shape != (self._shape or image.shape):
            raise ValueError(f"a frame is {image.dtype} {image.shape}, not uint8 {self._shape}")
        with self._all_or_nothing():
            if self._process is None:
                self._begin(image.shape)
            self._process.stdin.write(np.ascontiguousarray(image))

    def finish(self) -> None:
        """Completes the file, if there was a frame.

        Raises:
            UserError: it cannot be written; nothing is left of it.
        """
        with self._all_or_nothing():
            if self._process is not None:
                self._process.stdin.close()
                if self._process.wait():
                    raise OSError("ffmpeg failed")
                self._process = None
                self._held.close()

    def abandon(self) -> None:
        """Ends without a file."""
        with contextlib.suppress(OSError, UserError), self._all_or_nothing():
            raise OSError("abandoned")

    def _begin(self, shape) -> None:
        unfinished = self._held.enter_context(written_whole(self.path))
        self._errors = self._held.enter_context(tempfile.TemporaryFile())
        self._process = subprocess.Popen(
            _encoding(shape, _named(unfinished)),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            **_APART,
        )
        self._shape = shape

    @contextlib.contextmanager
    def _all_or_nothing(self):
        try:
            yield
        except OSError as error:
            said = self._stop() or error.strerror or str(error)
            with self._held:
                raise OSError(said) from error

    def _stop(self) -> str:
        """Ends ffmpeg and gives the last that it said."""
        process, self._process = self._process, None
        if process is None:
            return ""
        process.kill()
        with contextlib.suppress(OSError):
            process.stdin.close()
        process.wait()
        self._errors.seek(0)
        return _last_line(self._errors.read())


def join(parts: Sequence[Path], path: str | os.PathLike) -> int:
    """Films of one size, all in one folder, one after the other, without encoding anew.

    Returns:
        Frames of the whole.

    Raises:
        UserError: it cannot be written.
    """
    parts = [Path(part) for part in parts]
    # Relative to the list, in whose folder ffmpeg works: no character of its name matters.
    listed = parts[0].with_name(f".{os.getpid()}.parts.txt")
    with written_whole(path) as unfinished:
        try:
            listed.write_text("".join(f"file {part.name}\n" for part in parts), encoding="ascii")
            done = subprocess.run(
                [*_ffmpeg(), "-f", "concat", "-i", listed.name, "-c", "copy"]
                + ["-movflags", "+faststart", "-progress", "pipe:1", _named(unfinished.absolute())],
                cwd=listed.parent,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                **_APART,
            )
        finally:
            listed.unlink(missing_ok=True)
        if done.returncode:
            raise OSError(_last_line(done.stderr) or "ffmpeg failed")
    return int(re.findall(rb"frame=\s*(\d+)", done.stdout)[-1])


def check_encoder() -> None:
    """Encodes one black frame to nowhere.

    Raises:
        UserError: there is no ffmpeg, or it does not know H.264.
    """
    try:
        done = subprocess.run(
            _encoding((16, 16, 1), "-f", "null", "-"), input=bytes(256), capture_output=True
        )
        said = _last_line(done.stderr) or "ffmpeg failed" if done.returncode else ""
    except (ImportError, RuntimeError, OSError) as error:
        said = str(error).splitlines()[0]
    if said:
        raise UserError(
            f"--film: nothing here encodes H.264 ({said}): pip install imageio-ffmpeg, or name an "
            "ffmpeg with libx264 in the variable IMAGEIO_FFMPEG_EXE"
        )


def _encoding(shape, *output: str) -> list[str]:
    """The command that reads raw frames of a shape (height, width, channels)."""
    height, width, channels = shape
    pixels = "gray" if channels == 1 else "rgb24"
    return [
        *(*_ffmpeg(), "-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{width}x{height}"),
        *("-r", str(FPS), "-i", "-", "-c:v", "libx264", *_QUALITY, *_COLOURS, *output),
    ]


def _named(path: Path) -> str:
    """A file as ffmpeg takes it, which else reads `-film` as an option and `a:b` as a protocol."""
    return f"file:{path}"


def _ffmpeg() -> list[str]:
    from imageio_ffmpeg import get_ffmpeg_exe

    program = get_ffmpeg_exe()
    if os.path.dirname(program):  # wherever it is started; else it is looked for
        program = os.path.abspath(program)
    return [program, "-hide_banner", "-loglevel", "error", "-nostats", "-y"]


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""
