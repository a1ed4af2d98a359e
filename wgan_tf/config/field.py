"""What every field of the configuration is made of: help text, scope, who reads it, and its check.

A check takes a value and returns what is wrong with it, or None.
"""

import dataclasses

from wgan_tf.errors import nearest

# Far beyond anything that a machine could do, and small enough for all that is computed of them.
MOST_ITERATIONS, MOST_IMAGES = 10_000_000, 1_000_000
MOST_WIDTH, MOST_LAYERS = 65_536, 7


def positive(value) -> str | None:
    """Above zero."""
    return None if value > 0 else "must be positive"


def not_negative(value) -> str | None:
    """Zero or more."""
    return None if value >= 0 else "must not be negative"


def fraction(value) -> str | None:
    """In [0, 1)."""
    return None if 0 <= value < 1 else "must be at least 0 and below 1"


def between(least: int, most: int):
    """The check that a number is in a range, ends included."""

    def check(value):
        return None if least <= value <= most else f"must be {least} to {most}"

    return check


def one_of(*allowed):
    """The check that a value is one of these."""

    def check(value):
        if value in allowed:
            return None
        return f"must be one of {', '.join(map(str, allowed))}{nearest(value, allowed)}"

    return check


def some_of(*allowed):
    """The check that a value is some of these with commas between, each once."""

    def check(value):
        names = value.split(",")
        wrong = next((name for name in names if name not in allowed), None)
        if wrong is not None:
            return f"must be of {', '.join(allowed)}{nearest(wrong, allowed)}"
        return None if len(set(names)) == len(names) else "must be different names"

    return check


def layer_count(value) -> str | None:
    """What a network of these widths can have."""
    return one_to(MOST_LAYERS)(value)


def numbers(text: str) -> tuple[int, ...]:
    """The numbers in a text with commas between."""
    return tuple(int(part) for part in text.split(","))


def whole_numbers(text: str, least: int = 0, most: int = MOST_ITERATIONS) -> bool:
    """Whether a text is whole numbers in a range with commas between."""
    parts = text.split(",")
    # Python refuses to read numbers of thousands of digits.
    if not all(part.isdecimal() and len(part) <= 9 for part in parts):
        return False
    return all(least <= number <= most for number in numbers(text))


def widths(value) -> str | None:
    """Positive numbers with commas between, as many as a network has layers."""
    good = whole_numbers(value, 1, MOST_WIDTH) and value.count(",") < MOST_LAYERS
    return None if good else f"must be 1 to {MOST_WIDTH} each, with commas between"


def one_to(most: int):
    """The check that a number is 1 to `most`."""
    return between(1, most)


def frame(value) -> str | None:
    """A crop and a size in pixels, or a size."""
    good = whole_numbers(value, 0, MOST_WIDTH) and value.count(",") < 2
    return None if good else "must be crop,size in pixels, as 108,64, or one number"


def rising(value) -> str | None:
    """Positive, rising numbers with commas between."""
    return _rising(value, 1)


def different(value) -> str | None:
    """Different whole numbers from 0 on with commas between, in any order."""
    if not whole_numbers(value):
        return "must be whole numbers with commas between"
    listed = numbers(value)
    return None if len(set(listed)) == len(listed) else "must be different numbers"


def ranges(text: str, most: int = MOST_IMAGES) -> tuple[int, ...]:
    """The numbers in a text of numbers and ranges with commas between, as 3,17,100-120.

    Raises:
        ValueError: it is none, or they are more than `most`; saying what is wanted.
    """
    pairs, total = [], 0
    for part in text.split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        # Python refuses to read numbers of thousands of digits.
        if not all(end.isdecimal() and len(end) <= 9 for end in (first, last)):
            raise ValueError("must be numbers and ranges with commas between, as 3,17,100-120")
        pairs.append((int(first), int(last)))
        if pairs[-1][1] < pairs[-1][0]:
            raise ValueError(f"the range {part} must rise")
        total += pairs[-1][1] - pairs[-1][0] + 1
    if total > most:
        raise ValueError(f"must be at most {most:,} numbers, not {total:,}")
    return tuple(number for first, last in pairs for number in range(first, last + 1))


def different_ranges(value) -> str | None:
    """Different whole numbers and ranges of them, see `ranges`."""
    try:
        numbers_of = ranges(value)
    except ValueError as error:
        return str(error)
    return None if len(set(numbers_of)) == len(numbers_of) else "must be different numbers"


def epochs_of_both(value) -> str | None:
    """As `epochs:1,2`, both positive."""
    unit, _, listed = value.partition(":")
    good = unit == "epochs" and listed.count(",") == 1 and whole_numbers(listed, 1)
    return None if good else "must be epochs:D,G, as epochs:1,1"


def rising_from_zero(value) -> str | None:
    """Rising whole numbers from 0 on with commas between."""
    return _rising(value, 0)


def spent(value) -> str | None:
    """Rising budgets with commas between, of which the least is a step."""
    return _rising(value, 2)


def _rising(value, least: int) -> str | None:
    if not whole_numbers(value, least):
        return f"must be {least} to {MOST_ITERATIONS} each, with commas between"
    listed = list(numbers(value))
    return None if listed == sorted(set(listed)) else "must rise"


def measurable(value) -> str | None:
    """Images of which metrics still say something."""
    return between(100, MOST_IMAGES)(value)


def resampled(value) -> str | None:
    """Images that can be resampled."""
    return between(10, MOST_IMAGES)(value)


def plain_name(value) -> str | None:
    """The name of a data set, of which folders and files are named."""
    good = value[0] not in "./" and ".." not in value
    return None if good else "must be a name, not a path"


def field(default, text: str, scope: str, reads: str, check=None, flag: str | None = None):
    """A dataclass field.

    Args:
        default: where nothing else says what it is.
        text: for `--help`.
        scope: "fixed", "training", "later" or "free", see `config`.
        reads: the modes that read it and the kinds of modes, see `commands`, with spaces between.
        check: of a value, as above.
        flag: what its flag is called where its own name cannot be Python's.
    """
    return dataclasses.field(
        default=default,
        metadata={
            "help": text,
            "scope": scope,
            "reads": set(reads.split()),
            "check": check,
            "flag": flag,
        },
    )


def flag_of(of: dataclasses.Field) -> str:
    """What the flag of a field is called."""
    return of.metadata["flag"] or of.name
