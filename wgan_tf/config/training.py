"""How a run is trained, and what it writes meanwhile."""

import dataclasses

from wgan_tf.config.field import (
    FITTING,
    ITERATORS,
    TRAIN,
    field,
    fraction,
    not_negative,
    one_of,
    positive,
)

OPTIMIZERS = ("RMSProp", "Adam", "keras_rmsprop", "keras_adam")


@dataclasses.dataclass(frozen=True)
class TrainingConfig:
    """How the two networks are trained."""

    iterations: int = field(
        100_000,
        "generator updates in all, those of earlier commands included",
        "free",
        FITTING,
        not_negative,
    )
    n_critic: int = field(
        5,
        "critic updates per iteration, each on a fresh batch",
        "training",
        (*TRAIN, "benchmark"),
        positive,
    )
    critic_boost: bool = field(
        True,
        "25 critic updates in the first 24 iterations and every 500th, as in the original",
        "training",
        TRAIN,
    )
    clip_value: float = field(
        0.01, "wgan: the critic's variables are clipped to +- this", "training", TRAIN, positive
    )
    optimizer: str = field(
        "RMSProp",
        "RMSProp and Adam compute as TensorFlow 1 does; keras_rmsprop and keras_adam are Keras'",
        "training",
        (*TRAIN, *ITERATORS, "z_iterator_tsne"),
        one_of(*OPTIMIZERS),
    )
    learning_rate: float = field(
        5e-5,
        "learning rate of training, or, given to an iterator, the iterator's",
        "training",
        (*TRAIN, *ITERATORS, "z_iterator_tsne"),
        positive,
    )
    optimizer_param: float = field(
        0.9,
        "decay of RMSProp, beta 1 of Adam",
        "training",
        (*TRAIN, *ITERATORS, "z_iterator_tsne"),
        fraction,
    )
    precision: str = field(
        "auto",
        "of training's arithmetic; weights are float32 always. auto: mixed_bfloat16 on GPUs that "
        "have it in hardware, else float32",
        "training",
        (*TRAIN, "benchmark"),
        one_of("auto", "float32", "mixed_bfloat16", "mixed_float16"),
    )
    checkpoint_every: int = field(100, "iterations between checkpoints", "free", TRAIN, positive)


@dataclasses.dataclass(frozen=True)
class SummaryConfig:
    """What training writes to TensorBoard, and how often."""

    summary_every: int = field(
        10, "iterations between scalars (means since the last)", "free", TRAIN, positive
    )
    image_every: int = field(
        100, "iterations between pictures of fixed z's", "free", TRAIN, positive
    )
    histogram_every: int = field(
        0, "iterations between histograms; 0: none", "free", TRAIN, not_negative
    )
