"""The z iterator: fine-tunes the latents, so that images stay what the generator can draw."""

import numpy as np
import tensorflow as tf

from wgan_tf.optimizers import make_optimizer
from wgan_tf.refine.loop import Refinement, refine

# The original multiplies its --learning_rate by this for z, and only for z.
RATE_FACTOR = 10.0


def z_iterator(
    model,
    z,
    steps=1000,
    learning_rate=1e-3,
    *,
    optimizer="RMSProp",
    optimizer_param=0.9,
    real=None,
    record_every=None,
    on_record=None,
) -> Refinement:
    """Moves latents so that the frozen critic finds their images more real.

    Args:
        model: an adversarial model; its weights are not changed.
        z: latents (n, z_dim).
        steps: number of gradient steps.
        learning_rate: the flag's value; z moves with ten times this rate, as in the original.
        optimizer, optimizer_param: see `optimizers.make_optimizer`.
        real: (n, size, size, channels) real images, for a model with a feature term.
        record_every, on_record: see `loop.refine`.

    Returns:
        A `Refinement` whose path holds latents; with the uniform prior they are kept in [-1, 1],
        and the class or category that is asked for is kept.

    Source: `z_iterator` of the original's WGAN and GAN.
    """
    start = tf.convert_to_tensor(z)
    path, at, loss, seconds = refine(
        lambda latents: model.sample_loss(model.generator(latents, training=False), real),
        z,
        make_optimizer(optimizer, RATE_FACTOR * learning_rate, optimizer_param),
        steps,
        projection=lambda value: model.within_prior(value, start),
        record_every=record_every,
        on_record=on_record,
    )
    before, after = model.generate(path[0]), model.generate(path[-1])
    return Refinement(
        path=path,
        path_steps=at,
        images_before=np.asarray(before),
        images_after=np.asarray(after),
        scores_before=np.asarray(model.score(before)),
        scores_after=np.asarray(model.score(after)),
        loss=loss,
        seconds=seconds,
    )
