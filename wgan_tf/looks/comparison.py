"""What two discriminators' figures say of each other: findings, and the report in Markdown.

Pure: arrays and dicts in, dicts and text out.
"""

import numpy as np

# Frequencies up to an eighth of the sampling rate: waves of eight pixels and longer.
_LOW = 1 / 8


def low_frequency_share(gradients: np.ndarray) -> np.ndarray:
    """The share of each gradient's energy in waves of eight pixels and longer, (n,) in [0, 1].

    Args:
        gradients: (n, h, w, c) by the pixels. White noise has about 5 % at 32 pixels.
    """
    energy = np.abs(np.fft.fft2(gradients, axes=(1, 2))) ** 2
    frequency = np.hypot(
        np.fft.fftfreq(gradients.shape[1])[:, None], np.fft.fftfreq(gradients.shape[2])
    )
    total = energy.sum((1, 2, 3))
    low = energy[:, frequency <= _LOW].sum((1, 2))
    return np.divide(low, total, out=np.full(len(low), np.nan), where=total > 0)


def harder(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    """How often the first of two takes a larger change than the second, image by image.

    Args:
        first, second: sizes (n,) of the same images, infinite where an image never flips.

    Returns:
        "larger" and "smaller", shares of the images; their "difference" and its standard error.
    """
    sign = (first > second).astype(float) - (first < second)
    return {
        "larger": float((sign > 0).mean()),
        "smaller": float((sign < 0).mean()),
        "difference": float(sign.mean()),
        "standard_error": _standard_error(sign),
    }


def _standard_error(values: np.ndarray) -> float:
    """Of the mean of values (n,), n > 0."""
    return float(values.std() / np.sqrt(len(values)))


def findings(sides: list[dict]) -> dict:
    """What differs between two discriminators.

    Args:
        sides: of each, "right" (bool (t,), test images answered rightly), "smallest" (way to
            sizes (n,)), "gradients" (n, h, w, c) and "recognised" (share of its max_class images
            that the other takes for their class). The same images for both.

    Returns:
        "accuracy": difference of the first to the second with its standard error, paired;
        "fooled": way to `harder` and the medians, over the images that both answer rightly
        unchanged; "low_frequency": the mean share of each with its
        standard error; "recognised": of each.
    """
    first, second = sides
    difference = first["right"].astype(float) - second["right"]
    fooled = {}
    for way in first["smallest"].keys() & second["smallest"].keys():
        one, two = first["smallest"][way], second["smallest"][way]
        both = (one > 0) & (two > 0)
        if both.any():
            fooled[way] = {
                "images": int(both.sum()),
                "medians": [float(np.median(sizes[both])) for sizes in (one, two)],
                **harder(one[both], two[both]),
            }
    shares = [low_frequency_share(side["gradients"]) for side in sides]
    shares = [share[np.isfinite(share)] for share in shares]
    return {
        "accuracy": {
            "difference": float(difference.mean()),
            "standard_error": _standard_error(difference),
        },
        "fooled": fooled,
        "low_frequency": [
            {"mean": float(share.mean()), "standard_error": _standard_error(share)}
            if len(share)
            else {"mean": float("nan"), "standard_error": float("nan")}
            for share in shares
        ],
        "recognised": [side["recognised"] for side in sides],
    }


def answer(compared: dict, first: str, second: str, largest: float) -> list[str]:
    """The findings in sentences; differences within two standard errors are none.

    Args:
        compared: what `findings` gave.
        first, second: what to call the two.
        largest: change that was tried, in levels.
    """
    lines = []
    gap, error = compared["accuracy"]["difference"], compared["accuracy"]["standard_error"]
    said = "answers as many test images rightly as"
    if abs(gap) > 2 * error:
        more = "more" if gap > 0 else "fewer"
        said = f"answers {abs(100 * gap):.1f} ± {100 * error:.1f} % {more} test images rightly than"
    lines.append(f"{first} {said} {second}.")
    for way, row in sorted(compared["fooled"].items()):
        lines.append(_fooled(way, row, first, second, largest))
    one, two = compared["low_frequency"]
    apart = np.hypot(one["standard_error"], two["standard_error"])
    said = "looks at shapes as coarse as"
    if abs(one["mean"] - two["mean"]) > 2 * apart:
        said = f"looks at {'coarser' if one['mean'] > two['mean'] else 'finer'} shapes than"
    lines.append(
        f"{first} {said} {second}: {one['mean']:.1%} and {two['mean']:.1%} of the energy of their "
        "gradients lies in waves of eight pixels and longer."
    )
    shares = [f"{share:.0%}" for share in compared["recognised"]]
    lines.append(
        f"Of the images that maximise a class of {first}, {second} recognises {shares[0]}; the "
        f"other way round {shares[1]}."
    )
    return lines


def _fooled(way: str, row: dict, first: str, second: str, largest: float) -> str:
    aim = "another class" if way == "targeted" else "any wrong answer"
    said = "no harder or easier to fool than"
    if abs(row["difference"]) > 2 * row["standard_error"]:
        said = f"{'harder' if row['difference'] > 0 else 'easier'} to fool than"
    medians = " and ".join(levels(median, largest) for median in row["medians"])
    return (
        f"{first} is {said} {second}, towards {aim}: with it {row['larger']:.0%} of "
        f"{row['images']} images take a larger change and {row['smaller']:.0%} a smaller one; "
        f"the medians are {medians} levels of 255."
    )


def levels(median: float, largest: float) -> str:
    """A median of the smallest changes; infinite where half the images never flip."""
    return f"{median:.3g}" if np.isfinite(median) else f"more than {largest:g}"


def comparison_report(title: str, sides: list[dict], sentences: list[str], pictures: list) -> str:
    """The Markdown page.

    Args:
        title: heading.
        sides: of each, its row of the table: "name", "trained", "accuracy", "standard_error",
            "test_images", "after_one_step", "medians" (way to levels), "largest", "epochs".
        sentences: the answer.
        pictures: (heading, path relative to the report).
    """
    lines = [f"# {title}", "", *(f"- {sentence}" for sentence in sentences), ""]
    ways = sorted({way for side in sides for way in side["medians"]})
    columns = ["", "test accuracy", "epochs", "after one step of 8 levels"]
    columns += [f"median smallest change, {way} (levels, where both are right)" for way in ways]
    lines += ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for side in sides:
        cells = [
            f"{side['name']} ({side['trained']})",
            f"{side['accuracy']:.2%} ± {side['standard_error']:.2%} of {side['test_images']}",
            "" if side["epochs"] is None else str(side["epochs"]),
            f"{side['after_one_step']:.2%}",
            *(levels(side["medians"][way], side["largest"]) for way in ways),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    for heading, path in pictures:
        lines += ["", f"## {heading}", "", f"![{heading}]({path})"]
    return "\n".join(lines) + "\n"
