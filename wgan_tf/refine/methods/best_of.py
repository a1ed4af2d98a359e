"""The best of several samples by the guide: what every other selector is compared with."""

from wgan_tf.refine.methods.selector import Selector


class BestOf(Selector):
    """Of all candidates the one with the highest value. It overshoots where a ratio is rough."""

    needs_ratio = False

    def choose(self, values, rng):
        """See `Selector`."""
        return values.argmax(1), {}
