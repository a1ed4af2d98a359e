"""Langevin dynamics in z: samples of the prior times the density ratio."""

import tensorflow as tf

from wgan_tf.refine.methods.mover import Mover


class Langevin(Mover):
    """u <- u + rate / 2 * gradient of (log prior + log ratio) + sqrt(rate * temperature) * noise.

    u is z for a normal prior; for a uniform one z = 2 Phi(u) - 1, so that u is normal, no step
    leaves the prior and the law is exact (for small steps, or with the accept step for any).

    Args:
        model, guide: see `Method`.
        rate: small enough that the noise of a step is small beside the prior.
        temperature: 1 draws from prior times ratio; T from that to the power 1 / T: below 1 it is
            ascent with some noise.
        adjusted: whether a step is accepted or rejected after Metropolis; a rejected state is
            repeated. One gradient more is needed before the first step.

    Source: Che et al. 2020, "Your GAN is Secretly an Energy-based Model", algorithm 1; Roberts and
    Tweedie 1996 for the accept step.
    """

    def __init__(
        self,
        model,
        guide,
        rate: float = 0.05,
        temperature: float = 1.0,
        adjusted: bool = False,
    ):
        super().__init__(model, guide, rate)
        self.temperature, self.adjusted = temperature, adjusted
        self.ahead = int(adjusted)

    def settings(self) -> dict:
        """See `Mover`."""
        return {"rate": self.rate, "temperature": self.temperature}

    def begin(self, z, key):
        """u, and where steps are adjusted, the energy's parts there."""
        u = self.space.to_normal(z)
        return (u, *self._at(u)) if self.adjusted else (u,)

    def end(self, state):
        """See `Mover`."""
        return self.space.from_normal(state[0])

    def step(self, state, key):
        """See `Mover`."""
        if not self.adjusted:
            (u,) = state
            values, _, gradient = self._at(u)
            return (self._proposal(u, gradient, key),), values, tf.ones_like(values, bool)
        keys = tf.random.split(key, 2)
        u, values, density, gradient = state
        there = self._proposal(u, gradient, keys[0])
        new = (there, *self._at(there))
        back = self._log_chance(u, there, new[3]) - self._log_chance(there, u, gradient)
        chance = (new[2] - density) / self.temperature + back
        drawn = tf.math.log(tf.random.stateless_uniform(tf.shape(chance), keys[1]))
        moves = drawn < chance
        state = tuple(
            tf.where(moves if one.shape.rank == 1 else moves[:, None], one, other)
            for one, other in zip(new, state, strict=True)
        )
        return state, values, moves

    def _at(self, u):
        """The guide's values (n,), the log density (n,) of prior times ratio, and its gradient."""
        free = self.space.free
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(u)
            values = self.value(self.space.from_normal(u))
            density = values - tf.reduce_sum(u**2 * free, 1) / 2
        return values, density, tape.gradient(density, u) * free

    def _proposal(self, u, gradient, key):
        noise = tf.random.stateless_normal(tf.shape(u), key) * self.space.free
        return u + self.rate / 2 * gradient + (self.rate * self.temperature) ** 0.5 * noise

    def _log_chance(self, there, here, gradient):
        """Log density of a proposal, but for a constant."""
        far = (there - here - self.rate / 2 * gradient) * self.space.free
        return -tf.reduce_sum(far**2, 1) / (2 * self.rate * self.temperature)
