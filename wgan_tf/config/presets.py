"""The settings that stand in for flags that are not given: by game, kind of data and classifier."""

from collections.abc import Mapping
from typing import NamedTuple

from wgan_tf.data.form import Form
from wgan_tf.models import GAMES
from wgan_tf.networks import ARCHITECTURES

OPTIMIZER_PARAM = {
    "RMSProp": 0.9,
    "keras_rmsprop": 0.9,
    "Adam": 0.5,
    "keras_adam": 0.5,
    "sgd": 0.0,
}
# Of iterators that a ratio guides: more steps hardly help, and in the end they harm.
RATIO_RATE, RATIO_STEPS = 0.01, 30

# Sizes that train on two CPU cores in minutes. Everything not named here has the original's.
_DIGITS = {
    "image_size": "32",
    "channels": 1,
    "layers": 3,
    "z_dim": 64,
    "gen_dimension": 2,
    "disc_dimension": 16,
    "checkpoint_every": 200,
    "iterations": 2000,
}
_SMALL_WGAN = {
    "learning_rate": 1e-3,
    "clip_value": 0.05,
    "n_critic": 3,
    "critic_boost": False,
    "iterator_learning_rate": 5e-5,
}
# Five minutes on two cores. Of the rates 5e-4, 1e-3 and 2e-3 the last drew the most digits by the
# class asked for in that time; batches of 32 instead of 64 were no better.
_SMALL_PENALISED = {
    "gen_dimension": 32,
    "disc_dimension": 16,
    "z_dim": 100,
    "batch_size": 64,
    "learning_rate": 2e-3,
    "iterations": 1000,
}
# Nine hours on two cores, 38 epochs of 50,000 images.
_NIGHT = {
    "gen_dimension": 64,
    "disc_dimension": 64,
    "z_dim": 100,
    "batch_size": 64,
    "learning_rate": 2e-4,
    "iterations": 30_000,
}
_DIGITS_CLASSIFIERS = {
    "fast": {"disc_dimension": 16, "augmentation": "turned", "epochs": 3},
    "homework": {"disc_dimension": 16, "augmentation": "turned", "epochs": 5},
    "judge": {},
}
# The best digits after a minute, of the settings that the README lists: of the original's game, and
# of any. The first has no average: its critic's advice is about the weights that it learnt against.
_DIGITS_WGAN = {**_SMALL_WGAN, "learning_rate": 2e-3, "clip_value": 0.1, "n_critic": 1}
_QUICK_DCGAN = {
    "kernel_size": 4,
    "gen_dimension": 4,
    "learning_rate": 2e-3,
    "optimizer_param": 0.0,
    "ema": 0.995,
}
# With networks half as wide the categories got worse again after 2,500 iterations; with 4 or 52
# values of noise instead of 12, or at half the rate, they agreed with the digits no better.
_DIGITS_INFOGAN = {
    "gen_dimension": 4,
    "disc_dimension": 32,
    "z_dim": 24,
    "learning_rate": 2e-3,
    "iterations": 4000,
}
_DIGITS_GAMES = {
    "wgan": _DIGITS_WGAN,
    "dcgan": _QUICK_DCGAN,
    "infogan": _DIGITS_INFOGAN,
    "wgan_gp": _SMALL_PENALISED,
    "acgan": _SMALL_PENALISED,
}
# Larger images, faces and others.
_PICTURES = {
    "image_size": "64",
    "fit": "crop",
    "layers": 4,
    "z_dim": 64,
    "gen_dimension": 4,
    "disc_dimension": 32,
    "batch_size": 64,
    "checkpoint_every": 100,
    "iterations": 10_000,
}
# The homework's networks are for images of one size.
_PICTURES_PENALISED = {
    **_SMALL_PENALISED, "image_size": "32", "layers": 3, "disc_dimension": 32, "iterations": 10_000
}  # fmt: skip
# Faces in all tiles after nine minutes on two cores; of larger networks a step is shorter and what
# they draw is averaged over more of them.
_PICTURES_DCGAN = {**_QUICK_DCGAN, "learning_rate": 1e-3, "ema": 0.998}
_PICTURES_GAMES = {
    "wgan": _SMALL_WGAN,
    "dcgan": _PICTURES_DCGAN,
    "wgan_gp": _PICTURES_PENALISED,
    "acgan": _PICTURES_PENALISED,
}
# CelebA's are cut as by the original.
_FACES = "108,64"
# Images of at most so many pixels a side are trained on at 32, larger ones at 64.
_SMALL = 40
# For films of any images: two values of z, little networks, two critic updates and so a frame per
# iteration. Five minutes of processor time; digits and faces of the same rates come out readable.
# With one critic update digits were fewer, and Adam's 1e-3 in `dcgan` drew one or two kinds only.
_FILM = {
    "film": True,
    "image_size": "28",
    "channels": 1,
    "layers": 2,
    "z_dim": 2,
    "gen_dimension": 4,
    "disc_dimension": 16,
    "checkpoint_every": 500,
    "iterations": 5700,
}
# Those whose networks or codes ask for more.
_FILM_PENALISED = {**_SMALL_PENALISED, "image_size": "32", "layers": 3, "iterations": 1000}
_FILM_GAMES = {
    "wgan": {**_SMALL_WGAN, "learning_rate": 2e-3, "clip_value": 0.1, "n_critic": 2},
    "infogan": {"z_dim": 24},
    "wgan_gp": _FILM_PENALISED,
    "acgan": _FILM_PENALISED,
}
# What `--mode=benchmark` measures where no data set says otherwise.
STANDARD = {"image_size": "64", "gen_dimension": 4, "critic_boost": False}
# Two sets of images that belong to no run.
AS_THEY_ARE = {"image_size": "0"}


