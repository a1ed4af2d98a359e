"""What is measured of one set of generated images, metric by metric, and how it is shown."""

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np

from wgan_tf.metrics import METRICS
from wgan_tf.metrics.evaluation import Evaluation

_HEAD = "| metric | value | 95 % interval | real against real | better |"
_PAIRED_HEAD = " before | difference (95 % interval, paired) |"


@dataclasses.dataclass(frozen=True)
class Measured:
    """One metric.

    Attributes:
        title: for a table or an axis.
        value: of the generated images.
        low, high: ends of its 95 % interval; NaN where the metric has none.
        real_against_real: what as many other real images score; NaN where there are too few.
        better: which values are, "higher", "lower" or "near 0.5", or None.
        limits: the lowest and highest possible value.
        before: of the images before, from the same z's; None: there are none.
        difference: value - before.
        difference_low, difference_high: ends of its 95 % interval, paired by z.
    """

    title: str
    value: float
    low: float
    high: float
    real_against_real: float
    better: str | None
    limits: tuple[float, float]
    before: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None

    def figures(self) -> dict:
        """The same as a dict, of a metric without a before without what compares."""
        return {k: v for k, v in dataclasses.asdict(self).items() if k == "better" or v is not None}


class Report(Mapping[str, Measured]):
    """All metrics by name, printed as a table and shown as one in a notebook.

    Attributes:
        features: what turned images into numbers.
        feature_width: how many an image.
        counts: images, by "generated" and "real".
        warnings: one line each on what is unreliable.
    """

    def __init__(self, measured: dict[str, Measured], evaluation: Evaluation, count: int):
        self._measured = measured
        self.features, self.feature_width = evaluation.judge.name, evaluation.judge.width
        self.counts = {"generated": count, "real": evaluation.real_count}
        self.warnings = list(evaluation.warnings)
        if evaluation.without_reference:
            self.warnings.append(evaluation.without_reference)

    def __getitem__(self, name: str) -> Measured:
        return self._measured[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._measured)

    def __len__(self) -> int:
        return len(self._measured)

    @property
    def table(self) -> str:
        """Markdown."""
        rows = self._measured.values()
        paired = any(row.before is not None for row in rows)
        lines = [
            _HEAD + (_PAIRED_HEAD if paired else ""),
            "|---|---:|---:|---:|---|" + ("---:|---:|" if paired else ""),
            *(_line(row) for row in rows),
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        counts = f"{self.counts['generated']:,} generated, {self.counts['real']:,} real images"
        heads = [f"{counts}; {self.features} features", *self.warnings]
        return "\n".join([*heads, "", self.table])

    def _repr_markdown_(self) -> str:
        return repr(self)


def report_of(evaluation: Evaluation, fake: np.ndarray, before: np.ndarray | None = None) -> Report:
    """Measures images, and what they were before.

    Args:
        evaluation: against which real images, by which judge.
        fake: (n, h, w, c) in [-1, 1].
        before: the same images (n, h, w, c) before, one by one from the same z's, or None.

    Raises:
        UserError: see `Evaluation.measure`.
    """
    measured, reference = evaluation.measure(fake), evaluation.reference
    earlier = {} if before is None else evaluation.measure(before)
    rows = {
        name: Measured(
            METRICS[name].title,
            estimate.value,
            estimate.low,
            estimate.high,
            reference[name],
            METRICS[name].better,
            estimate.limits,
            *((earlier[name].value, *estimate.minus(earlier[name])) if earlier else ()),
        )
        for name, estimate in measured.items()
    }
    return Report(rows, evaluation, len(fake))


def _line(row: Measured) -> str:
    line = (
        f"| {row.title} | {row.value:.4g} | {_interval(row.low, row.high)} "
        f"| {_number(row.real_against_real)} | {row.better or ''} |"
    )
    if row.before is None:
        return line
    interval = _interval(row.difference_low, row.difference_high)
    return f"{line} {row.before:.4g} | {row.difference:+.4g} ({interval or '-'}) |"


def _number(value: float) -> str:
    return f"{value:.4g}" if np.isfinite(value) else ""


def _interval(low: float, high: float) -> str:
    return f"{low:.4g} to {high:.4g}" if np.isfinite(low) else ""
