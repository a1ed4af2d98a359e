"""The two errors whose message is meant for the user, on one line, and words for it."""

import difflib

# Longer values are shown by their beginning; what to do stands at a message's end.
_HEAD, _TAIL = 900, 300


def printable(text: str) -> str:
    """A text on one line that moves no cursor: anything but plain characters is escaped.

    Of a text longer than 1,200 characters only the beginning and the end are kept.
    """
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]} ... {text[-_TAIL:]}"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class UserError(Exception):
    """Something the user can mend: what is wrong, where, and what to do. Exit status 1.

    Args:
        message: names of files and values of flags in it may be anything; see `printable`.
    """

    def __init__(self, message: str):
        super().__init__(printable(message))


class UsageError(UserError):
    """A flag or an argument that cannot be right. Exit status 2."""


def nearest(name, known) -> str:
    """What was probably meant by a name that is none of the known, as ", did you mean wgan?" for
    the end of a message; "" where nothing is near.
    """
    near = difflib.get_close_matches(str(name).lower(), [str(other) for other in known], 1)
    return f", did you mean {near[0]}?" if near else ""


def in_words(shape) -> str:
    """A size or shape of images as messages name it: 32x32x1."""
    return "x".join(map(str, shape))
