"""How often chance alone makes a mean over trainings, and many questions asked at once."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student


def p_of_mean(values: Sequence[float]) -> float | None:
    """Two-sided p-value of Student's t test that the mean of values is 0.

    Args:
        values: (n,), one of each training.

    Returns:
        The p-value; None of fewer than two values. Of equal values 0, or 1 where all are 0.
    """
    values = np.asarray(values, float)
    if len(values) < 2:
        return None
    if np.ptp(values) == 0:
        return float(values[0] == 0)
    statistic = values.mean() / (values.std(ddof=1) / np.sqrt(len(values)))
    return float(2 * student.sf(abs(statistic), len(values) - 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for how many there are: below a level, all errors together stay below it.

    Args:
        p_values: (n,) of the questions that were asked.

    Returns:
        (n,) in the same order, at most 1.

    Source: Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure".
    """
    count = len(p_values)
    adjusted, largest = [0.0] * count, 0.0
    for rank, index in enumerate(np.argsort(p_values, kind="stable")):
        largest = max(largest, (count - rank) * p_values[index])
        adjusted[index] = float(min(1.0, largest))
    return adjusted
