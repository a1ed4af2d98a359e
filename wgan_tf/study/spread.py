"""What the spread between trainings says of their mean."""

import numpy as np
from scipy.stats import t as student


def mean_interval(values: np.ndarray) -> tuple[float, float | None, float | None]:
    """The mean of values (n,) and its 95 % interval by Student's t, None of a single value."""
    mean, count = float(values.mean()), len(values)
    if count == 1:
        return mean, None, None
    reach = float(student.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count))
    return mean, mean - reach, mean + reach
