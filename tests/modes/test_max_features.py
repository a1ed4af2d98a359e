"""What its features see, on tiny trained runs."""

import keras
import numpy as np
import pytest

from tests.reading import written
from wgan_tf.errors import UsageError
from wgan_tf.looks.discriminator import open_discriminators
from wgan_tf.modes import max_features


def test_max_features_by_number_and_name(run_dir, look):
    (path,) = max_features.run(look("max_features", layer="1"))
    assert path.name == "max_features_1.png"
    figures = written(run_dir, "max_features_1")["discriminators"]["tiny"]
    assert figures["layer"] == "leaky_0" and figures["features"] == figures["width"] == 4
    (discriminator,) = open_discriminators(look("max_features"))
    network = keras.Model(
        discriminator.network.inputs[0], discriminator.network.get_layer("leaky_0").output
    )
    strongest = network(discriminator.images).numpy().max((1, 2))
    np.testing.assert_allclose(figures["deviation"], strongest.std(0), rtol=1e-4)
    mean = network(discriminator.images.mean(0, keepdims=True)).numpy().max((1, 2))[0]
    np.testing.assert_allclose(
        figures["output_before"], mean / strongest.std(0), rtol=1e-3, atol=1e-5
    )
    # Without a layer the fourth activation, or the last of fewer; its name is that of the file.
    (path,) = max_features.run(look("max_features"))
    assert path.name == "max_features_features.png"
    # Any layer by its name, also one without a map.
    max_features.run(look("max_features", layer="score"))
    assert written(run_dir, "max_features_score")["discriminators"]["tiny"]["width"] == 1


@pytest.mark.parametrize("layer", ["3", "0", "no_such"])
def test_a_layer_that_does_not_exist_is_one_line_with_those_that_do(look, layer):
    with pytest.raises(UsageError, match=f"--layer={layer}: tiny .*1 leaky_0, 2 features") as error:
        max_features.run(look("max_features", layer=layer))
    assert "\n" not in str(error.value)
