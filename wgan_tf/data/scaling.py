"""The one place where bytes become network values and network values become bytes."""

import numpy as np


def to_float(images: np.ndarray) -> np.ndarray:
    """Scales uint8 [0, 255] to float32 [-1, 1]: x / 127.5 - 1, any shape."""
    scaled = np.divide(images, np.float32(127.5), dtype=np.float32)
    scaled -= 1
    return scaled


def to_uint8(images: np.ndarray) -> np.ndarray:
    """The inverse of `to_float`: float [-1, 1] to uint8 [0, 255], any shape.

    Values outside [-1, 1] are clipped, the rest is rounded to the nearest; NaN becomes black.
    """
    unit = np.clip(np.nan_to_num(np.asarray(images, np.float32), nan=-1.0), -1, 1)
    return np.rint((unit + 1) * 127.5).astype(np.uint8)
