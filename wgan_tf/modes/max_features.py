"""`--mode=max_features`: images that maximise single features of a layer of a discriminator."""

import dataclasses
import re
from pathlib import Path

from wgan_tf.looks.ascent import Ascent
from wgan_tf.looks.discriminator import open_discriminators
from wgan_tf.looks.feature_maxima import Features, feature_maxima, feature_sheet, find_layer
from wgan_tf.runs.artefacts import Artefacts


def run(config) -> list[Path]:
    """Maximises the features of one layer of each discriminator and writes what came of it.

    Returns:
        The picture.

    Raises:
        UsageError: a layer that does not exist.
    """
    discriminators, ascent = open_discriminators(config), Ascent.of(config)
    layer = config.inspection.layer
    for discriminator in discriminators:
        find_layer(discriminator, layer)  # Before any work.
    features = [feature_maxima(discriminator, layer, ascent) for discriminator in discriminators]
    name = "max_features_" + re.sub(r"[^\w.-]", "_", layer or features[0].layer)
    picture = feature_sheet(features)
    with Artefacts(config.run.logs_dir, "max_features", ascent.steps) as artefacts:
        artefacts.picture(name, picture)
        figures = {
            **dataclasses.asdict(ascent),
            "unit": "standard deviations of the feature over real images",
            "discriminators": {one.discriminator.name: one.figures() for one in features},
        }
        artefacts.figures(figures, name)
        for one in features:
            tag = f"{name}{one.discriminator.suffix}/sum_of_features"
            artefacts.curve(tag, one.maximum.curve)
        artefacts.show(f"{name}/images", picture)
    for one in features:
        print(_line(one))
    return artefacts.pictures


def _line(features: Features) -> str:
    maximum = features.maximum
    still = f", {features.still} of them unmoved" if features.still else ""
    return (
        f"max_features {features.discriminator.name}: {len(maximum.images)} of {features.width} "
        f"features of {features.layer}{still}; mean {maximum.before.mean():.2f} -> "
        f"{maximum.after.mean():.2f} standard deviations"
    )
