"""What can be trained, one file each: a `keras.Model` with a `train_step`.

The games stand on `generative` (what a model offers) and `adversarial` (how it is trained);
`classifier` is a discriminator on its own. To add a game: a file here, and a row below; to add a
loss by name: its functions in `losses`, and a line below. Nothing here imports TensorFlow until it
is asked for.
"""

import dataclasses
from collections.abc import Mapping

from wgan_tf.registry import Registry

# Arguments of all models, and of all with a generator: what of a configuration each of them is.
_COMMON = {
    "size": "data.size",
    "channels": "data.channels",
    "critic_widths": "network.critic_channels",
    "seed": "run.seed",
}
_GENERATOR = {
    "z_dim": "network.z_dim",
    "z_prior": "network.z_prior",
    "ema": "training.ema",
    "generator_widths": "network.generator_channels",
}


@dataclasses.dataclass(frozen=True)
class Game:
    """What is known of a game before its class is loaded.

    Attributes:
        entry: its class.
        summary: for `--help`; None: it is not chosen by `--model`.
        settings: arguments that its class has beyond the common ones, and what of a configuration
            each of them is.
        network: a key of `NETWORKS`; None: `--network` names it.
        generator: whether it has one.
        labelled: whether it learns from labels.
        first: fields that say how many values z begins with before the noise.
        defaults: of fields of the configuration; the others are as the fields have it.
        alias: another name, the original's.
    """

    entry: str
    summary: str | None = None
    settings: Mapping[str, str] = dataclasses.field(default_factory=dict)
    network: str | None = "dcgan"
    generator: bool = True
    labelled: bool = False
    first: tuple[str, ...] = ()
    defaults: Mapping = dataclasses.field(default_factory=dict)
    alias: str | None = None

    @property
    def arguments(self) -> dict[str, str]:
        """All arguments of its class, and what of a configuration each of them is."""
        return {**_COMMON, **(_GENERATOR if self.generator else {}), **self.settings}

    @property
    def takes(self) -> set[str]:
        """Fields of the configuration that say what it is, or how its samples are shown."""
        fields = {place.partition(".")[2] for place in self.arguments.values()}
        fields |= {"gen_dimension", "layers"} if self.generator else set()
        return fields | ({"sample_epochs"} if self.first else set())


_ADAM = {"optimizer": "Adam", "learning_rate": 2e-4, "n_critic": 1, "critic_boost": False}
# The homework's, for images of any set.
_PENALISED = {
    "optimizer": "Adam",
    "learning_rate": 1e-4,
    "optimizer_param": 0.0,
    "beta_2": 0.9,
    "n_critic": 1,
    "critic_boost": False,
    "batch_size": 128,
    "image_size": "32",
    "layers": 3,
    "z_prior": "normal",
    "gen_dimension": 196,
    "disc_dimension": 196,
    "iterations": 70_312,  # its 180 epochs of 50,000 images
}
# Of the games on the strided networks.
_STRIDED = {"upsampling": "network.upsampling"}
# Of those whose weights are not clipped, or not by every loss.
_UNCLIPPED = {**_STRIDED, "spectral_norm": "network.spectral_norm"}
_CLIPPED = {"clip_value": "training.clip_value"}
_BY_NAME = {
    "loss_name": "training.loss",
    **_CLIPPED,
    **_UNCLIPPED,
    "kernel_size": "network.kernel_size",
    "minibatch_discrimination": "network.minibatch_discrimination",
}
_PENALTY = {"penalty_weight": "training.penalty_weight"}

