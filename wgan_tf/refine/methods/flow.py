"""The gradient flow of a divergence in z."""

import tensorflow as tf

from wgan_tf.errors import UsageError
from wgan_tf.refine.methods.mover import Mover

# What multiplies the gradient of the log ratio d.
DIVERGENCES = {
    "kl": tf.ones_like,
    "js": tf.sigmoid,
    "logd": lambda d: tf.sigmoid(-d),
}


class Flow(Mover):
    """z <- z + rate * s(d) * gradient + sqrt(2 * rate * noise) * normal numbers.

    Thrown back at the ends of a uniform prior. Of a normal one z is shrunk by as much as the noise
    widens it, which theirs does not: so a constant ratio leaves either law as it is.

    Args:
        model, guide: see `Method`.
        rate: eta.
        noise: gamma.
        divergence: "kl" (s = 1), "js" (s = sigmoid(d)) or "logd" (s = sigmoid(-d)).

    Source: Ansari, Ang and Soh 2020, "Refining Deep Generative Models via Discriminator Gradient
    Flow", algorithm 1 and table 1.
    """

    def __init__(
        self, model, guide, rate: float = 0.02, noise: float = 0.01, divergence: str = "kl"
    ):
        super().__init__(model, guide, rate)
        if divergence not in DIVERGENCES:
            raise UsageError(f"divergence {divergence!r}: one of {', '.join(DIVERGENCES)}")
        if 2 * rate * noise > 1:
            raise UsageError(f"a noise of {noise:g} at a rate of {rate:g} is wider than the prior")
        self.noise, self.divergence = noise, divergence

    def settings(self) -> dict:
        """See `Mover`."""
        return {"rate": self.rate, "noise": self.noise, "divergence": self.divergence}

    def step(self, state, key):
        """See `Mover`."""
        (z,) = state
        d, gradient = self.gradient(z)
        free, wide = self.space.free, 2 * self.rate * self.noise
        kept = tf.where(self.space.bounded | (free == 0), 1.0, (1 - wide) ** 0.5)
        drawn = tf.random.stateless_normal(tf.shape(z), key) * free
        strength = DIVERGENCES[self.divergence](d)[:, None]
        there = kept * z + self.rate * strength * gradient + wide**0.5 * drawn
        return (self.space.reflect(there),), d, tf.ones_like(d, bool)
