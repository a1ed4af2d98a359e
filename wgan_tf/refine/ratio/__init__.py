"""Log density ratios, real against generated, fitted after training in features of the images.

Nothing here imports TensorFlow until it is asked for: the names are the flag's.
"""

from wgan_tf.registry import Registry

# Each is called as `features.labels`.
RATIO_FEATURES = Registry(
    {
        "labels": "wgan_tf.refine.ratio.features:labels",
        "self": "wgan_tf.refine.ratio.self_supervised:self_supervised",
        "critic": "wgan_tf.refine.ratio.features:critic",
        "score": "wgan_tf.refine.ratio.features:score",
        "random": "wgan_tf.refine.ratio.features:random",
        "pixels": "wgan_tf.refine.ratio.features:pixels",
    }
)