class Kind(NamedTuple):
    """What `--preset=small` is for one kind of data.

    Attributes:
        sizes: of fields, the values for all games.
        games: those of some games besides.
        classifiers: those of some classifiers.
    """

    sizes: Mapping
    games: Mapping
    classifiers: Mapping


# Grey images of at most `_SMALL` pixels a side.
DIGITS = Kind(_DIGITS, _DIGITS_GAMES, _DIGITS_CLASSIFIERS)
# Colour images of that size.
SMALL_PICTURES = Kind(
    {**_DIGITS, "channels": 3, "gen_dimension": 4, "disc_dimension": 32, "iterations": 20_000},
    {
        "wgan": _SMALL_WGAN,
        "dcgan": _PICTURES_DCGAN,
        "wgan_gp": _NIGHT,
        "acgan": _NIGHT,
    },
    {},
)
# All larger ones.
PICTURES = Kind(_PICTURES, _PICTURES_GAMES, {})
# No images to have a size, or networks that are somebody else's: the original's settings.
ORIGINAL = Kind({}, {}, {})


def kind_of(form: Form) -> Kind:
    """By the size and the channels of images; what is not known is taken for large, in colour."""
    if form.side is not None and form.side <= _SMALL:
        return DIGITS if form.channels == 1 else SMALL_PICTURES
    sizes = {**_PICTURES, "channels": form.channels or 3}
    if form.is_celeba:
        sizes["image_size"] = _FACES
        del sizes["fit"]  # it has no effect beside a crop
    return PICTURES._replace(sizes=sizes)


def defaults(model: str, kind: Kind, preset: str = "small") -> dict:
    """Of a game on a kind of data.

    Args:
        model: a key of `GAMES` with a generator.
        kind: what `kind_of` gives.
        preset: "small", "film", which is the same for all data, or "full" for the sizes and rates
            of the original or of the homework.
    """
    if preset == "film":
        return {**GAMES[model].defaults, **_FILM, **_FILM_GAMES.get(model, {})}
    if preset == "full":
        # Grey or not is no question of size.
        channels = {name: kind.sizes[name] for name in ("channels",) if name in kind.sizes}
        return {**GAMES[model].defaults, **channels}
    return {**GAMES[model].defaults, **kind.sizes, **kind.games.get(model, {})}


def classifier_defaults(network: str, kind: Kind, preset: str = "small") -> dict:
    """Of a classifier on a kind of data; `network` is one of `CLASSIFIERS`, else as for `defaults`.
    """
    form = {name: kind.sizes[name] for name in ("image_size", "channels") if name in kind.sizes}
    small = {} if preset == "full" else kind.classifiers.get(network, {})
    return {**form, **ARCHITECTURES[network].classifier, **small}
