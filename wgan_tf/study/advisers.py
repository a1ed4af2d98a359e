"""The advisers of one trained game: its critic, and log density ratios fitted to its samples.

Each is made when it is first asked for and kept in a folder, features in another: those are learnt
once for all games of one seed.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from wgan_tf.files.keras_file import load_network
from wgan_tf.files.reading import read_figures
from wgan_tf.files.writing import write_json, written_whole
from wgan_tf.machine.arithmetic import count
from wgan_tf.networks.batch_norm import plain
from wgan_tf.refine.guide import CriticGuide
from wgan_tf.refine.ratio.fitting import Learnt, fit_ratio, learn_features
from wgan_tf.refine.ratio.ratio import Ratio
from wgan_tf.study.cells import CRITIC, FEATURES, SHUFFLED

# Real images, and as many samples: more make a ratio hardly better.
MOST = 8000
# Of these features a study learns once for all stages and games of a seed.
_LEARNT = ("self", "labels")
# So far apart are values of a ratio that knows nothing, if nothing else says how far.
_SPREAD = 2.0


class Advisers:
    """Guides by name, see `cells.ADVISERS`.

    Args:
        model: a trained game.
        real: called without arguments; images (n, h, w, c) in [-1, 1] that it learnt from, and
            their labels or None.
        folder: where ratios are kept.
        features: where learnt features are kept.
        seed: of everything that is drawn.
        claimed: a context manager of a path, in which no other process makes what is there.
    """

    def __init__(self, model, real: Callable, folder: Path, features: Path, seed: int, claimed):
        self.model, self.seed = model, seed
        self._real, self._folder, self._features = real, folder, features
        self._claimed, self._made = claimed, {}

    def __getitem__(self, name: str):
        """The guide of a name."""
        if name not in self._made:
            if name == CRITIC:
                self._made[name] = CriticGuide(self.model)
            else:
                path = self._folder / f"{name}.keras"
                with self._claimed(path):
                    self._made[name] = Ratio.load(path) if path.exists() else self._fit(name, path)
        return self._made[name]

    def facts(self, name: str) -> dict:
        """What is known of one that has been made, but for what would fill pages."""
        facts = getattr(self[name], "facts", {"seconds": 0.0, "gflop": 0.0})
        return {key: value for key, value in facts.items() if key != "reliability"}

    def gflop(self, name: str) -> float:
        """Of its value of one image."""
        guide = self[name]
        return count(self.model.critic if name == CRITIC else guide.network).forward

    def _fit(self, name: str, path: Path) -> Ratio:
        real, labels = self._real()
        spread = None
        if name == SHUFFLED:
            # As far apart as those of the sober one, in the same features.
            name = "self" if labels is None else "labels"
            spread = self[name].facts.get("spread", _SPREAD)
        features = FEATURES[name]
        learnt = self._learnt(features) if features in _LEARNT else features
        ratio = fit_ratio(
            self.model,
            real,
            labels,
            learnt,
            seed=self.seed,
            most=MOST,
            spread_by_chance=spread,
        )
        ratio.facts["spread"] = float(np.std(ratio.held_out[1]))
        ratio.save(path)
        return ratio

    def _learnt(self, features: str) -> Learnt:
        """Features that may be there already."""
        path = self._features / f"{features}.keras"
        rows, facts = path.with_suffix(".npy"), path.with_suffix(".json")
        with self._claimed(path):
            if not path.exists():
                learnt = learn_features(self.model, *self._real(), features, seed=self.seed)
                write_json(facts, {"seconds": learnt.seconds, "gflop": learnt.gflop})
                with written_whole(rows) as unfinished:
                    np.save(unfinished, learnt.rows)
                with written_whole(path) as unfinished:
                    plain(learnt.network).save(unfinished)
            known = read_figures(facts)
            network = load_network(path)
        return Learnt(features, network, np.load(rows), known["seconds"], known["gflop"])
