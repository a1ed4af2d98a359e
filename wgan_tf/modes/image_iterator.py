"""`--mode=image_iterator`: samples' pixels fine-tuned by the frozen critic's gradient."""

from wgan_tf.looks.refinement import run

__all__ = ["run"]
