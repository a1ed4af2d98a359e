"""Ways to fine-tune samples with a frozen critic, one file each, on the loop in `loop`."""

from wgan_tf.refine.image_iterator import image_iterator
from wgan_tf.refine.loop import Refinement, refine
from wgan_tf.refine.z_iterator import z_iterator

REFINERS = {"image_iterator": image_iterator, "z_iterator": z_iterator}

__all__ = ["REFINERS", "Refinement", "image_iterator", "refine", "z_iterator"]
