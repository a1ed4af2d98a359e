"""How real generated images are: one file per metric, arrays in, numbers out.

A metric is prepared once and then estimated cheaply for many resamples of its images:

    metric = METRICS["frechet"](real_features, generated_features)
    estimate = estimate_of(metric)                # bootstrap.py: .value, .low, .high
    difference, low, high = after.minus(before)   # two estimates of the same resamples

A new one is a sub-class of `metric.Metric` in a file of its own and a row here; then `evaluate`,
`study` and, where the row says so, training show it. `image_changes.py` and `purity.py` are
plain functions, on walks through z and on points with classes.
"""

from typing import NamedTuple

from wgan_tf.registry import Registry


class Row(NamedTuple):
    """A metric.

    Attributes:
        entry: its class.
        in_training: whether it is cheap enough for `--evaluate_every`.
        chooses: whether the best checkpoint may be chosen by it (`--keep_best`).
    """

    entry: str
    in_training: bool = False
    chooses: bool = False


_ROWS = {
    "frechet": Row("wgan_tf.metrics.frechet:FrechetDistance", True, True),
    "frechet_infinity": Row("wgan_tf.metrics.frechet:FrechetInfinity"),
    "kernel": Row("wgan_tf.metrics.kernel:KernelDistance", True, True),
    "precision": Row("wgan_tf.metrics.neighbours:Precision", True, True),
    "recall": Row("wgan_tf.metrics.neighbours:Recall", True, True),
    "density": Row("wgan_tf.metrics.neighbours:Density", True, True),
    "coverage": Row("wgan_tf.metrics.neighbours:Coverage", True, True),
    "classifier_score": Row("wgan_tf.metrics.classifier_score:ClassifierScore", True, True),
    "class_balance": Row("wgan_tf.metrics.class_balance:ClassBalance"),
    "sliced_wasserstein": Row("wgan_tf.metrics.sliced_wasserstein:SlicedWasserstein", True, True),
    "two_sample_accuracy": Row("wgan_tf.metrics.two_sample:TwoSampleAccuracy"),
    "two_sample_auc": Row("wgan_tf.metrics.two_sample:TwoSampleAUC"),
    "memorisation": Row("wgan_tf.metrics.memorisation:Memorisation"),
    "variety": Row("wgan_tf.metrics.variety:Variety", True),
}
METRICS = Registry({name: row.entry for name, row in _ROWS.items()})
IN_TRAINING = tuple(name for name, row in _ROWS.items() if row.in_training)
BEST_BY = tuple(name for name, row in _ROWS.items() if row.chooses)

# What turns images into numbers, see `features`.
FEATURES = Registry(
    {
        "classifier": "wgan_tf.metrics.judges:Judge",
        "inception": "wgan_tf.metrics.features:Inception",
        "pixels": "wgan_tf.metrics.features:Pixels",
        "random": "wgan_tf.metrics.features:RandomNetwork",
    }
)
# Of each kind: more make no number better that anybody looks at, but every one slower.
MOST_IMAGES = 10_000
