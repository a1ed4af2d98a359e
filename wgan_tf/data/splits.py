"""Parts of what has no splits of its own: `train[:50%]` of a folder."""

import re

import numpy as np

from wgan_tf.errors import UsageError, UserError

_PART = re.compile(r"train\[(?:(\d+)%)?:(?:(\d+)%)?\]")
_ORDER = 5  # seed of the order from which parts are taken


def part(count: int, split: str) -> np.ndarray:
    """Which of `count` images belong to a split: int64 indices, in order.

    Args:
        count: images in all.
        split: "train" for all, or "train[:50%]" and the like, shares in a fixed random order.

    Raises:
        UsageError: another split is asked for.
        UserError: the part is empty.
    """
    if split == "train":
        return np.arange(count)
    match = _PART.fullmatch(split)
    first, last = (int(match[1] or 0), int(match[2] or 100)) if match else (0, 0)
    if not 0 <= first < last <= 100:
        raise UsageError(
            f"--split={split}: a folder has the split train, and parts of it as train[:50%] or "
            "train[50%:75%]"
        )
    # Folders are often sorted by what the images show.
    order = np.random.default_rng(_ORDER).permutation(count)
    chosen = order[count * first // 100 : count * last // 100]
    if not len(chosen):
        raise UserError(f"--split={split}: no image of the {count} falls into this part")
    return np.sort(chosen)