GAMES = {
    "wgan": Game(
        "wgan_tf.models.wgan:WGAN",
        "or 1",
        {**_CLIPPED, **_STRIDED},
        defaults={
            "optimizer": "RMSProp", "learning_rate": 5e-5, "n_critic": 5, "critic_boost": True
        },
        alias="1",
    ),
    "gan": Game(
        "wgan_tf.models.gan:GAN",
        "or 0",
        {"crop_size": "data.crop_size", **_UNCLIPPED},
        defaults=_ADAM,
        alias="0",
    ),
    "dcgan": Game(
        "wgan_tf.models.dcgan:DCGAN", "the loss that --loss names", _BY_NAME, defaults=_ADAM
    ),
    "infogan": Game(
        "wgan_tf.models.infogan:InfoGAN",
        "finds categories and codes by itself",
        {**_BY_NAME, "categories": "network.categories", "codes": "network.codes"},
        first=("categories", "codes"),
        defaults=_ADAM,
    ),
    "wgan_gp": Game(
        "wgan_tf.models.wgan_gp:WGANGP",
        "gradient penalty instead of clipping",
        _PENALTY,
        network="homework",
        defaults=_PENALISED,
    ),
    "acgan": Game(
        "wgan_tf.models.acgan:ACGAN",
        "the same with classes: draws the class that it is asked for",
        {**_PENALTY, "classes": "network.classes"},
        network="homework",
        labelled=True,
        first=("classes",),
        defaults=_PENALISED,
    ),
    "classifier": Game(
        "wgan_tf.models.classifier:Classifier",
        settings={
            "classes": "network.classes",
            "network": "network.network",
            "augmentation": "classifier.augmentation",
            "label_smoothing": "classifier.label_smoothing",
        },
        network=None,
        generator=False,
        labelled=True,
    ),
}
MODELS = Registry({name: row.entry for name, row in GAMES.items()})
_CLASSES = {row.entry.split(":")[1]: name for name, row in GAMES.items()}
# The fields that only some games take.
OF_SOME = set.union(*(game.takes for game in GAMES.values())) - set.intersection(
    *(game.takes for game in GAMES.values())
)

LOSSES = Registry(
    {
        "minimax": "wgan_tf.models.losses:MINIMAX",
        "non_saturating": "wgan_tf.models.losses:NON_SATURATING",
        "wasserstein": "wgan_tf.models.losses:WASSERSTEIN",
        "hinge": "wgan_tf.models.losses:HINGE",
        "least_squares": "wgan_tf.models.losses:LEAST_SQUARES",
    }
)
# How rates fall in training.
DECAYS = Registry(
    {
        "none": "wgan_tf.models.rates:steady",
        "linear": "wgan_tf.models.rates:linear",
        "cosine": "wgan_tf.models.rates:cosine",
    }
)
# Random changes of a classifier's images.
AUGMENTATIONS = Registry(
    {
        "none": "wgan_tf.models.augmentation:unchanged",
        "turned": "wgan_tf.models.augmentation:turned",
        "shifted": "wgan_tf.models.augmentation:shifted",
        "cropped": "wgan_tf.models.augmentation:cropped",
    }
)
# Random changes of what a game's critic sees, in the order in which they are made: a square that
# is cut out stays where it is, and as grey.
GAME_AUGMENTATIONS = Registry(
    {
        "colour": "wgan_tf.models.differentiable_augmentation:COLOUR",
        "mirror": "wgan_tf.models.differentiable_augmentation:MIRROR",
        "translate": "wgan_tf.models.differentiable_augmentation:TRANSLATE",
        "cutout": "wgan_tf.models.differentiable_augmentation:CUTOUT",
    }
)


def game_of(cls: type) -> Game:
    """The row of a game's class, or of the nearest class above it that has one."""
    rows = {game.entry: game for game in GAMES.values()}
    names = (f"{base.__module__}:{base.__name__}" for base in cls.__mro__)
    return next(rows[name] for name in names if name in rows)


def __getattr__(name: str):
    """The classes by their names, as `wgan_tf.models.WGAN`."""
    if name in _CLASSES:
        return MODELS[_CLASSES[name]]
    raise AttributeError(f"module 'wgan_tf.models' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_CLASSES])
