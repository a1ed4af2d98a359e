"""Several methods one after the other, which share a budget."""

import inspect
import numbers

import numpy as np

from wgan_tf.errors import UsageError
from wgan_tf.refine.methods import METHODS
from wgan_tf.refine.methods.method import Method, Result


class Sequence(Method):
    """Refines by one method what another one has given.

    Args:
        model, guide: see `Method`.
        methods: name and method, of the same model and guide, in order.
        budgets: evaluations of each; None: as many as every other one without gets of what is left.
    """

    def __init__(
        self, model, guide, methods: list[tuple[str, Method]], budgets: list[int | None]
    ):
        super().__init__(model, guide)
        self.methods, self.budgets = methods, budgets
        self.needs_ratio = any(method.needs_ratio for _, method in methods)

    def take_compiled(self, other):
        """See `Method`."""
        super().take_compiled(other)
        for _, method in self.methods:
            method.take_compiled(other)

    def shares(self, budget: int) -> list[int]:
        """Evaluations of each method.

        Raises:
            UsageError: they are more than there are.
        """
        given = [share for share in self.budgets if share is not None]
        open_ones, left = len(self.budgets) - len(given), budget - sum(given)
        if left < open_ones:
            raise UsageError(
                f"a budget of {budget} evaluations: the methods ask for {sum(given)}"
                + (f" and {open_ones} more of them for some" if open_ones else "")
            )
        return [left // open_ones if share is None else share for share in self.budgets]

    def refined(self, z, budget, seed, on_record) -> Result:
        """See `Method`."""
        origin, source, drawn = np.arange(len(z)), z, len(z)
        moved, spent, diagnostics, curves = False, 0.0, {}, []
        for index, ((name, method), share) in enumerate(
            zip(self.methods, self.shares(budget), strict=True)
        ):
            count = len(z)
            part = method.refined(z, share, seed + index, on_record)
            known = part.origin < count
            rows = np.where(known, part.origin, 0)
            # What was drawn on the way is numbered on from all that was there before.
            origin = np.where(known, origin[rows], part.origin - count + drawn)
            begun = part.z if part.source is None else part.source
            source = np.where(known[:, None], source[rows], begun)
            drawn += max(0, int(part.origin.max(initial=0)) + 1 - count)
            z, spent = part.z, spent + part.evaluations
            moved |= part.source is not None
            diagnostics |= {f"{name}_{key}": value for key, value in part.diagnostics.items()}
            curves.append(part.curve)
        return Result(
            z, origin, spent, diagnostics, np.concatenate(curves), source if moved else None
        )


def make_sequence(parsed: list[tuple[str, dict]], model, guide) -> Method:
    """See `methods.make_method`; one method alone is itself."""
    methods, budgets = [], []
    for name, settings in parsed:
        check_settings(name, settings)
        own = {key: value for key, value in settings.items() if key != "budget"}
        budgets.append(settings.get("budget"))
        methods.append((name, METHODS[name](model, guide, **own)))
    if budgets == [None]:
        return methods[0][1]
    return Sequence(model, guide, methods, budgets)


def check_settings(name: str, settings: dict) -> None:
    """Refuses settings that a method lacks, and values of another kind than its own.

    Raises:
        UsageError: naming what it has.
    """
    known = {
        key: parameter.default
        for key, parameter in inspect.signature(METHODS[name]).parameters.items()
        if key not in ("model", "guide")
    }
    for key, value in settings.items():
        if key == "budget":
            if not _is_count(value):
                raise UsageError(f"--method={name}: budget={value}: must be a positive number")
            continue
        if key not in known:
            has = ", ".join([*known, "budget"])
            raise UsageError(f"--method={name}: there is no setting {key!r}; it has {has}")
        if not _fits(value, known[key]):
            like = "a positive number" if known[key] is None else f"like {known[key]}"
            raise UsageError(f"--method={name}: {key}={value}: must be {like}")


def _fits(value, default) -> bool:
    """Whether a value may stand in for a default: a positive number, a truth value or a name."""
    if isinstance(default, bool | str):
        return isinstance(value, type(default))
    if isinstance(default, float):
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        return is_number and 0 <= value < 1e30
    return _is_count(value)


def _is_count(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
