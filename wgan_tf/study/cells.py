"""What a study measures: advisers x methods x budgets, and which of them unless flags say more."""

import dataclasses
from collections.abc import Sequence

from wgan_tf.errors import UsageError, nearest
from wgan_tf.refine.guides import ADVISERS, ADVISERS_OF_POINTS
from wgan_tf.refine.methods import parse

# Asks no adviser.
UNGUIDED = ""
CRITIC, SHUFFLED, ORACLE = "critic", "shuffled", "oracle"
# Features of a ratio by adviser.
FEATURES = {
    "rescaled": "score",
    "critic_features": "critic",
    "self": "self",
    "labels": "labels",
    "fitted": "pixels",
}
UNREFINED, TRUNCATION, MORE_TRAINING = "nothing", "truncation", "more_training"
PIXELS, RANDOM, RANDOM_PIXELS = "pixels", "random", "random_pixels"
# By the raw score, which is no log ratio, only these are tried.
OF_ANY_GUIDE = (PIXELS, "gradient", "transport", "best_of", RANDOM, RANDOM_PIXELS)
# By what knows nothing.
OF_SHUFFLED = ("gradient", "resampling", "best_of")
MOVERS = ("gradient", "langevin", "flow", "transport")
SELECTORS = ("rejection", "metropolis_hastings", "resampling", "best_of")
GUIDED = (PIXELS, *MOVERS, *SELECTORS, "resampling+gradient")
METHODS = (*GUIDED, TRUNCATION, RANDOM, RANDOM_PIXELS, MORE_TRAINING)
# 1 is their temperature unless it is given; the lowest is that of published code.
TEMPERATURES = tuple(f"langevin:temperature={t}" for t in ("0.0002", "0.1", "0.5"))
BUDGETS = (2, 6, 20, 60, 200)
# All advisers and methods meet at one budget; prices are followed for the best adviser at hand and
# for the critic.
CROSSING, PRICED, TRAINED = 20, (2, 6, 20, 60), (20, 60)


@dataclasses.dataclass(frozen=True)
class Cell:
    """One thing that is done to the samples of a trained generator.

    Attributes:
        guide: one of the advisers, or UNGUIDED.
        method: one of METHODS or a mover or selector with settings, as `--method` takes it;
            "A+B": half of the budget each.
        budget: evaluations per sample; of more training, the price of so many by the critic.
    """

    guide: str
    method: str
    budget: int

    @property
    def way(self) -> tuple[str, str]:
        """Adviser and method: budgets of one way are measured along it."""
        return self.guide, self.method


def cells_of(
    size: str,
    *,
    labelled: bool = True,
    points: bool = False,
    guides: Sequence[str] | None = None,
    methods: Sequence[str] | None = None,
    budgets: Sequence[int] | None = None,
) -> list[Cell]:
    """The cells of a study, "nothing" first, those of one way next to each other.

    Args:
        size: "default" or "full".
        labelled: whether there are labels to learn features by.
        points: whether samples are points of a known world.
        guides, methods, budgets: the axes as a user names them, which then meet in full; None:
            those of the size.

    Raises:
        UsageError: a method is unknown, or an adviser is not to be had of this data.
    """
    known = ADVISERS_OF_POINTS if points else ADVISERS
    known = tuple(name for name in known if labelled or points or name != "labels")
    for name in guides or ():
        if name not in known:
            raise UsageError(f"--study_guides={name}: for this data one of {', '.join(known)}")
    for method in methods or ():
        _check_method(method)
    every = [*METHODS, *TEMPERATURES]
    if points:
        every = [m for m in every if m not in (PIXELS, RANDOM_PIXELS, MORE_TRAINING)]
    chosen = [
        Cell(guide, method, budget)
        for guide in (UNGUIDED, *(guides or known))
        for method in methods or every
        for budget in budgets or BUDGETS
        if _makes_sense(guide, method, budget)
    ]
    if size == "default":
        sober = next(g for g in ("labels", "self", "fitted") if g in known)
        chosen = [c for c in chosen if _by_default(c, sober, guides, methods, budgets)]
    unguided = [Cell(UNGUIDED, UNREFINED, 0)]
    if TRUNCATION in (methods or every):
        unguided.append(Cell(UNGUIDED, TRUNCATION, 1))
    return [*unguided, *dict.fromkeys(chosen)]


def _makes_sense(guide: str, method: str, budget: int) -> bool:
    if method == MORE_TRAINING or guide == UNGUIDED:
        return method == MORE_TRAINING and guide == UNGUIDED and budget >= CROSSING
    if method == TRUNCATION:
        return False
    if guide == CRITIC and method.partition(":")[0] not in OF_ANY_GUIDE:
        return False
    if guide == SHUFFLED and method not in OF_SHUFFLED:
        return False
    return method != "resampling+gradient" or budget >= 6


def _by_default(cell: Cell, sober: str, guides, methods, budgets) -> bool:
    """Whether the default study has a cell, where an axis that was named is whole."""
    guide, method, budget = cell.guide, cell.method, cell.budget
    if method == MORE_TRAINING:
        return bool(budgets) or budget in TRAINED
    if methods is None:
        if method in TEMPERATURES and guide not in (sober, *(guides or ())):
            return False
        if method == RANDOM_PIXELS and guide != CRITIC:
            return False
        if method == RANDOM and guide not in (CRITIC, sober):
            return False
    if budgets is None:
        if method in TEMPERATURES:
            return budget == CROSSING
        return budget == CROSSING or guide in (CRITIC, sober) and budget in PRICED
    return True


def _check_method(method: str) -> None:
    if method in METHODS:
        return
    try:
        parse(method.replace("+", ","))
    except ValueError as error:
        names = ", ".join(METHODS)
        why = error if ":" in method else f"must be of {names}{nearest(method, METHODS)}"
        raise UsageError(f"--study_methods={method}: {why}") from None
