"""What is done with a trained run: refinement, measurements, the study, the benchmark."""

import dataclasses

from wgan_tf import metrics
from wgan_tf.config.commands import COMMANDS
from wgan_tf.config.field import (
    MOST_IMAGES,
    field,
    not_negative,
    one_of,
    one_to,
    positive,
    resampled,
)
from wgan_tf.networks import FORMATS

_STARTS = dict.fromkeys(start for command in COMMANDS.values() for start in command.starts)


@dataclasses.dataclass(frozen=True)
class RefinementConfig:
    """How samples are fine-tuned by the frozen critic."""

    nr_iter_vis: int = field(
        1000,
        "steps of the iterators; unless given 200 of max_class and max_features, 500 of project",
        "free", "stepwise", one_to(MOST_IMAGES),
    )
    iterator_learning_rate: float | None = field(
        None,
        "the iterators' rate, which z moves by ten times "
        "(default: --learning_rate if given, else the preset's; max_class and "
        "max_features: 0.1, project: 0.05)",
        "free", "stepwise", positive,
    )
    start: str = field(
        "generated",
        "what is fine-tuned: generated images, real ones (image_iterator: as they are, z_iterator:"
        " not possible), or uniform noise (image_iterator); max_class and max_features: the mean"
        " of real images (unless given) or noise",
        "free", "image_iterator z_iterator maximise", one_of(*_STARTS),
    )
    critic_statistics: str = field(
        "measured",
        "what the frozen critic's batch norm uses: statistics measured on images generated now,"
        " or the moving averages of training, as in the original",
        "free", "trained game", one_of("measured", "moving"),
    )
    plot_iter_error: bool = field(
        True, "draw the loss over the steps", "free", "image_iterator z_iterator demo"
    )
    nr_batches_tsne: int = field(
        1, "batches of z whose way is mapped", "free", "z_iterator_tsne", one_to(1000)
    )


@dataclasses.dataclass(frozen=True)
class ExportConfig:
    """Networks in files of other programs."""

    export_format: str = field(
        "saved_model",
        "saved_model (TensorFlow without Keras), tflite (phones and small devices), onnx (needs "
        "tf2onnx and onnxruntime), or keras",
        "free", "export", one_of(*FORMATS),
    )


@dataclasses.dataclass(frozen=True)
class EvaluationConfig:
    """How images are measured."""

    judge_dir: str | None = field(
        None,
        "folder of the judge that --mode=train_judge wrote (default: judge_DATASET beside the "
        "run's folder; trained there if it is missing)",
        "free", "fit study matched_study latent_map evaluate",
    )
    features: str | None = field(
        None,
        "what turns images into numbers: classifier (the judge), inception, pixels, or random (a "
        "network with random weights) (default: the judge where the data has labels, else random)",
        "free", "fit matched_study evaluate", one_of(*metrics.FEATURES),
    )
    generated: str | None = field(
        None,
        "a folder of images, TFRecords or .npz files, or one of the latter two, to measure: all "
        "that --mode=generate writes (default: samples of the run)",
        "free", "evaluate",
    )
    before: str | None = field(
        None,
        "a folder or an .npz of the same z's before, for paired differences (default: what an "
        "iterator's .npz began with)",
        "free", "evaluate",
    )
    real: str | None = field(
        None,
        "a folder or an .npz to measure against (default: held-out images of the run's data set)",
        "free", "evaluate",
    )
    samples: int | None = field(
        None,
        "images to generate (default: as many as there are held-out ones, at most 10,000)",
        "free", "evaluate", resampled,
    )
    checkpoint: str = field(
        "newest",
        "which weights: the newest, or the best that --evaluate_every found",
        "free", "trained", one_of("newest", "best"),
    )
    evaluate_every: int = field(
        0, "iterations between measurements of the samples; 0: none", "free", "fit", not_negative
    )
    evaluate_samples: int = field(
        1000,
        "samples, and at most as many real images, of each",
        "free", "fit matched_study", resampled,
    )
    keep_best: str = field(
        "frechet",
        "the metric by which --evaluate_every keeps the best checkpoint",
        "free", "fit matched_study", one_of(*metrics.BEST_BY),
    )


@dataclasses.dataclass(frozen=True)
class BenchmarkConfig:
    """What is measured."""

    scaling: bool = field(
        False,
        "also time iterations of other image sizes, batches and widths (minutes)",
        "free", "benchmark",
    )
