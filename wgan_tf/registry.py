"""A dict from name to entry whose entries are imported when they are first asked for.

The names make the enums of the flags, and `--help` must not wait for TensorFlow.
"""

import importlib
from collections.abc import Iterator, Mapping

from wgan_tf.errors import nearest


class Registry(Mapping):
    """Maps a name to the object that `"package.module:attribute"` points to.

    Args:
        entries: name to `"package.module:attribute"`.

    Example:
        >>> Registry({"sqrt": "math:sqrt"})["sqrt"](9.0)
        3.0
    """

    def __init__(self, entries: dict[str, str]):
        self._entries = dict(entries)

    def __getitem__(self, name: str):
        if name not in self._entries:
            raise KeyError(f"{name!r}: must be one of {', '.join(self)}{nearest(name, self)}")
        module, attribute = self._entries[name].split(":")
        return getattr(importlib.import_module(module), attribute)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries
