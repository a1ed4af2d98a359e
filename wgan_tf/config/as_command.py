"""The command line that a configuration comes from."""

import shlex

from wgan_tf.config import Config, reads
from wgan_tf.config.resolve import resolve
from wgan_tf.errors import UsageError

# What decides which defaults the others have.
_DECIDING = (
    "mode", "preset", "dataset", "data_dir", "model", "network", "loss", "alternate", "optimizer"
)


def flags_of(config: Config) -> dict:
    """The fewest values that `resolve` makes the configuration of, name to value in the order of
    the fields; what its mode does not read is left out.
    """
    wanted = config.flat()
    flags = _different(wanted, Config().flat(), _DECIDING)
    try:
        # What differs may be a deciding value, after which others do.
        for _ in range(2):
            flags |= _different(wanted, resolve(flags).flat(), wanted)
        # A deciding value may be the default of another.
        whole = resolve(flags)
        for name in _DECIDING:
            fewer = {other: value for other, value in flags.items() if other != name}
            if name in flags and _resolved(fewer) == whole:
                flags = fewer
    except UsageError:
        # Values of a run that no single command makes, such as of an imported one.
        flags = _different(wanted, Config().flat(), wanted)
    return {name: flags[name] for name in wanted if name in flags}


def command_of(config: Config, program: str = "python main.py") -> str:
    """The command on one line, for a shell."""
    flags = flags_of(config)
    mode = config.run.mode
    flags = {"mode": mode, **flags}
    return " ".join([program, *(shlex.quote(_spelt(*flag)) for flag in flags.items())])


def _different(wanted: dict, base: dict, names) -> dict:
    """Of these names, the values that differ, that a flag can give and the mode reads."""
    return {
        name: wanted[name]
        for name in names
        if wanted[name] not in (None, base[name]) and reads(wanted["mode"], name)
    }


def _resolved(flags: dict) -> Config | None:
    try:
        return resolve(flags)
    except UsageError:
        return None


def _spelt(name: str, value) -> str:
    if value is True:
        return f"--{name}"
    return f"--{name}={str(value).lower() if value is False else value}"
