"""The z's that a command starts from: drawn by its seed, one of each of several, or of a file."""

import dataclasses
import os
from pathlib import Path

import numpy as np

from wgan_tf.config.field import MOST_IMAGES, ranges
from wgan_tf.errors import UsageError
from wgan_tf.files.reading import read_array, read_arrays
from wgan_tf.refine.latents import ends_of

# The array of an `.npz` that is taken.
NAME = "z"
# Rounding must not count as leaving the prior.
_MARGIN = 1e-5
# Where a prior has no end; none that is drawn, or moved from there, is as far.
_FARTHEST = 1000.0


@dataclasses.dataclass(frozen=True)
class Latents:
    """The z's that a command starts from.

    Attributes:
        z: float32 (n, z_dim).
        names: of each, as "seed0-000017", or "z-000003" of row 3 of a file.
        columns: classes or categories that they ask for in turn; None: they do not.
    """

    z: np.ndarray
    names: list[str]
    columns: int | None = None


def open_latents(config, model, count: int | None = None, seed: int | None = None) -> Latents:
    """What `--z`, `--seeds` and `--class` say, or a batch by `--seed`.

    Args:
        config: of the command.
        model: a trained game.
        count: how many by `--seed`; None: `--batch_size`.
        seed: instead of `--seed`.

    Raises:
        UsageError: `--z` names no file of such z's, see `read_latents`.
    """
    chosen = named_latents(config, model)
    if chosen is not None:
        return chosen
    count, seed = count or config.data.batch_size, config.run.seed if seed is None else seed
    z = of_class(model, model.sample_z(count, seed).numpy(), config.starting.only_class)
    in_turn = model.one_hot if config.starting.only_class is None else None
    return Latents(z, [name_of_sample(seed, number) for number in range(count)], in_turn or None)


def named_latents(config, model) -> Latents | None:
    """What `--z` or `--seeds` names, of `--class`; None where neither is given.

    Raises:
        UsageError: see `read_latents`.
    """
    starting = config.starting
    if starting.z is not None:
        z, rows = read_latents(starting.z, model)
        names = [f"z-{row:06d}" for row in rows]
    elif starting.seeds is not None:
        seeds = ranges(starting.seeds)
        z = np.concatenate([model.sample_z(1, seed).numpy() for seed in seeds])
        names = [name_of_sample(seed, 0) for seed in seeds]
    else:
        return None
    return Latents(of_class(model, z, starting.only_class), names)


def of_class(model, z: np.ndarray, only_class: int | None) -> np.ndarray:
    """The latents (n, z_dim) asked for one class or category; as they are where it is None."""
    if only_class is None:
        return z
    return np.asarray(model.condition(z, np.full(len(z), only_class)))


def name_of_sample(seed: int, number: int) -> str:
    """What a sample of a seed is called."""
    return f"seed{seed}-{number:06d}"


def read_latents(text: str, model) -> tuple[np.ndarray, tuple[int, ...]]:
    """The z's of a file.

    Args:
        text: FILE or FILE:INDEX. FILE is an `.npz` with an array `z`, or an `.npy`; (n, z_dim), or
            (z_dim,) for a single one. INDEX is as `config.field.ranges` has it.
        model: the game whose z's they must be.

    Returns:
        float32 (n, z_dim), and the numbers of their rows in the file.

    Raises:
        UsageError: there is no such file or row, it is damaged, or they are no z's of the model.
    """
    path, index = _split(text)
    z = _read(text, path)
    if z.ndim == 1:
        z = z[None]
    if z.ndim != 2 or z.shape[1] != model.z_dim or not len(z):
        raise UsageError(
            f"--z={text}: an array {z.shape}, where the run needs (any number, {model.z_dim}): "
            "choose a file of the same run"
        )
    rows = tuple(range(len(z))) if index is None else _rows(text, index, len(z))
    if len(rows) > MOST_IMAGES:
        raise UsageError(f"--z={text}: {len(rows):,} z's, at most {MOST_IMAGES:,} can be")
    z = z[list(rows)]
    problem = _problem(z, model)
    if problem:
        raise UsageError(f"--z={text}: {problem}: choose a file of the same run")
    return z.astype(np.float32), rows


def _split(text: str) -> tuple[Path, str | None]:
    """File and index; a name may have a colon of its own."""
    whole, colon, index = text.rpartition(":")
    if not colon or os.path.exists(text):
        return Path(text), None
    return Path(whole), index


def _read(text: str, path: Path) -> np.ndarray:
    if not os.path.exists(path):  # as Path.exists, but no error where a name is too long
        raise UsageError(f"--z={text}: there is no such file; give FILE or FILE:INDEX")
    try:
        if path.suffix.lower() == ".npy":
            z = read_array(path)
        else:
            arrays = read_arrays(path, (NAME,))
            if NAME not in arrays:
                raise ValueError(f"it has no array {NAME!r}")
            z = arrays[NAME]
    except ValueError as error:
        raise UsageError(
            f"--z={text}: {error}; give an .npz that a mode has written, or an .npy of numbers"
        ) from error
    if z.dtype.kind not in "iuf":
        raise UsageError(f"--z={text}: its z's are {z.dtype}, no real numbers")
    return z


def _rows(text: str, index: str, count: int) -> tuple[int, ...]:
    try:
        rows = ranges(index)
    except ValueError as error:
        raise UsageError(f"--z={text}: the index {error}") from error
    if max(rows) >= count:
        raise UsageError(f"--z={text}: the file has {count} z's, 0 to {count - 1}")
    if len(set(rows)) < len(rows):
        raise UsageError(f"--z={text}: the index must be different numbers")
    return rows


def _problem(z: np.ndarray, model) -> str | None:
    """Why latents (n, z_dim) are none of a model's, or None."""
    if not np.isfinite(z).all():
        return "some values are no numbers"
    first, far = z[:, : model.one_hot], np.minimum(ends_of(model), _FARTHEST)
    beyond = (np.abs(z) > far * (1 + _MARGIN)).any(0)
    if beyond.any():
        place = int(beyond.argmax())
        return f"value {place} of z is at most {far[place]:g} far from 0 in this run, not so there"
    if model.one_hot and not ((np.isin(first, (0, 1))).all() and (first.sum(1) == 1).all()):
        kind = "class" if model.classes else "category"
        return f"the first {model.one_hot} values are not one {kind}: a 1 and else 0"
    return None
