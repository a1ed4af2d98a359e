"""Log density ratios, real against generated, fitted after training in features of the images.

Nothing here imports TensorFlow until it is asked for: the names are the flag's.
"""

from wgan_tf.registry import Registry

# Each is called as `embeddings.labels`.
RATIO_FEATURES = Registry(
    {
        "labels": "wgan_tf.refine.ratio.embeddings:labels",
        "self": "wgan_tf.refine.ratio.self_supervised:self_supervised",
        "critic": "wgan_tf.refine.ratio.embeddings:critic",
        "score": "wgan_tf.refine.ratio.embeddings:score",
        "random": "wgan_tf.refine.ratio.embeddings:random",
        "pixels": "wgan_tf.refine.ratio.embeddings:pixels",
    }
)
# Images that features learn from, each counted as often as it is seen; others do not learn.
LEARNT_FROM = {"labels": 60_000, "self": 64_000}
