"""What a generator still learns from its critic: is it told apart, and do its images differ?

As a generator improves, its critic errs more; where the critic is right half the time, what it
says is random, and a generator that goes on learning from it gets worse again.
"""

import collections
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

# A mean accuracy that is no further than this from one half is guessing. Means of ten looks at the
# digits' preset, whose critic has one update per iteration, were 0.56 at least; those at a critic
# far too small to follow its generator 0.50 to 0.54.
CHANCE = 0.03
# From here on everything is told apart: at most 2 errors in 256 images.
SURE = 0.99
# Share of the real images' variety below which a batch shows one image.
COLLAPSED = 0.1


class Sign(NamedTuple):
    """Of feedback that has become junk.

    Attributes:
        looks, critic_looks: that are needed to see it, of a discriminator and of a critic.
        holds: the last so many looks, each as `Watch.see` takes it, to whether it is there.
        text: what it means and what to try, with {critic} and {looks} to fill in.
    """

    looks: int
    critic_looks: int
    holds: Callable[[list[dict]], bool]
    text: str


def _guesses(looks: list[dict]) -> bool:
    # Look by look the accuracy of a critic that learns from one batch an iteration goes up and
    # down by more than it is away from one half; the mean of ten does not.
    return abs(np.mean([look["accuracy"] for look in looks]) - 0.5) <= CHANCE


def _tells_everything(looks: list[dict]) -> bool:
    return all(min(look["accuracy_real"], look["accuracy_fake"]) >= SURE for look in looks)


def _collapsed(looks: list[dict]) -> bool:
    return all(look["variety"] < COLLAPSED for look in looks)


def _no_number(looks: list[dict]) -> bool:
    return not all(np.isfinite(look["accuracy"] + look["variety"]) for look in looks)


SIGNS = {
    "cannot_tell": Sign(
        10,
        10,
        _guesses,
        "over {looks} looks the {critic} has only guessed (accuracy 0.5): its feedback is random, "
        "samples may get worse; stop at an earlier checkpoint (--keep_best), or strengthen it "
        "(--n_critic, --disc_dimension)",
    ),
    "tells_everything": Sign(
        10,
        # A logit's gradient vanishes where it tells everything; a critic's score keeps its slope,
        # and near its optimum it tells everything for hundreds of iterations of a healthy game.
        40,
        _tells_everything,
        "at each of {looks} looks the {critic} has told all images (accuracy 1.0): the generator "
        "does not keep up; weaken the {critic} (--n_critic, --disc_dimension) or change "
        "--learning_rate",
    ),
    "collapse": Sign(
        3,
        3,
        _collapsed,
        "generated images differ less than a tenth as much as real ones: the generator has "
        "collapsed; go back to an earlier checkpoint and lower --learning_rate, or choose another "
        "game (--model=wgan_gp)",
    ),
    "not_a_number": Sign(
        1,
        1,
        _no_number,
        "scores or images are no numbers any more: nothing is learnt from here on; go back to an "
        "earlier checkpoint and lower --learning_rate",
    ),
}


class Watch:
    """Says when feedback becomes junk, once per episode.

    An episode begins when a sign holds, and is over when it has not held for twice as many looks as
    are needed to see it. What is said is a function of the looks alone: one who has seen the stored
    looks again goes on as if there had been no stop.

    Args:
        critic: whether the scores are a critic's, rather than a discriminator's.
    """

    def __init__(self, critic: bool):
        self.needed = {
            name: sign.critic_looks if critic else sign.looks for name, sign in SIGNS.items()
        }
        self._looks = collections.deque(maxlen=max(self.needed.values()))
        self._on = dict.fromkeys(SIGNS, False)
        self._away = dict.fromkeys(SIGNS, 0)

    def see(self, look: dict) -> list[str]:
        """The keys of the `SIGNS` whose episodes begin with this look.

        Args:
            look: "accuracy_real", "accuracy_fake" and their mean "accuracy", each in [0, 1];
                "variety" of the generated images as a share of the real ones'.
        """
        self._looks.append(look)
        begun = []
        for name, sign in SIGNS.items():
            needed = self.needed[name]
            last = list(self._looks)[-needed:]
            there = len(last) == needed and sign.holds(last)
            self._away[name] = 0 if there else self._away[name] + 1
            if there and not self._on[name]:
                self._on[name] = True
                begun.append(name)
            elif self._away[name] >= 2 * needed:
                self._on[name] = False
        return begun


def accuracies(real, fake, threshold: float | None) -> tuple[float, float]:
    """Shares of real and of generated images that their scores tell for what they are.

    Args:
        real, fake: scores (n,) and (m,), n and m at least 2; high = real.
        threshold: score above which an image counts as real; one that is met counts half. None,
            for a critic, whose scores have no zero point: the best one on the first half of both
            sets is tested on the second half, and the other way round, and the mean is taken.
            Chosen and tested on the same scores, the best threshold would be right more than half
            of the time even where there is nothing to tell.

    Returns:
        Two shares in [0, 1]; NaN where a score is no finite number.
    """
    real, fake = (np.asarray(scores, np.float64) for scores in (real, fake))
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        return float("nan"), float("nan")
    if threshold is not None:
        return _shares(real, fake, threshold)
    first, second = zip(*(np.array_split(scores, 2) for scores in (real, fake)), strict=True)
    pairs = [_shares(*second, best_threshold(*first)), _shares(*first, best_threshold(*second))]
    return tuple(float(share) for share in np.mean(pairs, axis=0))


def best_threshold(real: np.ndarray, fake: np.ndarray) -> float:
    """The score above which to take images for real so that most are right, sets weighing the same.

    It lies half-way between two scores, or is infinite where one answer for all is best. Of several
    that are as good the middle one is taken, which favours neither answer.
    """
    real, fake = np.sort(real), np.sort(fake)
    scores = np.unique(np.concatenate([real, fake]))
    between = np.concatenate([[-np.inf], (scores[1:] + scores[:-1]) / 2, [np.inf]])
    missed = np.searchsorted(real, between) / len(real)
    caught = np.searchsorted(fake, between) / len(fake)
    gain = caught - missed
    best = np.flatnonzero(gain >= gain.max() - 1e-12)
    return float(between[best[len(best) // 2]])


def _shares(real: np.ndarray, fake: np.ndarray, threshold: float) -> tuple[float, float]:
    met = [np.mean(scores == threshold) / 2 for scores in (real, fake)]
    return float(np.mean(real > threshold) + met[0]), float(np.mean(fake < threshold) + met[1])
