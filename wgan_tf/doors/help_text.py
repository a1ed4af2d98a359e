"""What `--help` prints: all modes, one mode, or everything; nothing here waits for TensorFlow."""

import textwrap
from collections.abc import Iterator

from wgan_tf.config import all_fields, readers
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.field import flag_of
from wgan_tf.config.resolve import resolve
from wgan_tf.doors.manual import MANUAL, TASKS

_WIDTH = 100
_TITLE = "Trains a Wasserstein GAN and lets its critic, or a ratio, fine-tune what it draws."
_MOST_USED = (
    "mode", "logs_dir", "dataset", "data_dir", "image_size", "model", "iterations", "batch_size",
    "seed", "guide",
)  # fmt: skip
_AT_THE_END = (
    "What is not given is by --preset=small, which trains on a CPU in minutes to hours and goes by "
    "the size and channels of the images; --preset=full is the original's. config.json in the "
    "run's folder shows what was used. --verbosity=1 shows the traceback of an error."
)


def overview() -> str:
    """The modes by task, how to get help for one, and the ten most used flags."""
    lines = [_TITLE, "", "  python main.py --mode=demo         all of it on digits, in minutes"]
    for task, title in TASKS.items():
        lines += ["", f"{title}:"]
        pages = (name for name, page in MANUAL.items() if page.task == task)
        lines += [f"  {name:23}{COMMANDS[name].summary}" for name in pages]
    lines += ["", "flags that are used most:"]
    texts = {field.name: field.metadata["help"] for _, field in all_fields()}
    for name in _MOST_USED:
        lines += _wrapped(f"--{name}: {_short(texts[name])}")
    return "\n".join(
        [
            *lines,
            "",
            "python main.py --mode=train --help shows the flags of a mode with their defaults,",
            "python main.py --helpfull all flags with the modes that read each.",
        ]
    )


def page(explicit: dict) -> str:
    """A mode's page: what it does, an example, and the flags that it reads, with the defaults that
    the flags beside `--help` leave.

    Args:
        explicit: field name to value; `mode` among them.

    Raises:
        UsageError: one of them cannot be.
    """
    config = resolve(explicit)
    mode, values = config.run.mode, config.flat()
    there = MANUAL[mode]
    read = {field.name: field for _, field in all_fields() if mode in readers(field.name)}
    first = [name for name in there.first.split() if name in read]
    later = [name for name in read if name not in first and name != "mode"]
    run_is_there = COMMANDS[mode].needs == "run"
    of_run = [name for name in later if read[name].metadata["scope"] == "fixed" and run_is_there]
    later = [name for name in later if name not in of_run]
    lines = [f"python main.py --mode={mode}", "", *_wrapped(there.about, "  ")]
    lines += ["", "for example", f"  python main.py --mode={mode} {there.example}".rstrip()]
    where = f"{config.data.dataset}, {config.network.model}" if "dataset" in read else ""
    lines += ["", f"flags, the most used first, with their defaults{where and f' ({where})'}:"]
    for name in first:
        text = f"{_with_value(read[name], values[name])}  {_short(read[name].metadata['help'])}"
        lines += _wrapped(text)
    if later:
        shown = " ".join(_with_value(read[name], values[name]) for name in later)
        lines += ["", "further flags, which --helpfull explains:", *_wrapped(shown)]
    if of_run:
        lines += ["", "stored with the run:", *_wrapped(" ".join(f"--{name}" for name in of_run))]
    return "\n".join(lines)


def everything() -> str:
    """All modes, then all flags by concern, each with its default and the modes that read it."""
    return "\n".join([_TITLE, "", "modes:", *_all_modes(), *_all_flags(), "", *_ending()])


def _all_modes() -> Iterator[str]:
    for name, command in COMMANDS.items():
        yield f"  {name:23}{command.summary}"


def _all_flags() -> Iterator[str]:
    group = None
    for concern, field in all_fields():
        if concern.name != group:
            group = concern.name
            yield from ("", f"{group}: {concern.type.__doc__.strip()}")
        default = "" if field.default is None else f" (default: {field.default})"
        modes = readers(field.name)
        scope = "all modes" if len(modes) == len(COMMANDS) else ", ".join(modes)
        yield from _wrapped(f"--{flag_of(field)}: {field.metadata['help']}{default} [{scope}]")


def _ending() -> list[str]:
    return textwrap.wrap(_AT_THE_END, _WIDTH)


def _wrapped(text: str, further: str = "      ") -> list[str]:
    """Lines of a text, those after the first indented by `further`."""
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent="  ",
        subsequent_indent=further,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _short(text: str) -> str:
    """A help text without its default, which stands before it."""
    return text.partition(" (default:")[0]


def _with_value(field, value) -> str:
    name = flag_of(field)
    if value is None:
        return f"--{name}"
    if isinstance(value, bool):
        return f"--{name}={str(value).lower()}"
    if isinstance(value, float):
        return f"--{name}={value:g}"
    return f"--{name}={value}"
