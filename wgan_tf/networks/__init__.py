"""Generator and critic builders, one file per architecture; nothing here knows about training."""

from wgan_tf.registry import Registry

NETWORKS = Registry({"dcgan": "wgan_tf.networks.dcgan:DCGAN"})
