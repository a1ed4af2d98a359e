"""Ways to refine samples within a budget, one file each; `method.Method` says what they share.

Nothing here imports TensorFlow until it is asked for: the names are the flag's.
"""

from wgan_tf.registry import Registry

METHODS = Registry(
    {
        "gradient": "wgan_tf.refine.methods.gradient:Gradient",
        "langevin": "wgan_tf.refine.methods.langevin:Langevin",
        "flow": "wgan_tf.refine.methods.flow:Flow",
        "transport": "wgan_tf.refine.methods.transport:Transport",
        "rejection": "wgan_tf.refine.methods.rejection:Rejection",
        "metropolis_hastings": "wgan_tf.refine.methods.metropolis_hastings:MetropolisHastings",
        "resampling": "wgan_tf.refine.methods.resampling:Resampling",
        "best_of": "wgan_tf.refine.methods.best_of:BestOf",
        "truncation": "wgan_tf.refine.methods.truncation:Truncation",
    }
)
