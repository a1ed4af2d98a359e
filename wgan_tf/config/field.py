"""What every field of the configuration is made of: help text, scope, modes that read it, check.

A check takes a value and returns what is wrong with it, or None.
"""

import dataclasses

FITTING = ("train", "demo")  # what trains until --iterations
TRAIN = (*FITTING, "study", "matched_study")
ITERATORS = ("image_iterator", "z_iterator")
GENERATING = ("generate",)
LATENT = ("traverse", "manifold", "latent_map", "project")  # into z
PICTURES = ("visualize", *ITERATORS, "z_iterator_tsne", *LATENT)
CLASSIFYING = ("train_classifier", "train_judge")
LEARNING = (*TRAIN, *CLASSIFYING)
MAXIMISING = ("max_class", "max_features", "compare_discriminators")
PERTURBING = ("perturb_real", "compare_discriminators")
LOOKS = ("perturb_real", *MAXIMISING)  # into a discriminator
ALL = (*LEARNING, *PICTURES, *GENERATING, *LOOKS, "evaluate", "benchmark", "import_tf1")
DATA_READERS = (
    *LEARNING,
    *ITERATORS,
    *LOOKS,
    "z_iterator_tsne",
    "latent_map",
    "project",
    "evaluate",
    "benchmark",
)


def positive(value) -> str | None:
    """Above zero."""
    return None if value > 0 else "must be positive"


def not_negative(value) -> str | None:
    """Zero or more."""
    return None if value >= 0 else "must not be negative"


def fraction(value) -> str | None:
    """In [0, 1)."""
    return None if 0 <= value < 1 else "must be at least 0 and below 1"


def several(value) -> str | None:
    """Two or more."""
    return None if value >= 2 else "must be at least 2"


def one_of(*allowed):
    """The check that a value is one of these."""

    def check(value):
        return None if value in allowed else f"must be one of {', '.join(map(str, allowed))}"

    return check


def layer_count(value) -> str | None:
    """What a network of these widths can have."""
    return None if 1 <= value <= 7 else "must be 1 to 7"


def numbers(text: str) -> tuple[int, ...]:
    """The numbers in a text with commas between."""
    return tuple(int(part) for part in text.split(","))


def widths(value) -> str | None:
    """Positive numbers with commas between."""
    parts = value.split(",")
    good = all(part.isdecimal() and int(part) for part in parts)
    return None if good else "must be positive numbers with commas between"


def one_to(most: int):
    """The check that a number is 1 to `most`."""

    def check(value):
        return None if 1 <= value <= most else f"must be 1 to {most}"

    return check


def rising(value) -> str | None:
    """Positive, rising numbers with commas between."""
    parts = value.split(",")
    if not all(part.isdecimal() and int(part) for part in parts):
        return "must be positive numbers with commas between"
    given = list(numbers(value))
    return None if given == sorted(set(given)) else "must rise"


def different(value) -> str | None:
    """Different whole numbers from 0 on with commas between, in any order."""
    parts = value.split(",")
    if not all(part.isdecimal() for part in parts):
        return "must be whole numbers with commas between"
    return None if len(set(numbers(value))) == len(parts) else "must be different numbers"


def epochs_of_both(value) -> str | None:
    """As `epochs:1,2`, both positive."""
    unit, _, given = value.partition(":")
    good = unit == "epochs" and given.count(",") == 1 and widths(given) is None
    return None if good else "must be epochs:D,G, as epochs:1,1"


def rising_from_zero(value) -> str | None:
    """Rising whole numbers from 0 on with commas between."""
    parts = value.split(",")
    if not all(part.isdecimal() for part in parts):
        return "must be whole numbers with commas between"
    given = list(numbers(value))
    return None if given == sorted(set(given)) else "must rise"


def measurable(value) -> str | None:
    """Images of which metrics still say something."""
    return None if value >= 100 else "must be at least 100"


def resampled(value) -> str | None:
    """Images that can be resampled."""
    return None if value >= 10 else "must be at least 10"


def field(default, text: str, scope: str, modes: tuple, check=None):
    """A dataclass field with its help text, scope, the modes that read it, and its check."""
    return dataclasses.field(
        default=default,
        metadata={"help": text, "scope": scope, "modes": modes, "check": check},
    )
