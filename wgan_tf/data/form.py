"""What images are before any of them is brought to a size: how large, and whether grey."""

from collections.abc import Iterable
from typing import NamedTuple

# CelebA's aligned images, (width, height).
CELEBA_SIZE = (178, 218)
# Images that a look at a folder or an archive opens, by their headers.
LOOKED_AT = 16


class Form(NamedTuple):
    """What is known of images without reading them.

    Attributes:
        width, height: the largest in pixels; None: not known.
        channels: 1 where all are stored as grey, else 3; None: not known.
        as_original: whether they are CelebA's, in the original's layout or of its size, or lie in
            a folder that is not there, of which nothing is known.
    """

    width: int | None = None
    height: int | None = None
    channels: int | None = None
    as_original: bool = False

    @property
    def is_celeba(self) -> bool:
        """Whether they have the size of CelebA's aligned images."""
        return (self.width, self.height) == CELEBA_SIZE

    @property
    def side(self) -> int | None:
        """The longer side in pixels; None: not known."""
        return max(self.width, self.height) if self.width and self.height else None


def of_all(forms: Iterable[Form]) -> Form:
    """The largest width and height of images, grey only where all are; nothing known of none."""
    forms = list(forms)
    if not forms:
        return Form()
    widths, heights, channels, _ = zip(*forms, strict=True)
    return Form(max(widths), max(heights), max(channels))
