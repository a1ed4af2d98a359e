"""`wgan_tf.Run`: a trained game, and what can be asked of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wgan_tf import runs
from wgan_tf.config.resolve import by_ratio
from wgan_tf.data.image_values import as_images
from wgan_tf.doors.image_data import Images, images_of
from wgan_tf.doors.looking import Looks
from wgan_tf.errors import UsageError, UserError
from wgan_tf.machine.guest import as_guest
from wgan_tf.refine import REFINERS
from wgan_tf.refine.guides import GUIDES
from wgan_tf.refine.methods import METHODS

if TYPE_CHECKING:
    import keras

    from wgan_tf.config import Config
    from wgan_tf.metrics.measured import Report
    from wgan_tf.refine.loop import Refinement
    from wgan_tf.refine.methods.method import Refined
    from wgan_tf.refine.ratio.ratio import Ratio

# The original's; the other refiners are a study's controls.
_ITERATORS = ("z_iterator", "image_iterator")


class Run(Looks):
    """A trained model and the images that it learnt from; made by `wgan_tf.train` and `load`.

    Attributes:
        model: a `keras.Model`, such as `wgan_tf.models.WGAN`: its `generator`, its `critic`.
        images: what it learnt from, as `wgan_tf.images` gives them.
        logs_dir: the run's folder; None: nothing is written.
    """

    def __init__(self, model: keras.Model, config: Config, of: Images | None = None):
        self.model, self._config = model, config
        self.images = of or images_of(config)
        self._ratio: Ratio | None = None

    @property
    def logs_dir(self) -> Path | None:  # noqa: D102
        logs_dir = self._config.run.logs_dir
        return None if logs_dir is None else Path(logs_dir)

    @property
    def iteration(self) -> int:
        """How many iterations it was trained for."""
        return int(self.model.iteration.numpy())

    def __repr__(self) -> str:
        where = "in memory" if self.logs_dir is None else f"in {self.logs_dir}"
        return f"<wgan_tf.Run: {self._config.network.model}, iteration {self.iteration}, {where}>"

    def sample_z(self, count: int = 64, seed: int = 0) -> np.ndarray:
        """Latents float32 (count, z_dim) from the prior, a pure function of (count, seed)."""
        return self._game().sample_z(count, seed).numpy()

    def generate(self, z: np.ndarray) -> np.ndarray:
        """Images float32 (n, size, size, channels) in [-1, 1] for latents (n, z_dim).

        Raises:
            UserError: they are no latents of this model.
        """
        return self._game().generate(z).numpy()

    def score(self, images: np.ndarray) -> np.ndarray:
        """The critic's scores float32 (n,) of images (n, size, size, channels) in [-1, 1], high =
        real.

        Raises:
            UserError: they are no such images.
        """
        return self._game().score(self._fitting(images)).numpy()

    def fit_ratio(self, features: str = "auto") -> Ratio:
        """Fits the sober adviser: a log density ratio, real against generated.

        Args:
            features: "labels", "self" (of images alone), "critic", "score", "random" or "pixels";
                "auto": "labels" where there are any, else "self".

        Returns:
            The ratio, which `refine(guide="ratio")` then follows: called with images it gives their
            log ratios (n,), and `facts` says what it is worth. With a folder it is kept there.
        """
        from wgan_tf.training.ratios import learn_ratio, ratio_in_memory

        with as_guest():
            config = self._config.but(ratio_features=features)
            if self.logs_dir is None:
                self._ratio = ratio_in_memory(config, self._game())
            else:
                self._ratio = learn_ratio(config, self._game())[0]
        return self._ratio

    @property
    def ratio(self) -> Ratio:
        """The ratio that `fit_ratio` gave last, or the one in the run's folder, or a new one."""
        if self._ratio is None and self.logs_dir is not None:
            from wgan_tf.training.ratios import find_ratio

            with as_guest():
                self._ratio = find_ratio(self._config, self._game())
        return self._ratio or self.fit_ratio()

    def refine(
        self,
        z: np.ndarray,
        method: str = "gradient",
        *,
        guide: str = "ratio",
        steps: int | None = None,
        budget: int | None = None,
        seed: int = 0,
        **settings: Any,
    ) -> Refined | Refinement:
        """Moves or chooses samples by a guide's advice; the model does not change.

        Args:
            z: latents (n, z_dim); for "image_iterator" also images (n, size, size, channels).
            method: "gradient", "langevin", "flow", "transport", "rejection", "resampling",
                "metropolis_hastings", "best_of", "truncation", or several with commas between; or
                "z_iterator" or "image_iterator", as the original moves latents and pixels.
            guide: "ratio", which is fitted when it is first asked for, or "critic".
            steps: of what moves; None: by the budget; of the iterators 30 by the ratio, else 1000.
            budget: evaluations that may be spent for each sample, a pass through generator and
                guide each; a step costs two; None: 20. Not of the iterators.
            seed: of what is drawn.
            settings: the method's own, as rate=0.02; of the iterators see `wgan_tf.refine.refiner`.

        Returns:
            What came of it, with `images_before` and `images_after` (n, size, size, channels) in
            [-1, 1], `z` (n, z_dim) and `diagnostics`; `rejection` may keep fewer than n, and
            `origin` says of which row each is.

        Raises:
            UsageError: there is no such method, guide or setting.
            UserError: what is given cannot be refined, or there is no ratio to be had.
        """
        if guide not in GUIDES:
            raise UsageError(f"guide={guide!r}: must be one of {', '.join(GUIDES)}")
        with as_guest():
            if method in _ITERATORS:
                if budget is not None:
                    raise UsageError(f"budget: of {method} the steps are the budget")
                return self._iterated(z, method, guide, steps, seed, settings)
            return self._by_method(self._latents(z), method, guide, steps, budget, seed, settings)

    def evaluate(
        self, samples: int | None = None, features: str = "random", seed: int = 0
    ) -> Report:
        """Measures samples of the model against images that it never saw; see `wgan_tf.evaluate`.

        Args:
            samples: how many; None: as many as there are to test with, at most 10,000.
            features: see there.
            seed: of the samples.
        """
        from wgan_tf.doors.measuring import evaluate

        fake = self.generate(self.sample_z(samples or len(self.images.test), seed))
        return evaluate(fake, self.images, features=features)

    def save(self, logs_dir: str | os.PathLike) -> None:
        """Writes a run that was trained in memory into a new folder, as the command line would.

        Raises:
            UserError: the folder holds a run, or cannot be written.
        """
        from wgan_tf.runs import checkpoints
        from wgan_tf.runs.locking import alone_in

        folder = Path(os.path.expanduser(logs_dir))
        if (folder / "config.json").exists():
            raise UserError(f"{folder} holds a run; choose another folder")
        config = self._config.but(logs_dir=os.fspath(folder))
        with as_guest(), alone_in(folder):
            runs.write_config(config)
            runs.note_images(config)
            checkpoints.save(runs.checkpoint_dir(folder), self.model)
            runs.save_networks(config, self.model)
            if self._ratio is not None:
                self._ratio.save(folder / "ratio.keras")
        self._config = config

    def _by_method(self, z, method: str, guide: str, steps, budget, seed: int, settings: dict):
        from wgan_tf.looks.progress import progress
        from wgan_tf.refine.guide import CriticGuide
        from wgan_tf.refine.methods.sequence import make_sequence

        parsed = self._parsed(method, settings)
        if steps is not None:
            budget = _budget(parsed, steps, budget)
        model = self._game()
        adviser = self.ratio if guide == "ratio" else CriticGuide(model)
        refiner = make_sequence(parsed, model, adviser)
        with progress(method, len(z), "sample", "value {:.3f}") as following:
            return refiner(z, budget or self._config.guided.budget, seed, following())

    @staticmethod
    def _parsed(method: str, settings: dict) -> list[tuple[str, dict]]:
        from wgan_tf.refine.methods import parse

        try:
            parsed = parse(method)
        except ValueError as error:
            raise UsageError(f"method={method!r}: {error}; or {', '.join(_ITERATORS)}") from None
        if settings and len(parsed) > 1:
            raise UsageError("settings of several methods stand behind their names: flow:rate=0.1")
        return [(name, {**own, **settings}) for name, own in parsed]

    def _iterated(self, moved, method: str, guide: str, steps, seed: int, settings: dict):
        from wgan_tf.looks.refinement import real_images, refined, refining

        model, config = self._game(), self._config.but(mode=method)
        moved = np.asarray(moved, np.float32)
        if REFINERS[method].moves == "z" or moved.ndim == 2:
            moved = self._latents(moved)
        if REFINERS[method].moves == "images":
            moved = self.generate(moved) if moved.ndim == 2 else self._fitting(moved)
        if guide == "ratio":
            config = by_ratio(config)
        options = refining(config, self.ratio if guide == "ratio" else None)
        options |= {"steps": steps or options["steps"], "seed": seed, **settings}
        if model.generator_needs_real:
            options.setdefault("real", real_images(config.but(batch_size=len(moved)), model))
        return refined(model, method, moved, **options)

    def _game(self):
        if self.model.generator is None:
            raise UserError("this run is a classifier: it has no generator")
        return self.model

    def _latents(self, z) -> np.ndarray:
        return self._game().latents(z)

    def _fitting(self, given) -> np.ndarray:
        form = self.model.critic.input_shape[1:]
        try:
            return as_images(given, of=form)
        except UserError as error:
            wanted = ", ".join(map(str, form))
            raise UserError(f"{error}; (n, {wanted}) in [-1, 1] are wanted") from None


def _budget(parsed: list[tuple[str, dict]], steps: int, budget) -> int:
    """The evaluations of so many steps."""
    if budget is not None:
        raise UsageError("steps and budget: give one of them, a step costs two evaluations")
    name = parsed[0][0]
    if len(parsed) > 1 or not hasattr(METHODS[name], "ahead"):
        raise UsageError(f"steps: {','.join(name for name, _ in parsed)} takes a budget instead")
    return 2 * (steps + METHODS[name].ahead)
