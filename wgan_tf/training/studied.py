"""The trainings of a study, of games on images: who sees which images, and who judges."""

import shutil
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wgan_tf import runs
from wgan_tf.config.resolve import as_game
from wgan_tf.data.order import batch
from wgan_tf.errors import UsageError
from wgan_tf.files.writing import write_json
from wgan_tf.machine.arithmetic import workloads
from wgan_tf.metrics.judges import CriticJudge
from wgan_tf.runs.sharing import claimed
from wgan_tf.training import game
from wgan_tf.training.judging import find_judge, held_out, learn_critic
from wgan_tf.training.ratios import real_images

# Seed of the z's that a second critic learns from.
_LEARNT = 12
# Shares of data without labels or held-out images: to train on, for the judge, to measure with.
_PARTS = ("train[:50%]", "train[50%:75%]", "train[75%:]")
_MOST = 10_000
MARKER = "trained.json"
# Clipped, penalised, and without a Wasserstein critic.
GAMES_OF_FULL = ("wgan", "wgan_gp", "dcgan")


class Studied(NamedTuple):
    """A training of a study: a game after some iterations from a seed."""

    game: str
    stage: int
    seed: int

    def __str__(self):
        return f"{self.game} {self.stage} seed {self.seed}"


class ImageTrainings:
    """Trains what a study asks for.

    Attributes:
        all: every `Studied`, those of one seed next to each other.
        labelled: whether ratios may learn features by labels.
        real, training: held-out images to measure with, and images that generators learn from,
            (n, h, w, c).

    Args:
        config: of the study.

    Raises:
        UsageError: --split with data that the study has to divide itself.
        UserError: too few images.
    """

    def __init__(self, config):
        self.config, self._folder = config, Path(config.run.logs_dir)
        self._split, self._for_judge, self.training = config.data.split, None, None
        self.labelled = runs.open_images(config).labels is not None
        if self.labelled:
            self.real, self.training = held_out(config)
        if self.training is None:
            self._divide()
        self.all = studied(config)
        self._learnt_from = None

    def marker(self, one: Studied) -> Path:
        """The file that is there when a training has ended."""
        return self.folder(one) / MARKER

    def folder(self, one: Studied) -> Path:
        """Of a run."""
        return self._folder / one.game / f"seed-{one.seed}" / str(one.stage)

    def train(self, one: Studied) -> None:
        """Trains, or goes on where it was stopped."""
        config = self._config(one)
        game.train(config)
        gflop = _gflop_of_iteration(config, runs.load_trained(config)) * one.stage
        write_json(self.marker(one), {"iterations": one.stage, "gflop": gflop})

    def load(self, one: Studied):
        """The trained model."""
        return runs.load_trained(self._config(one))

    def judge(self):
        """The independent classifier, or, without labels, a second critic, who has learnt from
        images that the first critics never saw, and from samples of all trainings.
        """
        if self._for_judge is None:
            with claimed(self._folder / "judge"):
                return find_judge(self.config)
        path = self._folder / "judge.keras"
        with claimed(path):
            if not path.exists():
                count = -(-len(self._for_judge) // len(self.all))
                fake = np.concatenate([self._samples(one, count) for one in self.all])
                fake = fake[: len(self._for_judge)]
                learn_critic(self._for_judge, fake, self.config.run.seed).save(path)
        return CriticJudge.load(path)

    def learnt_from(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Images that the generators learnt from, and their labels or None, for ratios."""
        if self._learnt_from is None:
            self._learnt_from = real_images(self.config.but(split=self._split))
        return self._learnt_from

    def more(self, one: Studied, model, z, gflop: float) -> tuple[np.ndarray, float, float]:
        """Images of z (n, z_dim) from the generator that was trained on for GFLOP per sample, how
        many these really were, and seconds.
        """
        config = self._config(one)
        cost = _gflop_of_iteration(config, model)
        more = max(1, round(len(z) * gflop / cost))
        start, iterations = self.folder(one), one.stage + more
        folder = start.with_name(f"{start.name}-more-{iterations}")
        if not folder.exists():
            unfinished = folder.with_name(f".{folder.name}")
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(start, unfinished)
            unfinished.rename(folder)
        longer = config.but(logs_dir=str(folder), iterations=iterations)
        began = time.perf_counter()
        game.train(longer)
        seconds = time.perf_counter() - began
        return np.asarray(runs.load_trained(longer).generate(z)), more * cost / len(z), seconds

    def _config(self, one: Studied):
        return as_game(self.config, one.game).but(
            mode="train",
            seed=one.seed,
            logs_dir=str(self.folder(one)),
            split=self._split,
            iterations=one.stage,
            evaluate_every=0,
        )

    def _samples(self, one: Studied, count: int) -> np.ndarray:
        model = self.load(one)
        return np.asarray(model.generate(model.sample_z(count, _LEARNT)))

    def _divide(self) -> None:
        if self._split != "train":
            raise UsageError(
                f"--split={self._split}: the study itself divides data without labels or "
                "test images; leave the flag out"
            )
        self._split = _PARTS[0]
        sources = [runs.open_images(self.config, part) for part in _PARTS]
        self.training, self._for_judge, self.real = (
            batch(source, min(source.count, _MOST), 0) for source in sources
        )


def studied(config) -> list[Studied]:
    """What is trained, seed by seed."""
    chosen, first = config.study, config.run.seed
    games = chosen.listed("study_games")
    if games is None:
        games = GAMES_OF_FULL if chosen.study_size == "full" else [config.network.model]
    return [
        Studied(name, stage, seed)
        for seed in range(first, first + chosen.study_seeds)
        for name in games
        for stage in chosen.stages
    ]


def _gflop_of_iteration(config, model) -> float:
    counted = workloads(model, config.data.batch_size, config.training.n_critic)
    return counted["iteration"]
