"""Samples in a file each: `seed0-000017.png` and the like, `labels.csv` and `z.npz` beside them.

`z.npz` has, in the order of the samples, `name` (n,), of the files, `z` float32 (n, z_dim),
`first`, the index of the first, `checksum` uint32 (n,), the CRC-32 of each file, and, where there
are classes, `labels` int64 (n,), which `labels.csv` has too, as file,label. It is written last: a
folder with one is whole, unless something happened to it later.
"""

import io
import os
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image

from wgan_tf.files.reading import read_arrays
from wgan_tf.files.shards import Shard, write_npz
from wgan_tf.files.writing import remove_unfinished, written_whole

LABELS = "labels.csv"
# Of a JPEG: at 95 and full colour a generated image keeps nearly all that a metric sees. WebP is
# without loss, and of the same pixels the same file.
_OPTIONS = {
    "jpg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    "webp": {"format": "WEBP", "lossless": True},
}


def encoded(images: np.ndarray, form: str) -> list[bytes]:
    """The files of uint8 images (n, h, w, 1 or 3).

    Args:
        form: one of `shards.PICTURES`.
    """
    if form == "png":
        import tensorflow as tf

        # Three times as fast as Pillow.
        return list(tf.io.encode_png(images).numpy())
    files = []
    for image in images:
        file = io.BytesIO()
        pixels = image[..., 0] if image.shape[-1] == 1 else image
        Image.fromarray(pixels).save(file, **_OPTIONS[form])
        files.append(file.getvalue())
    return files


def write_pictures(shard: Shard, blocks: Iterable[tuple]) -> None:
    """Writes the files of a shard, each whole or not at all, then what is beside them.

    Args:
        shard: its path is their folder.
        blocks: (images uint8 (n, h, w, c), z (n, z_dim), names of n files without ending, labels
            int (n,) or None), in order.

    Raises:
        UserError: the folder or a file cannot be written.
    """
    files, checksums, latents, classes = [], [], [], []
    remove_unfinished(shard.path)
    # What it says of files that are about to be replaced would be no longer so. A folder that is
    # none is refused below.
    with suppress(OSError):
        shard.z_path.unlink()
    for images, z, names, labels in blocks:
        for name, content in zip(names, encoded(images, shard.form), strict=True):
            files.append(f"{name}.{shard.form}")
            checksums.append(zlib.crc32(content))
            with written_whole(shard.path / files[-1]) as unfinished:
                unfinished.write_bytes(content)
        latents.append(z)
        if labels is not None:
            classes.append(labels)
    arrays = {
        "name": np.array(files),
        "z": np.concatenate(latents),
        "first": np.array(shard.first, np.int64),
        "checksum": np.array(checksums, np.uint32),
    }
    if classes:
        arrays["labels"] = np.concatenate(classes)
        rows = zip(files, arrays["labels"], strict=True)
        text = "".join(f"{name},{label}\n" for name, label in rows)
        with written_whole(shard.path / LABELS) as unfinished:
            unfinished.write_text(f"file,label\n{text}", encoding="utf-8")
    with written_whole(shard.z_path) as unfinished:
        rows = {name: (array.shape, array.dtype, [array]) for name, array in arrays.items()}
        write_npz(unfinished, rows)


def are_whole(shard: Shard) -> bool:
    """Whether all files of a shard are there as they were written, by their checksums."""
    try:
        arrays = read_arrays(shard.z_path)
        files, checksums = arrays["name"], arrays["checksum"]
        if len(files) != shard.count or len(arrays["z"]) != shard.count:
            return False
        if "labels" in arrays and not (shard.path / LABELS).is_file():
            return False
        pairs = zip(files, checksums, strict=True)
        return all(_checksum(shard.path, name) == checksum for name, checksum in pairs)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def bytes_of(shard: Shard) -> int:
    """What the pictures of a shard take."""
    with os.scandir(shard.path) as entries:
        ending = f".{shard.form}"
        return sum(entry.stat().st_size for entry in entries if entry.name.endswith(ending))


def _checksum(folder: Path, name: str) -> int:
    # Whoever wrote the list may have named anything.
    if Path(name).name != name:
        raise ValueError(f"{name} is no plain name")
    return zlib.crc32((folder / name).read_bytes())
