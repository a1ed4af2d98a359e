"""A run's folder: what lies in it, and what is refused before work begins there.

logs_dir/config.json            the configuration, written before any work
         checkpoints/           see `checkpoints`
         generator.keras, critic.keras, or classifier.keras
         images/                pictures
         losses.csv             the scalars of training, a row now and then
         README.md              the card of the run, see `model_card`
         MODE/                  TensorBoard events, one sub-folder per mode
         MODE.json, MODE.npz    the figures and arrays of a mode
         .lock                  held by the process that trains here, see `locking`
"""

import os
from collections.abc import Sequence
from pathlib import Path

from wgan_tf.config import Config
from wgan_tf.data import check_source
from wgan_tf.errors import UsageError, UserError
from wgan_tf.files.reading import read_json
from wgan_tf.files.writing import write_json
from wgan_tf.runs.checkpoints import BEST, list_checkpoints
from wgan_tf.runs.history import NAME as HISTORY
from wgan_tf.runs.history import Change

LOSSES = "losses.csv"
_MOST_CONFIGURATION = 2**20  # bytes; one of ours has four thousand


def read_config(logs_dir: str | os.PathLike) -> Config | None:
    """The configuration stored in a run folder, its `logs_dir` set to where it now lies.

    Returns:
        None if the folder holds no run.

    Raises:
        UsageError: `config.json` is damaged, or a field in it is unknown or of a wrong type.
    """
    path = Path(logs_dir) / "config.json"
    try:
        values = read_json(path, _MOST_CONFIGURATION)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}; choose another --logs_dir") from error
    if not isinstance(values, dict):
        raise UsageError(f"{path} is not a configuration; choose another --logs_dir")
    try:
        values.pop(HISTORY, None)  # see `history`
        return Config.from_flat({**values, "logs_dir": os.fspath(logs_dir)})
    except (UsageError, RecursionError) as error:
        raise UsageError(f"{path}: {error}") from error


def write_config(config: Config, changes: Sequence[Change] = ()) -> None:
    """Creates the run folder and stores the configuration there.

    Args:
        config: that holds from now on.
        changes: what was other before, in order.

    Raises:
        UserError: the folder cannot be written.
    """
    history = {HISTORY: [change._asdict() for change in changes]} if changes else {}
    write_json(Path(config.run.logs_dir) / "config.json", {**config.flat(), **history})


def checkpoint_dir(logs_dir: str | os.PathLike) -> Path:
    """Where a run keeps its checkpoints."""
    return Path(logs_dir) / "checkpoints"


def newest(logs_dir: str | os.PathLike) -> Path | None:
    """The newest checkpoint of a run, or None where there is no run or it has none."""
    if not os.path.exists(Path(logs_dir) / "config.json"):  # no error where a name is too long
        return None
    return next(reversed(list_checkpoints(checkpoint_dir(logs_dir))), None)


def check_import(config: Config) -> None:
    """Refuses an import that names no checkpoint or would overwrite a run.

    Raises:
        UsageError: it does.
    """
    if not config.tf1.tf1_checkpoint:
        raise UsageError("--mode=import_tf1 needs --tf1_checkpoint=FOLDER_OR_PREFIX")
    if (Path(config.run.logs_dir) / "config.json").exists():
        raise UsageError(f"{config.run.logs_dir} holds a run; choose a new --logs_dir")


def check_evaluation(config: Config) -> None:
    """Refuses an evaluation whose images are missing.

    Raises:
        UsageError: a path that does not exist, or a data set that cannot be.
        UserError: images are to be generated and nothing is trained.
    """
    evaluation, data = config.evaluation, config.data
    for name in ("generated", "before", "real"):
        path = getattr(evaluation, name)
        if path is not None and not os.path.exists(path):
            raise UsageError(f"--{name}={path}: there is no such folder or file")
    if evaluation.generated is None:
        check_trained(config.run.logs_dir, evaluation.checkpoint)
    if evaluation.real is None:
        check_source(data.dataset, data.data_dir)


def check_trained(logs_dir: str | os.PathLike, checkpoint: str = "newest") -> None:
    """Refuses a folder without a trained run.

    Args:
        logs_dir: the folder.
        checkpoint: "newest" or "best", what will be asked for.

    Raises:
        UserError: there is no configuration or no such checkpoint.
    """
    folder = Path(logs_dir)
    if not (folder / "config.json").exists() or not list_checkpoints(checkpoint_dir(folder)):
        raise UserError(
            f"there is no checkpoint in {folder}; train first (--mode=train) or name the run "
            f"with --logs_dir"
        )
    if checkpoint == "best" and not (checkpoint_dir(folder) / BEST).exists():
        raise UserError(
            f"there is no best checkpoint in {folder}: train with --evaluate_every, or leave out "
            "--checkpoint=best"
        )
