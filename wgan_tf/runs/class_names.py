"""What the classes of a run are called, stored in its folder: `classes.json`.

Classes are numbered by their names' order, so a new folder among them would give all behind it
another number: a training does not go on then.
"""

from pathlib import Path

from wgan_tf.config import Config
from wgan_tf.errors import UserError
from wgan_tf.files.reading import read_json
from wgan_tf.files.writing import write_json

FILE = "classes.json"


def check_class_names(config: Config, source) -> None:
    """Refuses images whose classes are not those that the run was trained on.

    Args:
        config: of the run.
        source: of labelled images.

    Raises:
        UserError: naming the first class that differs.
    """
    stored = stored_class_names(config.run.logs_dir)
    names = source.class_names
    if stored is None or names is None or stored == list(names):
        return
    differing = sorted(set(stored) ^ set(names)) or ["their order"]
    raise UserError(
        f"{config.run.logs_dir} was trained on {len(stored)} classes, {source.description} has "
        f"{len(names)}: {differing[0]} differs; restore them, or choose another --logs_dir"
    )


def write_class_names(config: Config, source) -> None:
    """Stores the names of a source's classes, where it has any.

    Raises:
        UserError: the file cannot be written.
    """
    names, path = source.class_names, Path(config.run.logs_dir) / FILE
    if names is not None and stored_class_names(config.run.logs_dir) != list(names):
        write_json(path, {"class_names": list(names)})


def stored_class_names(logs_dir: str) -> list[str] | None:
    """Names of the classes 0, 1, ... of a run; None where none are stored."""
    try:
        names = read_json(Path(logs_dir) / FILE)["class_names"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    good = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if good else None
