"""What a notebook shows of a result: its picture."""

import io

import numpy as np

from wgan_tf.visualize.grid import to_pillow


class Pictured:
    """Of what has a `picture`: a notebook shows it where the result stands last in a cell.

    Attributes:
        picture: uint8 (h, w, 1 or 3).
    """

    picture: np.ndarray

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        to_pillow(self.picture).save(stream, format="PNG")
        return stream.getvalue()
