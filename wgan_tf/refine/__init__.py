"""Ways to fine-tune samples with a frozen critic, one file each, on the loop in `loop`.

`REFINERS` have one call and one result, see `refiner.Refiner`. What is asked of images in other
ways stands on the same loop: the z of a given image (`project`), the smallest change that flips an
answer (`perturb`), the image of the largest output (`maximise`).
"""

from wgan_tf.refine.controls import best_of_several, random_pixels, random_z
from wgan_tf.refine.image_iterator import image_iterator
from wgan_tf.refine.loop import Refinement, refine
from wgan_tf.refine.refiner import Refiner
from wgan_tf.refine.z_iterator import z_iterator

REFINERS = {
    "image_iterator": image_iterator,
    "z_iterator": z_iterator,
    "random_pixels": random_pixels,
    "random_z": random_z,
    "best_of": best_of_several,
}

__all__ = ["REFINERS", "Refinement", "Refiner", "image_iterator", "refine", "z_iterator"]
