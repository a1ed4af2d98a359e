"""PNG files: of given pixels, and such as are cheap to write, however large the image."""

import struct
import zlib

from PIL import Image


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def black_png(width: int, height: int) -> bytes:
    """A valid black PNG of one bit per pixel, made at the memory of a few rows."""
    row, packer, packed = b"\0" * (1 + (width + 7) // 8), zlib.compressobj(9), b""
    for _ in range(height):
        packed += packer.compress(row)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", packed + packer.flush()),
            chunk(b"IEND", b""),
        ]
    )


def save_folder(folder, images):
    """Writes images (bytes, of one or three channels) into a folder; returns the folder."""
    folder.mkdir(exist_ok=True)
    for index, image in enumerate(images):
        picture = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
        picture.save(folder / f"{index:02d}.png")
    return folder
