"""`--mode=demo`: everything once, on the data that is at hand."""

from pathlib import Path

import numpy as np

from wgan_tf import runs
from wgan_tf.config.resolve import by_ratio
from wgan_tf.data.order import batch
from wgan_tf.modes import image_iterator, train, visualize, z_iterator
from wgan_tf.runs.artefacts import Artefacts
from wgan_tf.training.judging import known_judge, learn, no_judge
from wgan_tf.visualize.captioned import sheet

# Images in the picture, and how clear a case the least clear tenth of real images is.
SHOWN, COLUMNS, LEAST_CLEAR = 32, 16, 0.1
_REAL = 1000
# Images that a judge of its own is shown: half as many as one that is kept.
_SEEN = 40_000
_NAMES = {
    "z_iterator": "the critic's z iterator, {} steps",
    "z_iterator_ratio": "the ratio's z iterator, {} steps",
}


def run(config) -> list[Path]:
    """Trains, draws samples and runs both iterators by the critic, then the z iterator by a fitted
    ratio, and shows what an independent judge thinks of each.

    Returns:
        The pictures.
    """
    pictures = [*train.run(config), *visualize.run(config)]
    for name, mode in (("image_iterator", image_iterator), ("z_iterator", z_iterator)):
        pictures += mode.run(config.but(mode=name))
    sober = by_ratio(config.but(mode="z_iterator"))
    pictures += z_iterator.run(sober)
    return pictures + _compare(config, sober)


def _compare(config, sober) -> list[Path]:
    """The same z's as they are, by the critic and by the ratio, one row below the other."""
    folder = Path(config.run.logs_dir)
    sets, latents = {}, {}
    for name, chosen in (("z_iterator", config), ("z_iterator_ratio", sober)):
        with np.load(folder / f"{name}.npz") as arrays:
            refined = _NAMES[name].format(chosen.refinement.nr_iter_vis)
            sets["samples"], sets[refined] = arrays["before"], arrays["after"]
            latents["samples"], latents[refined] = arrays["z_before"], arrays["z"]
    clear = _clear(config, list(sets.values()))
    names = list(sets)
    if clear is not None:
        count = len(sets["samples"])
        names = [
            f"{name}: {n} of {count} as clear as nine of ten real ones"
            for name, n in zip(names, clear, strict=True)
        ]
        print("to an independent judge: " + "; ".join(names))
    columns = min(COLUMNS, len(sets["samples"]))
    rows = [
        sheet(images[:SHOWN], columns=columns, title=name)
        for name, images in zip(names, sets.values(), strict=True)
    ]
    with Artefacts(folder, "demo") as artefacts:
        artefacts.picture("demo", np.concatenate(rows))
        artefacts.arrays(z=np.concatenate([z[:SHOWN] for z in latents.values()]))
        artefacts.show("demo/picture", artefacts.pictures[-1])
        artefacts.figures({"clear": None if clear is None else dict(zip(sets, clear, strict=True))})
    return artefacts.pictures


def _clear(config, sets: list[np.ndarray]) -> list[int] | None:
    """How many images of each set are as clear a case to the judge as nine of ten real ones; None
    where there is no judge to be had.
    """
    if no_judge(config):
        return None
    judge = known_judge(config) or learn(runs.open_images(config), config.run.seed, _SEEN)
    source, _ = runs.open_unseen(config)
    real = judge.realism(batch(source, min(source.count, _REAL), config.run.seed))
    level = np.quantile(real, LEAST_CLEAR)
    return [int((judge.realism(images) >= level).sum()) for images in sets]
