"""How a run is trained, and what it writes meanwhile."""

import dataclasses

from wgan_tf.config.field import (
    MOST_ITERATIONS,
    between,
    epochs_of_both,
    field,
    fraction,
    not_negative,
    numbers,
    one_of,
    one_to,
    positive,
    rising_from_zero,
    some_of,
)
from wgan_tf.models import AUGMENTATIONS, DECAYS, GAME_AUGMENTATIONS, LOSSES
from wgan_tf.optimizers import OPTIMIZERS


@dataclasses.dataclass(frozen=True)
class TrainingConfig:
    """How the two networks are trained."""

    iterations: int = field(
        100_000, "generator updates in all, those of earlier commands included",
        "free", "fit matched_study", between(0, MOST_ITERATIONS),
    )
    begin_from: str | None = field(
        None,
        "folder of another run, whose newest weights iteration 0 begins with; its sizes are then "
        "the defaults of the networks'",
        "training", "train train_classifier",
    )
    loss: str = field(
        "non_saturating",
        f"dcgan, infogan: {', '.join(LOSSES)} (wasserstein: with clipped weights)",
        "training", "game", one_of(*LOSSES),
    )
    alternate: str | None = field(
        None,
        "epochs:D,G: the discriminator learns for D epochs, then the generator for G; an iteration "
        "is then one update of the side whose turn it is (default: --n_critic decides)",
        "training", "game", epochs_of_both,
    )
    matched_batches: int = field(
        0,
        "K steps on every z towards the real image beside it, before both are trained on; 0: none "
        "(matched_study: 5)",
        "training", "game", between(0, 1000),
    )
    matched_rate: float = field(
        0.2, "length of such a step, per value of z", "training", "game", positive
    )
    augment: str | None = field(
        None,
        "random changes of all that the critic sees, real and generated, any of "
        f"{', '.join(GAME_AUGMENTATIONS)} with commas between (default: none)",
        "training", "game", some_of(*GAME_AUGMENTATIONS),
    )
    n_critic: int = field(
        5, "critic updates per iteration, each on a fresh batch",
        "training", "game benchmark", one_to(1000),
    )
    critic_boost: bool = field(
        True, "25 critic updates in the first 24 iterations and every 500th, as in the original",
        "training", "game",
    )
    clip_value: float = field(
        0.01, "wgan: the critic's variables are clipped to +- this",
        "training", "game benchmark", positive,
    )
    penalty_weight: float = field(
        10.0, "wgan_gp, acgan: weight of the gradient penalty", "training", "game", positive
    )
    r1: float = field(
        0.0,
        "GAMMA: half of it times the critic's mean squared slope at real images is added to its "
        "loss, of any game without clipped weights; 0: none",
        "training", "game", not_negative,
    )
    optimizer: str = field(
        "RMSProp",
        "RMSProp and Adam compute as TensorFlow 1 does; keras_rmsprop and keras_adam are Keras'; "
        "sgd: plain steps, those of iterators by --guide=ratio unless given",
        "training", "game iterate benchmark", one_of(*OPTIMIZERS),
    )
    learning_rate: float = field(
        5e-5,
        "learning rate of training (classifiers: its peak), or, given to an iterator, the "
        "iterator's",
        "later", "learn stepwise benchmark", positive,
    )
    critic_learning_rate: float | None = field(
        None, "the critic's learning rate (default: --learning_rate, as the generator's)",
        "training", "game benchmark", positive,
    )
    decay: str = field(
        "none", "how both rates fall to zero until --iterations: none, linear or cosine",
        "training", "game benchmark", one_of(*DECAYS),
    )
    ema: float = field(
        0.0,
        "samples are drawn by a moving average of the generator's weights with this decay, as "
        "0.995; 0: by the last weights",
        "training", "game benchmark", fraction,
    )
    optimizer_param: float = field(
        0.9,
        "decay of RMSProp, beta 1 of Adam, momentum of sgd",
        "training", "game iterate benchmark", fraction,
    )
    beta_2: float = field(
        0.999, "beta 2 of Adam in training", "training", "game benchmark", fraction
    )
    precision: str = field(
        "auto",
        "of training's arithmetic; weights are float32 always. auto: mixed_bfloat16 on GPUs that "
        "have it in hardware, else float32",
        "training", "learn benchmark",
        one_of("auto", "float32", "mixed_bfloat16", "mixed_float16"),
    )
    checkpoint_every: int = field(100, "iterations between checkpoints", "free", "learn", positive)
    keep_checkpoints: int = field(
        3, "checkpoints that are kept, the newest; the best by --keep_best besides",
        "free", "learn", positive,
    )
    on_nan: str = field(
        "stop",
        "what follows a loss that is no number: stop (and say where it began), or rollback to the "
        "last checkpoint and go on with half the learning rate, three times at most",
        "free", "game", one_of("stop", "rollback"),
    )

    @property
    def augmentations(self) -> tuple[str, ...]:
        """Names in `--augment`."""
        return tuple(self.augment.split(",")) if self.augment else ()

    @property
    def turns(self) -> tuple[int, int] | None:
        """Epochs of the discriminator and of the generator in turn; None: by `--n_critic`."""
        return numbers(self.alternate.partition(":")[2]) if self.alternate else None


@dataclasses.dataclass(frozen=True)
class ClassifierConfig:
    """How a classifier is trained: AdamW, whose rate rises for a fifth of the steps, then falls
    along a cosine to zero.
    """

    epochs: int | None = field(
        None, "passes over the images (default: of the preset, or as many as show 80,000 images)",
        "training", "classify", one_to(10_000),
    )
    augmentation: str = field(
        "none",
        "random changes of the training images: none, turned (digits), shifted (mirrored and "
        "shifted), cropped (the homework's crop, mirror and colour jitter)",
        "training", "classify", one_of(*AUGMENTATIONS),
    )
    label_smoothing: float = field(
        0.0, "share of each label spread over all classes", "training", "classify", fraction
    )
    weight_decay: float = field(0.0, "AdamW's weight decay", "training", "classify", fraction)


@dataclasses.dataclass(frozen=True)
class SummaryConfig:
    """What training writes to TensorBoard, and how often."""

    summary_every: int = field(
        10, "iterations between scalars (means since the last)", "free", "learn", positive
    )
    image_every: int = field(
        100, "iterations between pictures of fixed z's", "free", "game", positive
    )
    sample_epochs: str | None = field(
        None,
        "acgan, infogan: epochs after which samples are drawn as images/epoch_NNN.png, one column "
        "per class, as 0,1,5 (default: six in all, evenly)",
        "free", "game", rising_from_zero,
    )
    histogram_every: int = field(
        0, "iterations between histograms; 0: none", "free", "game", not_negative
    )
