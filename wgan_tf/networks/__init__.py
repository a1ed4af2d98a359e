"""Network builders, one file per architecture; nothing here knows about training.

`dcgan` and `homework` build a generator and a critic; `homework`, `fast` and `judge` a classifier.
"""

from wgan_tf.registry import Registry

NETWORKS = Registry(
    {
        "dcgan": "wgan_tf.networks.strided:DCGAN",
        "homework": "wgan_tf.networks.homework:Homework",
        "fast": "wgan_tf.networks.fast:Fast",
        "judge": "wgan_tf.networks.judge:JudgeNetwork",
    }
)
