"""Whether the images of a run are those that it began with, wherever they lie by now.

logs_dir/data.json   what the images in `--data_dir` were known by, see `data.identity`
"""

import os
from pathlib import Path

from wgan_tf.config import Config, reads
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.resolve import mode_of, place_of
from wgan_tf.data import check_source, is_in_data_dir
from wgan_tf.data.identity import are_there, difference, identity_of, is_identity
from wgan_tf.errors import UsageError
from wgan_tf.files.reading import read_json
from wgan_tf.files.writing import write_json

FILE = "data.json"


def follow(explicit: dict, stored: Config, notes: list) -> Config:
    """The stored configuration with the place to which its images have moved, where `--data_dir`
    names one that holds the same; a line in `notes` says so.

    A mode that does not train may be given other images, which a line says, too.

    Args:
        explicit: field name to value, what was given.
        stored: the configuration in the run's folder.
        notes: takes the line.

    Raises:
        UsageError: they are others, and the mode would train on them; or there is no such folder.
        UserError: there are no images.
    """
    mode, old, given = mode_of(explicit), stored.data.data_dir, explicit.get("data_dir")
    dataset = explicit.get("dataset", stored.data.dataset)
    if not given or old is None or not reads(mode, "data_dir"):
        return stored
    Config.from_flat({"data_dir": given})  # whatever it is, it is a path
    if dataset != stored.data.dataset or not is_in_data_dir(dataset):
        return stored
    new, logs_dir = place_of(given), stored.run.logs_dir
    if new == old:
        return stored
    check_source(dataset, new)
    known, found = _known(logs_dir, old), _look(new)
    if known is None or found is None:
        count = "" if found is None else f"{found['count']:,} "
        notes.append(
            f"data: what the run in {logs_dir} began with cannot be compared any more; the "
            f"{count}files in {new} are taken for those of {old}"
        )
        return stored.but(data_dir=new)
    other = difference(known, found)
    if other is None:
        notes.append(f"data: {new} holds the same {found['count']:,} files as {old}")
        return stored.but(data_dir=new)
    if COMMANDS[mode].learns:
        raise UsageError(
            f"--data_dir={new}: other images than the run in {logs_dir} was started with in {old} "
            f"({other}); leave the flag out or choose another --logs_dir"
        )
    notes.append(f"data: {new} holds other images than the run learnt from ({other})")
    return stored


def note_images(config: Config, source=None) -> str | None:
    """Writes `data.json` where the images lie in `--data_dir`.

    Where they are as they were, by the number of those that can be read and by a few of them,
    nothing is listed again.

    Args:
        config: of a run that begins or goes on.
        source: of its images, or None.

    Returns:
        A line where the run began with others, else None.

    Raises:
        UserError: the file cannot be written.
    """
    data, logs_dir = config.data, config.run.logs_dir
    if not is_in_data_dir(data.dataset) or data.data_dir is None:
        return None
    before, images = _stored(logs_dir), None if source is None else source.count
    if before and before["data_dir"] == data.data_dir and before.get("images") == images:
        if are_there(data.data_dir, before):
            return None
    found = _look(data.data_dir)
    if found is None:
        return None
    values = {"data_dir": data.data_dir, "images": images, **found}
    write_json(Path(logs_dir) / FILE, values)
    other = difference(before, found) if before else None
    return other and f"data: {data.data_dir} is not as the run began with it: {other}"


def learnt_others(folder: str | os.PathLike, config: Config) -> bool:
    """Whether what was trained in a folder, such as a judge, is known to have learnt other images
    than those in `--data_dir`.
    """
    data, known = config.data, _stored(folder)
    if known is None or not is_in_data_dir(data.dataset) or known["data_dir"] == data.data_dir:
        return False
    found = _look(data.data_dir)
    return found is not None and difference(known, found) is not None


def _known(logs_dir: str, old: str) -> dict | None:
    """What the images of a run are known by; of a run of an earlier version, which wrote nothing,
    those that still lie where it found them.
    """
    return _stored(logs_dir) or _look(old)


def _look(data_dir: str) -> dict | None:
    """Their identity, or None where there are none or they cannot be read."""
    try:
        found = identity_of(data_dir)
    except OSError:
        return None
    return found if found["count"] else None


def _stored(logs_dir: str | os.PathLike) -> dict | None:
    """What `data.json` says, or None where there is none or it is damaged."""
    try:
        values = read_json(Path(logs_dir) / FILE, 2**20)
    except (OSError, ValueError):
        return None
    good = is_identity(values) and isinstance(values.get("data_dir"), str)
    return values if good else None
