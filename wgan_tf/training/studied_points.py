"""The trainings of a study of games on points in a plane, which are stored as arrays."""

from pathlib import Path

import numpy as np

from wgan_tf.data import WORLDS
from wgan_tf.errors import UsageError
from wgan_tf.files.reading import read_arrays
from wgan_tf.files.writing import written_whole
from wgan_tf.training.studied import Studied, studied
from wgan_tf.training.toy_game import GAMES, make_game, train_game

# Points that games learn from, as the toy's.
TRAINED_ON = 50_000


class PointTrainings:
    """Trains what a study asks for; attributes and calls as of `studied.ImageTrainings`.

    Args:
        config: of the study.

    Raises:
        UsageError: a game that is not played on points.
    """

    labelled = False

    def __init__(self, config):
        self._folder = Path(config.run.logs_dir)
        self.world = WORLDS[config.data.dataset]()
        self.rng = np.random.default_rng([config.run.seed, 92])
        self._points = self.world.sample(TRAINED_ON, self.rng)
        self.all = studied(config)
        for game in dict.fromkeys(one.game for one in self.all):
            if game not in GAMES:
                raise UsageError(f"--study_games={game}: on points one of {', '.join(GAMES)}")

    def marker(self, one: Studied) -> Path:
        """See `ImageTrainings`."""
        return self._folder / one.game / f"seed-{one.seed}" / f"{one.stage}.npz"

    def train(self, one: Studied) -> None:
        """See `ImageTrainings`."""
        model = train_game(one.game, self._points, one.seed, one.stage)
        arrays = {
            f"{name}_{index}": array
            for name in ("generator", "critic")
            for index, array in enumerate(getattr(model, name).get_weights())
        }
        with written_whole(self.marker(one)) as unfinished:
            np.savez(unfinished, **arrays)

    def load(self, one: Studied):
        """See `ImageTrainings`."""
        model, path = make_game(one.game, one.seed), self.marker(one)
        arrays = read_arrays(path, None)
        for name in ("generator", "critic"):
            network = getattr(model, name)
            count = len(network.get_weights())
            network.set_weights([arrays[f"{name}_{index}"] for index in range(count)])
        return model
