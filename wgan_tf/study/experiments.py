"""What is done to the samples of one trained game in each cell of a study."""

import dataclasses
import functools
import time
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf

from wgan_tf.machine.arithmetic import count
from wgan_tf.refine.controls import lengths_of, random_move
from wgan_tf.refine.image_iterator import image_iterator
from wgan_tf.refine.methods import parse
from wgan_tf.refine.methods.method import BLOCK
from wgan_tf.refine.methods.selector import Selector
from wgan_tf.refine.methods.sequence import make_sequence
from wgan_tf.study.cells import (
    CRITIC,
    MORE_TRAINING,
    PIXELS,
    RANDOM,
    RANDOM_PIXELS,
    UNGUIDED,
    UNREFINED,
)

# Of the image iterator, whose Adam moves every pixel as far as this from the first step on.
PIXEL_RATE = 0.01
# By the score as it is, whose scale is arbitrary, the first step of z is as long as this.
FIRST_STEP, _PILOTS = 0.05, 250
_DIRECTIONS = 7  # seed
# Samples that fitting is shared by in prices.
AMORTISED = (100, 1000, 10_000)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of n samples in one cell.

    Attributes:
        images: (m, h, w, c); m is n but for what a method could not keep.
        z: latents (m, z_dim), or None where pixels moved or the generator was another.
        evaluations: per sample that were spent.
        seconds: without compilation and fitting.
        gflop: per sample, without fitting.
        diagnostics: numbers by name; `duplicates` is the share of images that are there already.
        paired: whether image i comes from latent i.
    """

    images: np.ndarray
    z: np.ndarray | None
    evaluations: float
    seconds: float
    gflop: float
    diagnostics: dict
    paired: bool = True


class Samples:
    """The samples of one model, and what becomes of them in each cell.

    Args:
        model: a trained game.
        z: latents (n, z_dim), the same in every cell; candidates are drawn besides.
        advisers: guides by name with `gflop(name)` of a value, as `advisers.Advisers`.
        train_more: called with GFLOP per sample; images (n, h, w, c) of `z` from the generator that
            was trained on for that price, and GFLOP per sample and seconds that it really took.
        seed: of everything that is drawn.
    """

    # Of samples that are refined at once.
    block = BLOCK

    def __init__(self, model, z, advisers, train_more: Callable | None = None, seed: int = 0):
        self.model, self.z, self.advisers = model, np.asarray(z), advisers
        self.train_more, self.seed = train_more, seed
        self.images = np.asarray(model.generate(z))
        self._drawing = count(model.generator).forward
        self._methods, self._compiled, self._pools, self._moved = {}, {}, {}, {}
        self._pixels = functools.lru_cache(maxsize=1)(self._pixels)

    def outcomes(self, guide: str, method: str, budgets: list[int]) -> Iterator[Outcome]:
        """What becomes of the samples along one way, one outcome per budget, rising.

        Raises:
            UserError: the method cannot, for these values.
        """
        if method == UNREFINED:
            yield Outcome(self.images, self.z, 1, 0.0, self._drawing, {})
        elif method == MORE_TRAINING:
            for budget in budgets:
                images, gflop, seconds = self.train_more(budget * self.gflop(CRITIC))
                yield Outcome(images, None, budget, seconds, gflop, {})
        elif method in (PIXELS, RANDOM_PIXELS):
            yield from self._of_pixels(guide, method, budgets)
        elif method == RANDOM:
            yield from self._of_chance(guide, budgets)
        else:
            yield from self._of_method(guide, method, budgets)

    def gflop(self, guide: str) -> float:
        """Of an evaluation: one pass through generator and guide."""
        return self._drawing + (self.advisers.gflop(guide) if guide != UNGUIDED else 0.0)

    def _of_method(self, guide, method, budgets) -> Iterator[Outcome]:
        made = self._method(guide, method)
        n = len(self.z)
        for refined in made.along(self.z, budgets, self.seed):
            if method == "gradient":
                self._moved[guide, int(refined.evaluations)] = refined.z
            diagnostics = dict(refined.diagnostics)
            different = diagnostics.pop("different")
            yield Outcome(
                refined.images_after,
                refined.z,
                refined.evaluations,
                self._seconds(guide, made, refined),
                refined.evaluations * self.gflop(guide),
                {
                    **diagnostics,
                    "duplicates": 1 - different,
                    "value_before": refined.values_before.mean(),
                    "value": refined.values_after.mean(),
                },
                len(refined.z) == n and bool((refined.origin % n == np.arange(n)).all()),
            )

    def _of_chance(self, guide, budgets) -> Iterator[Outcome]:
        """Each latent moved in a random direction, as far as the gradient by a guide moves it."""
        limit = 1.0 if self.model.z_prior == "uniform" else np.inf
        if any((guide, budget) not in self._moved for budget in budgets):
            for _ in self._of_method(guide, "gradient", budgets):
                pass
        for budget in budgets:
            lengths = lengths_of(self.z, self._moved[guide, budget])
            z = random_move(self.z, lengths, _DIRECTIONS, limit)
            z = np.asarray(self.model.within_prior(z, self.z))
            images = np.asarray(self.model.generate(z))
            move = float(np.linalg.norm(z - self.z, axis=1).mean())
            yield Outcome(images, z, 1, 0.0, self._drawing, {"mean_move": move})

    def _of_pixels(self, guide, method, budgets) -> Iterator[Outcome]:
        way, seconds = self._pixels(guide, tuple(budgets))
        price = self.advisers.gflop(guide)
        for budget, images in zip(budgets, way, strict=True):
            if method == RANDOM_PIXELS:
                moved = random_move(self.images, lengths_of(self.images, images), _DIRECTIONS)
                yield Outcome(moved, None, 1, 0.0, self._drawing, {})
            else:
                spent = seconds * budget / budgets[-1]
                yield Outcome(images, None, budget, spent, self._drawing + budget * price, {})

    def _pixels(self, guide, budgets) -> tuple[list[np.ndarray], float]:
        """Images by budget along the image iterator, and the seconds of all."""
        steps = [budget // 2 for budget in budgets]
        parts, seconds = [], 0.0
        for first in range(0, len(self.images), BLOCK):
            result = image_iterator(
                self.model,
                self.images[first : first + BLOCK],
                steps[-1],
                PIXEL_RATE,
                optimizer="keras_adam",
                optimizer_param=0.9,
                guide=self.advisers[guide],
                record_every=tuple(steps),
            )
            at = result.path_steps.tolist()
            parts.append([result.path[at.index(step)] for step in steps])
            seconds += result.seconds
        return [np.concatenate(images) for images in zip(*parts, strict=True)], seconds

    def settings_of(self, guide: str, parsed: list[tuple[str, dict]]) -> list[tuple[str, dict]]:
        """Methods and settings, with those that a guide needs where none are given."""
        if guide != CRITIC or parsed[0][0] != "gradient" or "rate" in parsed[0][1]:
            return parsed
        gradient = make_sequence(parsed, self.model, self.advisers[guide]).gradient
        _, slope = gradient(tf.constant(self.z[:_PILOTS]))
        length = float(tf.reduce_mean(tf.norm(slope, axis=1)))
        return [("gradient", {**parsed[0][1], "rate": FIRST_STEP / max(length, 1e-12)})]

    def _method(self, guide: str, text: str):
        """Built once; selectors by one guide choose among the same candidates."""
        if (guide, text) not in self._methods:
            adviser = self.advisers[guide or CRITIC]
            parsed = self.settings_of(guide, parse(text.replace("+", ",")))
            made = make_sequence(parsed, self.model, adviser)
            made.block = self.block
            made.take_compiled(self._compiled.setdefault(guide or CRITIC, made))
            if isinstance(made, Selector):
                pool = self._pools.setdefault(guide, Pool(made.candidates))
                made.candidates = pool.candidates
            self._methods[guide, text] = made
        return self._methods[guide, text]

    def _seconds(self, guide, method, refined) -> float:
        """Those of a selector with the drawing of candidates that another one may have done."""
        if not isinstance(method, Selector):
            return refined.seconds
        return self._pools[guide].seconds_each * refined.evaluations


class Pool:
    """Candidates and their values by one guide, which all selectors choose among.

    Args:
        draw: see `Selector.candidates`.
    """

    def __init__(self, draw: Callable):
        self._draw, self._pool, self._values = draw, np.zeros((0, 0, 0)), None
        self.seconds_each = 0.0

    def candidates(self, z, budget, seed, on_record):
        """See `Selector.candidates`; always of the same starts and seed."""
        if budget > len(self._pool):
            began = time.perf_counter()
            self._pool, self._values = self._draw(z, budget, seed, on_record)
            self.seconds_each = (time.perf_counter() - began) / budget
        return self._pool[:budget], self._values[:budget]
