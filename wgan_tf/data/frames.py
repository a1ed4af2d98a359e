"""What becomes of pictures on their way to squares, in words for the "data:" line."""

from collections import Counter
from collections.abc import Sequence

from wgan_tf.errors import in_words

# Of 65,535: what twelve bits and a half give is far below full scale.
_FAR_BELOW = 8191
_BYTE = 255


def in_few_words(
    shapes: Sequence[tuple[int, int, tuple | None]], crop: int | None, size: int, how: str
) -> str:
    """The size found, what is cut, squeezed or added, and what is scaled up.

    Args:
        shapes: of all images or some, see `preprocess.shape_of`.
        crop, size, how: as `preprocess.fit` takes them.

    Returns:
        As "400x200 pixels, the central square of each (50 % of the area)"; "" without images.
    """
    sizes = Counter((width, height) for width, height, _ in shapes)
    if not sizes:
        return ""
    words = [
        f"{_found(sizes)} pixels",
        _framed(sizes, crop, how),
        _enlarged(sizes, crop, size, how),
        *_dark([deepest for *_, deepest in shapes if deepest]),
    ]
    return ", ".join(word for word in words if word)


def _found(sizes: Counter) -> str:
    by_area = sorted(sizes, key=lambda size: (size[0] * size[1], size))
    return " to ".join(in_words(size) for size in dict.fromkeys([by_area[0], by_area[-1]]))


def _framed(sizes: Counter, crop: int | None, how: str) -> str:
    area = sum(number * width * height for (width, height), number in sizes.items())
    if crop is not None or how == "crop":
        kept = sum(number * _side(size, crop, how) ** 2 for size, number in sizes.items())
        if kept == area:
            return ""
        what = "square" if crop is None else in_words((crop, crop))
        return f"the central {what} of each ({_percent(kept / area)} of the area)"
    ratio = max(max(size) / min(size) for size in sizes)
    if ratio == 1:
        return ""
    if how == "pad":
        whole = sum(number * max(size) ** 2 for size, number in sizes.items())
        return f"black beside them ({_percent(1 - area / whole)} of the area)"
    return f"squeezed to squares (up to {ratio:.3g} times)"


def _enlarged(sizes: Counter, crop: int | None, size: int, how: str) -> str:
    small = sum(n for one, n in sizes.items() if _side(one, crop, how) < size)
    if not small:
        return ""
    total = sum(sizes.values())
    return "scaled up" if small == total else f"{_percent(small / total)} of them scaled up"


def _side(size: tuple[int, int], crop: int | None, how: str) -> int:
    """Of the square that becomes the image; of squeezed images their shorter side."""
    if crop is not None:
        return min(*size, crop)
    return max(size) if how == "pad" else min(size)


def _dark(deepest: list[tuple[str, float]]) -> list[str]:
    """Where values are stored that would come out dark, though they were not meant so."""
    words = []
    whole = max((value for mode, value in deepest if mode == "I"), default=None)
    if whole is not None and 0 < whole <= _FAR_BELOW:
        words.append(
            f"16-bit values of at most {whole:,.0f} of 65,535: dark, scale them up if they should "
            "not be"
        )
    floats = max((value for mode, value in deepest if mode == "F"), default=None)
    if floats is not None and not 1 < floats <= _BYTE:
        words.append(f"floating point values up to {floats:.4g}: 0 to 255 is what is shown")
    return words


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.995 else f"{100 * share:.1f} %"
