"""The command line: flags in, one mode run, errors of users on one line."""

import math
import shlex
import signal
import sys
import traceback
from pathlib import Path

from absl import app, flags, logging

from wgan_tf.config import Config, all_fields, field_type
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.field import flag_of
from wgan_tf.doors import help_text, terminal
from wgan_tf.doors.checked import checked_config
from wgan_tf.errors import UsageError, UserError, printable
from wgan_tf.machine.cluster import settled
from wgan_tf.modes import MODES

FLAGS = flags.FLAGS
_HELP = {"--help", "-help", "-h", "--helpshort", "-helpshort"}
# What `pip install` calls the program.
_INSTALLED = "wgan-tf"
_FULL_HELP = {"--helpfull", "-helpfull"}


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
        if flag_of(field) != field.name:
            flags.DEFINE_alias(flag_of(field), field.name)


def parse(argv: list[str]) -> list[str]:
    """Parses the flags; answers `--help` and unknown flags itself, on one line each."""
    if _FULL_HELP & set(argv[1:]):
        _print_help(help_text.everything())
    asked = _HELP & set(argv[1:])
    try:
        rest = FLAGS([_named(word) for word in argv if word not in asked])[1:]
        if rest:
            raise UsageError(f"unexpected argument {rest[0]!r}; flags begin with --")
        if asked:
            explicit = _explicit()
            _print_help(help_text.page(explicit) if "mode" in explicit else help_text.overview())
    except (flags.Error, UsageError, UnicodeError) as error:
        # A --flagfile may be of any bytes.
        _fail(" ".join(str(error).split()), 2)
    if FLAGS["verbosity"].using_default_value:
        # absl's own default lets every library's notes through.
        logging.set_verbosity(logging.WARNING)
    return argv


def _named(word: str) -> str:
    """An argument in which a flag's name has the hyphens that people may type, `--data-dir`."""
    name, equals, value = word.partition("=")
    known = name.lstrip("-").replace("-", "_")
    return f"--{known}{equals}{value}" if name[:1] == "-" and known in FLAGS else word


def _print_help(text: str) -> None:
    if Path(sys.argv[0]).name == _INSTALLED:
        text = text.replace("python main.py", _INSTALLED)
    print(text)
    sys.exit(0)


def _explicit() -> dict:
    """What was given, by names of fields."""
    given = {field.name: FLAGS[field.name].value for _, field in all_fields()}
    return {name: value for name, value in given.items() if value is not None}


def configure() -> Config:
    """The configuration that the flags and the run folder mean, checked; nothing is written."""
    explicit = _explicit()
    notes = []
    config = checked_config(explicit, notes)
    for note in notes:
        print(printable(note))
    return config


def main(argv) -> None:
    """Runs one mode; what a user can mend is answered on one line."""
    del argv
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
        folder = config.run.logs_dir
        folder = shlex.quote(f"./{folder}" if folder.startswith("-") else folder)
        print(f"to see the run: tensorboard --logdir {folder} --samples_per_plugin=images=1000")
    except UserError as error:
        _fail(str(error), 2 if isinstance(error, UsageError) else 1)
    except KeyboardInterrupt:
        _interrupted()
    except Exception as error:
        name, text = type(error).__name__, " ".join(str(error).split())[:300]
        if "KeyboardInterrupt" in text:  # TensorFlow makes errors of its own of what it calls
            _interrupted()
        if name in ("MemoryError", "ResourceExhaustedError"):
            _fail("there is not enough memory: choose a smaller --batch_size or networks", 1)
        _fail(f"{name}: {text}; --verbosity=1 shows where", 1)


def _interrupted() -> None:
    # Whoever cannot wait for the end of the process ends it by another Ctrl-C, without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.stderr.isatty():  # which shows ^C
        print(file=sys.stderr)
    _fail("interrupted", 130)


def _fail(message: str, status: int) -> None:
    terminal.end_bars()
    if FLAGS.is_parsed() and logging.get_verbosity() >= 1 and sys.exc_info()[0]:
        traceback.print_exc()
    print(f"error: {printable(message)}", file=sys.stderr)
    sys.exit(status)


def start() -> None:
    """Runs the program on the arguments of the process, and ends it."""
    terminal.prepare()
    define_flags()
    app.run(main, flags_parser=parse)
