"""`wgan_tf.evaluate`: how real images are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wgan_tf.doors.image_data import Images
from wgan_tf.errors import UsageError, UserError
from wgan_tf.machine.guest import as_guest
from wgan_tf.metrics import FEATURES

if TYPE_CHECKING:
    from wgan_tf.metrics.measured import Report


def evaluate(
    fake: np.ndarray,
    real: np.ndarray | Images,
    *,
    before: np.ndarray | None = None,
    features: str | object = "random",
    resamples: int = 1000,
    seed: int = 0,
) -> Report:
    """Measures generated images against real ones by every metric, with 95 % intervals.

    Args:
        fake: (n, h, w, c) in [-1, 1].
        real: images (m, h, w, c) in [-1, 1] that the generator never saw, or an `Images`, whose
            `test` is measured against and whose `train` says what was memorised.
        before: the images (n, h, w, c) before a refinement, from the same z's: each metric then has
            a `difference` with a paired interval.
        features: what turns images into numbers: "random" (a network with random weights),
            "pixels", "inception", or "classifier" (the `judge` of an `Images` with labels); or a
            judge itself. Numbers in different features are not comparable.
        resamples: of the bootstrap; 0: no intervals.
        seed: of what is drawn.

    Returns:
        The metrics by name: `report["frechet"].value`, `.low`, `.high`, `.difference`; printed it
        is a table.

    Raises:
        UsageError: there are no such features.
        UserError: images that cannot be measured: of another size or range, too few, with NaN.
    """
    from wgan_tf.machine import runtime
    from wgan_tf.metrics.checks import check_image_pair
    from wgan_tf.metrics.evaluation import Evaluation
    from wgan_tf.metrics.measured import report_of

    with as_guest():
        runtime.start_as_guest()
        training = real.train if isinstance(real, Images) else None
        held_out = real.test if isinstance(real, Images) else real
        held_out, fake = check_image_pair(held_out, fake)
        if before is not None:
            names = "real images", "images before"
            before = check_image_pair(held_out, before, names)[1]
            if len(before) != len(fake):
                raise UserError(
                    f"{len(before)} images before and {len(fake)} after: one for each z is wanted"
                )
        judge = _judge(features, real, held_out.shape[1:])
        evaluation = Evaluation(
            held_out, judge, training=training, count=len(fake), resamples=resamples, seed=seed
        )
        return report_of(evaluation, fake, before)


def _judge(features, real, shape):
    from wgan_tf.metrics.features import open_features

    if not isinstance(features, str):
        return features
    if features not in FEATURES:
        raise UsageError(f"features={features!r}: must be one of {', '.join(FEATURES)}")
    if features != "classifier":
        return open_features(features, shape)
    if not isinstance(real, Images):
        raise UsageError("features='classifier': give the Images themselves, whose judge is asked")
    return real.judge
