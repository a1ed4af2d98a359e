"""The command line: flags in, one mode run, errors of users on one line."""

import math
import shlex
import signal
import sys
import textwrap
import traceback

from absl import app, flags, logging

from wgan_tf import runs
from wgan_tf.config import Config, all_fields, field_type, guards, readers
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.resolve import default_logs_dir, resolve
from wgan_tf.data import check_source
from wgan_tf.errors import UsageError, UserError, printable
from wgan_tf.machine.cluster import settled
from wgan_tf.modes import MODES

FLAGS = flags.FLAGS
_ABOUT = """Trains a Wasserstein GAN and lets its critic fine-tune what it generates.

python main.py --mode=demo
python main.py --help"""


class _WholeNumber(flags.ArgumentParser):
    """Integers, also as 1e5, which the original's command lines use."""

    syntactic_help = "a whole number"

    def parse(self, argument):
        try:
            value = float(argument)
        except ValueError:
            value = 0.5
        if not math.isfinite(value) or value != int(value):
            raise ValueError("must be a whole number")
        return int(value)


_PARSERS = {
    int: (_WholeNumber, flags.ArgumentSerializer),
    float: (flags.FloatParser, flags.ArgumentSerializer),
    str: (flags.ArgumentParser, flags.ArgumentSerializer),
}


# Of what a mode needs, see `Command.needs`.
_CHECKS = {
    "data": lambda config: check_source(config.data.dataset, config.data.data_dir),
    "run": lambda config: runs.check_trained(config.run.logs_dir, config.evaluation.checkpoint),
    "images": runs.check_evaluation,
    "checkpoint": runs.check_import,
}


def define_flags() -> None:
    """One flag per field of the configuration; None stands for `not given`."""
    for _, field in all_fields():
        kind = field_type(field)
        if kind is bool:
            flags.DEFINE_bool(field.name, None, field.metadata["help"])
        else:
            parser, serializer = _PARSERS[kind]
            text = field.metadata["help"]
            flags.DEFINE(parser(), field.name, None, text, serializer=serializer())


def help_text() -> str:
    """The modes, then the flags by concern, each with its default and the modes that read it."""
    lines = [_ABOUT, "", "modes:"]
    lines += [f"  {name:23}{command.summary}" for name, command in COMMANDS.items()]
    group = None
    for concern, field in all_fields():
        if concern.name != group:
            group = concern.name
            lines += ["", f"{group}: {concern.type.__doc__.strip()}"]
        default = "" if field.default is None else f" (default: {field.default})"
        modes = readers(field.name)
        scope = "all modes" if len(modes) == len(MODES) else ", ".join(modes)
        text = f"{field.metadata['help']}{default} [{scope}]"
        lines += textwrap.wrap(
            text, 100, initial_indent=f"  --{field.name}: ", subsequent_indent="      "
        )
    lines += [
        "",
        "Defaults are those of the original; mnist5k, mnist and cifar10 have presets that train",
        "on a CPU in minutes, and config.json in the run's folder shows what was used.",
        "--verbosity=1 shows the traceback of an error.",
    ]
    return "\n".join(lines)


def parse(argv: list[str]) -> list[str]:
    """Parses the flags; answers `--help` and unknown flags itself, on one line each."""
    if {"--help", "-help", "-h", "--helpshort", "--helpfull"} & set(argv[1:]):
        print(help_text())
        sys.exit(0)
    try:
        rest = FLAGS(argv)[1:]
        if rest:
            raise UsageError(f"unexpected argument {rest[0]!r}; flags begin with --")
    except (flags.Error, UsageError, UnicodeError) as error:
        # A --flagfile may be of any bytes.
        _fail(" ".join(str(error).split()), 2)
    if FLAGS["verbosity"].using_default_value:
        # absl's own default lets every library's notes through.
        logging.set_verbosity(logging.WARNING)
    return argv


def configure() -> Config:
    """The configuration that the flags and the run folder mean, checked; nothing is written."""
    explicit = {
        field.name: FLAGS[field.name].value
        for _, field in all_fields()
        if FLAGS[field.name].value is not None
    }
    for name, value in explicit.items():
        if value == "":
            raise UsageError(f"--{name}=: give a value or leave the flag out")
    logs_dir = explicit.get("logs_dir") or default_logs_dir(explicit)
    notes = []
    config = resolve({**explicit, "logs_dir": logs_dir}, runs.read_config(logs_dir), notes)
    guards.check_writable(logs_dir)
    guards.check_links(logs_dir, MODES)
    needs = COMMANDS[config.run.mode].needs
    if needs:
        _CHECKS[needs](config)
    for note in notes:
        print(printable(note))
    return config


def main(argv) -> None:
    """Runs one mode; what a user can mend is answered on one line."""
    del argv
    # Names of files may be of bytes that are no text, and a terminal may lack their letters.
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        config = configure()
        machines = config.machines
        strategy = settled(machines.strategy, COMMANDS[config.run.mode].shared)
        from wgan_tf.machine import runtime

        # Training handles both signals itself; elsewhere SIGTERM ends as Ctrl-C does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        runtime.start(strategy, machines.deterministic)
        for picture in MODES[config.run.mode](config):
            print(f"picture: {picture}")
        # Of the pictures of a long training TensorBoard shows ten unless it is told otherwise.
        folder = shlex.quote(config.run.logs_dir)
        print(f"to see the run: tensorboard --logdir {folder} --samples_per_plugin=images=1000")
    except UserError as error:
        _fail(str(error), 2 if isinstance(error, UsageError) else 1)
    except KeyboardInterrupt:
        _fail("interrupted", 130)
    except Exception as error:
        name, text = type(error).__name__, " ".join(str(error).split())[:300]
        if name in ("MemoryError", "ResourceExhaustedError"):
            _fail("there is not enough memory: choose a smaller --batch_size or networks", 1)
        _fail(f"{name}: {text}; --verbosity=1 shows where", 1)


def _fail(message: str, status: int) -> None:
    if FLAGS.is_parsed() and logging.get_verbosity() >= 1 and sys.exc_info()[0]:
        traceback.print_exc()
    print(f"error: {printable(message)}", file=sys.stderr)
    sys.exit(status)


def start() -> None:
    """Runs the program on the arguments of the process, and ends it."""
    define_flags()
    app.run(main, flags_parser=parse)
