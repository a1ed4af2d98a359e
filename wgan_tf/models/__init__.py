"""What can be trained, one file each: a `keras.Model` with a `train_step`.

The games stand on `generative` (what a model offers) and `adversarial` (how it is trained);
`classifier` is a discriminator on its own.
"""

from wgan_tf.registry import Registry

MODELS = Registry(
    {
        "wgan": "wgan_tf.models.wgan:WGAN",
        "gan": "wgan_tf.models.gan:GAN",
        "dcgan": "wgan_tf.models.dcgan:DCGAN",
        "infogan": "wgan_tf.models.infogan:InfoGAN",
        "wgan_gp": "wgan_tf.models.wgan_gp:WGANGP",
        "acgan": "wgan_tf.models.acgan:ACGAN",
        "classifier": "wgan_tf.models.classifier:Classifier",
    }
)
