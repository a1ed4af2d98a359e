"""Ways to fine-tune samples with frozen networks.

`REFINERS` move images or latents step by step and have one call and one result, see
`refiner.Refiner`; `methods` work within a budget of evaluations; `ratio` is the adviser that is
fitted after training. What is asked of images in other ways stands on the same loop: the z of a
given image (`project`), the smallest change that flips an answer (`perturb`), the image of the
largest output (`maximise`).

Nothing here imports TensorFlow until it is asked for.
"""

from wgan_tf.registry import Registry

REFINERS = Registry(
    {
        "image_iterator": "wgan_tf.refine.image_iterator:image_iterator",
        "z_iterator": "wgan_tf.refine.z_iterator:z_iterator",
        "random_pixels": "wgan_tf.refine.controls:random_pixels",
        "random_z": "wgan_tf.refine.controls:random_z",
        "best_of": "wgan_tf.refine.controls:best_of_several",
    }
)
