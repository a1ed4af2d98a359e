"""How real generated images are: one file per metric, arrays in, numbers out.

A metric is prepared once and then estimated cheaply for many resamples of its images:

    metric = METRICS["frechet"](real_features, generated_features)
    estimate = measure(metric)                    # bootstrap.py: .value, .low, .high
    difference, low, high = after.minus(before)   # two estimates of the same resamples

Each class of `METRICS` has `title` (for an axis), `better` ("higher", "lower" or None) and
`needs`: "images" (n, h, w, c) in [-1, 1], "features" (n, d) or "probabilities" (n, classes);
and `limits`, the lowest and highest possible value.
All are built as `Metric(real, fake)`; `memorisation` takes a third array, held-out real images.
`classifier_score` and `variety` describe the second array alone. `ways.py` and `neighbourhood.py`
are plain functions, on walks through z and on points with classes.

The room's shared base: `checks.py` (what is refused), `bootstrap.py` (intervals), `memo.py`
(an expensive part that several numbers have in common), `neighbours.py` and `batches.py`.
`features.py` and `judges.py` hold what turns images into features; `evaluation.py` is all metrics
at once. Only these three, `batches` and `two_sample` import TensorFlow.
"""

from wgan_tf.registry import Registry

METRICS = Registry(
    {
        "frechet": "wgan_tf.metrics.frechet:FrechetDistance",
        "kernel": "wgan_tf.metrics.kernel:KernelDistance",
        "precision": "wgan_tf.metrics.neighbours:Precision",
        "recall": "wgan_tf.metrics.neighbours:Recall",
        "density": "wgan_tf.metrics.neighbours:Density",
        "coverage": "wgan_tf.metrics.neighbours:Coverage",
        "classifier_score": "wgan_tf.metrics.classifier_score:ClassifierScore",
        "sliced_wasserstein": "wgan_tf.metrics.sliced_wasserstein:SlicedWasserstein",
        "two_sample_accuracy": "wgan_tf.metrics.two_sample:TwoSampleAccuracy",
        "two_sample_auc": "wgan_tf.metrics.two_sample:TwoSampleAUC",
        "memorisation": "wgan_tf.metrics.memorisation:Memorisation",
        "variety": "wgan_tf.metrics.variety:Variety",
    }
)
