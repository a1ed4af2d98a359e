"""What every mode needs: the run, its data, its networks, and where a run may come from."""

import dataclasses
import os

from wgan_tf import data
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.field import (
    MOST_WIDTH,
    between,
    field,
    frame,
    layer_count,
    not_negative,
    numbers,
    one_of,
    one_to,
    plain_name,
    widths,
)
from wgan_tf.models import GAMES
from wgan_tf.networks import ARCHITECTURES, CLASSIFIERS, UPSAMPLING

_GAMES = [f"{name} ({game.summary})" for name, game in GAMES.items() if game.summary]


@dataclasses.dataclass(frozen=True)
class RunConfig:
    """What to do, and where it is kept."""

    mode: str = field("train", "what to do; see the list above", "free", "all", one_of(*COMMANDS))
    logs_dir: str = field(
        None, "folder of the run, everything it writes (default: logs/DATASET)", "free", "all"
    )
    preset: str = field(
        "small",
        "small: what a CPU trains in minutes to hours, by the size and channels of the images; "
        "full: the sizes and rates of the original, or of the homework (default for CelebA as "
        "the original reads it); film: grey, 28 pixels, z of two values, filmed",
        "training", "learn benchmark", one_of("small", "full", "film"),
    )
    seed: int = field(
        0, "seed of the weights, the order of images and every z", "training", "all", not_negative
    )


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """Where the images come from and how they are fitted."""

    dataset: str = field(
        data.DEFAULT, data.HELP, "training", "data points", plain_name,
    )
    data_dir: str | None = field(
        None,
        "images of your own (without --dataset): a folder (sub-folders are classes, or train and "
        "test), zip, tar, npz, TFRecords, gs://bucket/folder; or tensorflow-datasets' folder",
        "training", "data",
    )
    split: str = field(
        "train",
        "part of the data set that is trained on: a split of tensorflow-datasets or a folder, or "
        "train[:50%] and the like (default where labels are learnt from a folder without a split "
        "test: train[:90%])",
        "training", "data",
    )
    cache_dir: str = field(
        os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "wgan_tf"),
        "folder where decoded data sets are kept between runs",
        "free", "data",
    )
    image_size: str = field(
        "108,64",
        "crop,size in pixels as in the original; one number: as --fit says (default: by "
        "--preset)",
        "fixed", "all", frame,
    )
    fit: str = field(
        "squeeze",
        "how pictures become squares where --image_size has no crop: crop (the largest in the "
        "centre; default of your own), pad (black beside them) or squeeze",
        "fixed", "data", one_of("crop", "squeeze", "pad"),
    )
    channels: int = field(3, "1 for grey images, 3 for colour", "fixed", "all", one_of(1, 3))
    batch_size: int = field(
        64, "images per batch",
        "later", "learn iterate refine visualize traverse manifold benchmark", one_to(65_536),
    )

    @property
    def size(self) -> int:
        """Height and width of the images, in pixels; 0: two sets, measured as they are."""
        return int(self.image_size.split(",")[-1])

    @property
    def crop(self) -> int | None:
        """Side of the square that is cut out before resizing, in pixels; None: no crop."""
        return int(self.image_size.split(",")[0]) if "," in self.image_size else None

    @property
    def crop_size(self) -> int:
        """Side in pixels of what is shown of an image before it is resized."""
        return self.crop or self.size


@dataclasses.dataclass(frozen=True)
class NetworkConfig:
    """The game and the sizes of its two networks."""

    model: str = field(
        "wgan", f"the game: {', '.join(_GAMES[:-1])}, or {_GAMES[-1]}",
        "fixed", "all", one_of(*GAMES),
    )
    network: str | None = field(
        None,
        "the classifier's: fast, homework (3x3, layer norm, as in wgan_gp and acgan) or judge "
        "(default: fast, of train_judge: judge)",
        "fixed", "all", one_of(*CLASSIFIERS),
    )
    classes: int | None = field(
        None, "acgan and classifiers: number of classes (default: as many as the data has)",
        "fixed", "all", between(2, 10_000),
    )
    categories: int = field(
        10, "infogan: values of the categorical code", "fixed", "all", between(2, 10_000)
    )
    codes: int = field(
        2, "infogan: continuous codes in [-1, 1]", "fixed", "all", between(0, 10_000)
    )
    minibatch_discrimination: bool = field(
        False,
        "dcgan, infogan: the discriminator also sees how near the images of a batch are to each "
        "other",
        "fixed", "all",
    )
    kernel_size: int = field(
        5, "dcgan, infogan: side of the kernels of all convolutions", "fixed", "all", between(2, 7)
    )
    upsampling: str = field(
        "transposed",
        "wgan, gan, dcgan, infogan: how the generator doubles its maps: transposed convolutions, "
        "or resize (each pixel four times, then a convolution: no checkerboards)",
        "fixed", "all", one_of(*UPSAMPLING),
    )
    spectral_norm: bool = field(
        False,
        "gan, dcgan, infogan: each layer up to the discriminator's score has spectral norm 1, in "
        "place of batch norm",
        "fixed", "all",
    )
    z_dim: int = field(100, "length of the latent z", "fixed", "all", one_to(MOST_WIDTH))
    z_prior: str = field(
        "uniform", "law of z: uniform in [-1, 1], or normal",
        "fixed", "all", one_of("uniform", "normal"),
    )
    gen_dimension: int = field(
        16, "the generator's widths are 8, 16, 32, ... times this; wgan_gp, acgan: all are this",
        "fixed", "all", one_to(4096),
    )
    disc_dimension: int = field(
        64,
        "width of the critic's first layer, doubled by each next; wgan_gp, acgan, "
        "--network=homework: of all (196 in the homework)",
        "fixed", "all", one_to(4096),
    )
    layers: int = field(4, "stride-2 layers of each network", "fixed", "all", layer_count)
    generator_widths: str | None = field(
        None, "widths one by one, widest first, as 64,32 (default: from --gen_dimension)",
        "fixed", "all", widths,
    )
    critic_widths: str | None = field(
        None, "widths one by one, as 16,32 (default: from --disc_dimension)",
        "fixed", "all", widths,
    )

    @property
    def one_width(self) -> bool:
        """Whether all layers of its networks have the same width."""
        name = GAMES[self.model].network or self.network or CLASSIFIERS[0]
        return ARCHITECTURES[name].one_width

    @property
    def generator_channels(self) -> tuple[int, ...]:
        """Channels of the generator's maps from the first to the last before the image."""
        if self.generator_widths:
            return numbers(self.generator_widths)
        if self.one_width:
            return (self.gen_dimension,)
        return tuple(8 * self.gen_dimension * 2**i for i in reversed(range(self.layers)))

    @property
    def critic_channels(self) -> tuple[int, ...]:
        """Channels after each stride-2 convolution of the critic."""
        if self.critic_widths:
            return numbers(self.critic_widths)
        if self.one_width:
            return (self.disc_dimension,)
        return tuple(self.disc_dimension * 2**i for i in range(self.layers))


@dataclasses.dataclass(frozen=True)
class ImportConfig:
    """What is brought in from elsewhere."""

    tf1_checkpoint: str | None = field(
        None,
        "a TensorFlow 1 checkpoint of the original: its folder, or its prefix (model.ckpt-1000)",
        "free", "import_tf1",
    )
