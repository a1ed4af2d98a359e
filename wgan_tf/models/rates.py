"""Learning rates that differ from the optimizer's: between both sides, and as training goes on."""

import contextlib
import math
from typing import NamedTuple

import tensorflow as tf

from wgan_tf.models import DECAYS


def steady(done):
    """The share of the rate that is left after a share of the training, which here is all."""
    return 1.0


def linear(done):
    """As `steady`, falling evenly."""
    return 1.0 - done


def cosine(done):
    """As `steady`, along half a period of a cosine (Loshchilov & Hutter 2017, without restarts)."""
    return 0.5 * (1.0 + tf.cos(math.pi * done))


class Rates(NamedTuple):
    """What both sides' updates multiply the optimizer's rate by.

    Attributes:
        critic: the critic's rate over the generator's.
        decay: a key of `DECAYS`, of both.
        iterations: at which a decaying rate would be zero: the end of training.
    """

    critic: float = 1.0
    decay: str = "none"
    iterations: int = 1

    def of_generator(self, iteration):
        """The factor after so many iterations: a scalar, or the number 1 where nothing changes."""
        done = tf.cast(tf.convert_to_tensor(iteration), tf.float32) / self.iterations
        return DECAYS[self.decay](tf.minimum(done, 1.0))

    def of_critic(self, iteration):
        """As `of_generator`, of the critic."""
        return self.critic * self.of_generator(iteration)


@contextlib.contextmanager
def at_rate(optimizer, factor):
    """In the block the optimizer's rate is this multiple of itself.

    Args:
        optimizer: whose rate is a variable.
        factor: a scalar; the number 1 leaves everything alone.
    """
    if isinstance(factor, float) and factor == 1.0:
        yield
        return
    rate = optimizer.learning_rate
    before = tf.convert_to_tensor(rate)
    rate.assign(before * factor)
    yield
    rate.assign(before)
