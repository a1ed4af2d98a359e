"""The image iterator: fine-tunes the pixels themselves."""

import numpy as np
import tensorflow as tf

from wgan_tf.optimizers import make_optimizer
from wgan_tf.refine.loop import Refinement, refine


def image_iterator(
    model,
    images,
    steps=1000,
    learning_rate=1e-3,
    *,
    optimizer="RMSProp",
    optimizer_param=0.9,
    real=None,
    record_every=None,
    on_record=None,
) -> Refinement:
    """Moves the pixels of images so that the frozen critic finds them more real.

    The seed's finding: the critic is fooled by changes that cannot be seen.

    Args:
        model: an adversarial model; its weights are not changed.
        images: (n, size, size, channels) in [-1, 1], generated or not.
        steps: number of gradient steps.
        learning_rate: of the optimizer that moves the pixels.
        optimizer, optimizer_param: see `optimizers.make_optimizer`.
        real: (n, size, size, channels) real images, for a model with a feature term.
        record_every, on_record: see `loop.refine`.

    Source: `image_iterator` of the original's WGAN and GAN.
    """
    path, at, loss, seconds = refine(
        lambda pixels: model.sample_loss(pixels, real),
        images,
        make_optimizer(optimizer, learning_rate, optimizer_param),
        steps,
        projection=lambda pixels: tf.clip_by_value(pixels, -1.0, 1.0),
        record_every=record_every,
        on_record=on_record,
    )
    return Refinement(
        path=path,
        path_steps=at,
        images_before=path[0],
        images_after=path[-1],
        scores_before=np.asarray(model.score(path[0])),
        scores_after=np.asarray(model.score(path[-1])),
        loss=loss,
        seconds=seconds,
    )
