"""The files of TensorBoard's embedding projector: points, what is known of them, thumbnails."""

import math
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from google.protobuf import text_format
from PIL import Image
from tensorboard.plugins.projector import metadata as projector_metadata
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from wgan_tf.data.scaling import to_float
from wgan_tf.files.writing import written_whole
from wgan_tf.visualize.grid import grid, save_png, to_pillow

# A sprite larger than this is refused by TensorBoard's page (a limit of WebGL textures).
MAX_SPRITE = 8192


def write_projector(
    folder: str | os.PathLike,
    name: str,
    points: np.ndarray,
    metadata: Mapping[str, Sequence],
    thumbnails: np.ndarray,
) -> Path:
    """Adds one set of points to the projector of a TensorBoard run.

    Writes `<name>_vectors.tsv`, `<name>_metadata.tsv` and `<name>_sprite.png` and enters them in
    `projector_config.pbtxt`; sets of other names in the same folder stay. All paths there are
    relative, so the folder can be moved. TensorBoard looks for that file in its `--logdir` and
    in sub-folders that hold event files.

    Args:
        folder: the run's folder, created where missing.
        name: of this set, from letters, digits, "-", "_" and ".".
        points: (m, d) floats.
        metadata: column name to m values, at least one column.
        thumbnails: float (m, h, h, c) in [-1, 1], c 1 or 3; shrunk where the sprite would be
            larger than 8192 pixels.

    Returns:
        The path of `projector_config.pbtxt`.

    Raises:
        ValueError: a name that is no file name, thumbnails that are not square, or lengths
            that differ.
        UserError: a file cannot be written.
    """
    folder, points = Path(folder), np.asarray(points)
    _check(name, points, metadata, thumbnails)
    with written_whole(folder / f"{name}_vectors.tsv") as unfinished:
        np.savetxt(unfinished, points, fmt="%.6g", delimiter="\t")
    with written_whole(folder / f"{name}_metadata.tsv") as unfinished:
        unfinished.write_text(_metadata_text(metadata), encoding="utf-8")
    thumbnails = _fitting(np.asarray(thumbnails))
    side = math.ceil(math.sqrt(len(thumbnails)))
    save_png(folder / f"{name}_sprite.png", grid(thumbnails, side, side, padding=0))
    # Last, so that the config never names a file that is not there.
    return _enter(folder, name, points.shape, thumbnails.shape[1:3])


def _check(name: str, points: np.ndarray, metadata: Mapping, thumbnails) -> None:
    if not re.fullmatch(r"[\w.-]+", name, re.ASCII):
        raise ValueError(f"{name!r} is no name for files: use letters, digits, '-', '_', '.'")
    if points.ndim != 2 or len(points) == 0:
        raise ValueError(f"points must be (m >= 1, d), not {points.shape}")
    shape = np.shape(thumbnails)
    if len(shape) != 4 or shape[1] != shape[2]:
        raise ValueError(f"thumbnails must be square (m, h, h, c), not {shape}")
    if not metadata:
        raise ValueError("metadata needs at least one column")
    for what, values in {"thumbnails": thumbnails, **metadata}.items():
        if len(values) != len(points):
            raise ValueError(f"{len(values)} {what} for {len(points)} points")


def _metadata_text(metadata: Mapping[str, Sequence]) -> str:
    rows = [list(metadata), *zip(*metadata.values(), strict=True)]
    # TensorBoard takes a first line for a heading only where there are two columns or more.
    if len(metadata) == 1:
        rows = rows[1:]
    return "".join("\t".join(_cell(value) for value in row) + "\n" for row in rows)


def _cell(value) -> str:
    return " ".join(str(value).split()) or "-"


def _fitting(thumbnails: np.ndarray) -> np.ndarray:
    count, height = thumbnails.shape[:2]
    side = min(height, MAX_SPRITE // math.ceil(math.sqrt(count)))
    if side == height:
        return thumbnails
    shrunk = np.empty((count, side, side, thumbnails.shape[-1]), np.float32)
    for index, image in enumerate(thumbnails):
        small = to_pillow(grid(image[None])).resize((side, side), Image.Resampling.BOX)
        shrunk[index] = to_float(np.asarray(small).reshape(side, side, -1))
    return shrunk


def _enter(folder: Path, name: str, shape: tuple, thumbnail: tuple) -> Path:
    path = folder / projector_metadata.PROJECTOR_FILENAME
    config = ProjectorConfig()
    if path.exists():
        text_format.Parse(path.read_text(encoding="utf-8"), config)
    others = [entry for entry in config.embeddings if entry.tensor_name != name]
    del config.embeddings[:]
    config.embeddings.extend(others)
    entry = config.embeddings.add(
        tensor_name=name,
        tensor_path=f"{name}_vectors.tsv",
        metadata_path=f"{name}_metadata.tsv",
        tensor_shape=shape,
    )
    entry.sprite.image_path = f"{name}_sprite.png"
    entry.sprite.single_image_dim.extend(thumbnail)
    with written_whole(path) as unfinished:
        unfinished.write_text(text_format.MessageToString(config), encoding="utf-8")
    return path
