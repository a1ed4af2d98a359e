"""Damages image files at random and decodes them: `python -m tests.scenarios.fuzzing SEED COUNT`.

A process of its own, so that a crash or a hang of a decoder is a failed test and not the end of
all tests. It prints a JSON object.
"""

import io
import json
import resource
import struct
import sys
import time
import warnings
from collections import Counter

import numpy as np
from absl import logging
from PIL import Image

from wgan_tf.data.skipped import Skipped, reason_of
from wgan_tf.data.source import Attempt, Request

HUGE = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
REQUESTS = [
    Request("fuzz", None, "", crop, 8, channels) for crop in (None, 16) for channels in (1, 3)
]


def originals() -> list[bytes]:
    """Small valid images of every format and of many kinds."""
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (24, 20, 4), np.uint8)
    smooth = np.arange(24 * 20 * 3, dtype=np.uint16).reshape(24, 20, 3).astype(np.uint8)
    colour, clear = Image.fromarray(smooth), Image.fromarray(noise)
    frames = [clear.convert("RGB").convert("P"), colour.convert("P")]
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "turned"
    made = [
        (colour, "JPEG", {}),
        (colour, "JPEG", {"progressive": True, "exif": exif}),
        (colour.convert("CMYK"), "JPEG", {}),
        (colour.convert("L"), "JPEG", {"restart_marker_blocks": 2}),
        (clear, "PNG", {"exif": exif}),
        (frames[0], "PNG", {"transparency": 3}),
        (Image.fromarray(noise[..., 0].astype(np.uint16) * 257), "PNG", {}),
        (colour, "PNG", {"save_all": True, "append_images": [clear.convert("RGB")]}),
        (frames[0], "GIF", {"save_all": True, "append_images": frames[1:], "transparency": 2}),
        (colour.convert("1"), "GIF", {"interlace": 1}),
        (colour, "BMP", {}),
        (frames[0], "BMP", {}),
        (clear, "WEBP", {"lossless": True, "exif": exif}),
        (colour, "WEBP", {"quality": 50}),
        (colour, "WEBP", {"save_all": True, "append_images": [clear.convert("RGB")]}),
    ]
    files = []
    for image, form, settings in made:
        file = io.BytesIO()
        image.save(file, form, **settings)
        files.append(file.getvalue())
    return files


def damage(files: list[bytes], rng: np.random.Generator) -> bytes:
    """One to four random changes of one of the files."""
    data = bytearray(files[rng.integers(len(files))])
    for _ in range(rng.integers(1, 5)):
        _CHANGES[rng.integers(len(_CHANGES))](data, files, rng)
    return bytes(data)


def _flip(data, files, rng):
    for _ in range(rng.integers(1, 9)):
        if data:
            data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))


def _cut(data, files, rng):
    del data[rng.integers(len(data) + 1) :]


def _splice(data, files, rng):
    other = files[rng.integers(len(files))]
    first, at = rng.integers(len(other)), rng.integers(len(data) + 1)
    data[at : at + rng.integers(64)] = other[first : first + rng.integers(1, 256)]


def _repeat(data, files, rng):
    at = rng.integers(len(data) + 1)
    data[at:at] = data[at : at + rng.integers(1, 64)] * int(rng.integers(1, 20))


def _number(data, files, rng):
    """A field of the header, such as a width, becomes a number that is hard to allow for."""
    order = "<>"[rng.integers(2)]
    form = "HI"[rng.integers(2)]
    value = HUGE[rng.integers(len(HUGE))] % (1 << 8 * struct.calcsize(form))
    at = int(rng.integers(min(48, len(data) + 1)))
    data[at : at + struct.calcsize(form)] = struct.pack(order + form, value)


def _size(data, files, rng):
    """A PNG with another size and the checksum that belongs to it."""
    from tests.pngs import chunk

    if data.startswith(b"\x89PNG") and len(data) > 33:
        width, height = (int(2 ** rng.uniform(0, 32)) for _ in range(2))
        rest = bytes(data[24:29])
        data[8:33] = chunk(b"IHDR", struct.pack(">II", width, height) + rest)


def _zero(data, files, rng):
    at = rng.integers(len(data) + 1)
    length = min(int(rng.integers(1, 32)), len(data) - at)
    data[at : at + length] = bytes([rng.choice([0, 255])]) * length


_CHANGES = (_flip, _cut, _splice, _repeat, _number, _size, _zero)


def main(seed: int, count: int) -> dict:
    """Decodes `count` damaged images as a source does.

    Returns:
        how many were images and how many were skipped for which reason, the longest time in
        seconds, and the memory that was taken, in MB.
    """
    warnings.simplefilter("error")
    logging.set_verbosity(logging.ERROR)
    files, rng = originals(), np.random.default_rng(seed)
    names, skipped, raised = [str(index) for index in range(count)], Skipped(), Counter()
    before, slowest, images = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0.0, 0
    for number, original in enumerate(files):
        for request in REQUESTS:
            assert request.decode(original).shape == request.shape, number
    for index in range(count):
        data, request = damage(files, rng), REQUESTS[index % len(REQUESTS)]

        def load(_, data=data, request=request):
            try:
                return request.decode(data)
            except Exception as error:
                raised[f"{type(error).__name__}, {reason_of(error)}"] += 1
                raise

        start = time.perf_counter()
        image = Attempt(load, names, skipped)(index)
        slowest = max(slowest, time.perf_counter() - start)
        if image is not None:
            assert image.shape == request.shape and image.dtype == np.uint8
            images += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "images": images,
        "skipped": len(skipped),
        "raised": dict(raised.most_common()),
        "slowest": slowest,
        "megabytes": (peak - before) // 1000,
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
