"""The expensive part that several numbers have in common is computed once."""

import functools
import hashlib
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

_MOST = 4  # before and after, against two sets of real images


def remembered(build: Callable) -> Callable:
    """Remembers what `build(*arrays)` returned for the last four different arguments.

    Arguments are compared by content, so an array that was changed in place is a new one and an
    equal copy is not. Hashing takes 1.6 s per gigabyte.
    """
    results: OrderedDict = OrderedDict()

    @functools.wraps(build, updated=())
    def remembering(*arrays):
        key = tuple(_digest(array) for array in arrays)
        if key not in results:
            results[key] = build(*arrays)
        results.move_to_end(key)
        while len(results) > _MOST:
            results.popitem(last=False)
        return results[key]

    return remembering


def _digest(array) -> tuple:
    array = np.ascontiguousarray(array)
    return array.shape, array.dtype.str, hashlib.blake2b(array).digest()
